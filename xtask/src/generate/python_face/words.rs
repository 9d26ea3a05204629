//! Names, types and documentation as Python writes them.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use crate::generate::contract::{Shape, snake};

/// The longest line.
const WIDTH: usize = 120;

/// Names that mean something to Python, and the types that members are annotated with.
#[rustfmt::skip]
const TAKEN: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally",
    "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield", "bool", "dict", "int", "str", "tuple", "self",
];

/// `imageUrl` and `X-Name` as `image_url` and `x_name`; with `_` behind a name that is taken.
pub(super) fn identifier(name: &str) -> Result<String> {
    let mut snake = snake(name);
    let starts = snake.starts_with(|letter: char| letter.is_ascii_lowercase());
    if !starts || !snake.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        bail!("`{name}` is no name in Python; expected letters, digits, `-` and `_` behind a letter");
    }
    if TAKEN.contains(&&*snake) {
        snake.push('_');
    }
    Ok(snake)
}

/// What msgspec makes of a member's name under `rename="camel"`.
pub(super) fn camel(snake: &str) -> String {
    let mut camel = String::new();
    let mut words = snake.split('_');
    camel += words.next().unwrap_or_default();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.extend(letters);
    }
    camel
}

/// `inStock`, `EUR` and `not_found` as `IN_STOCK`, `EUR` and `NOT_FOUND`.
pub(super) fn constant(word: &str) -> Result<String> {
    let is_loud = word.chars().all(|letter| !letter.is_ascii_lowercase());
    let mut constant = String::new();
    for letter in word.chars() {
        let is_start = letter.is_ascii_uppercase() && !is_loud && !constant.is_empty() && !constant.ends_with('_');
        if is_start || !letter.is_ascii_alphanumeric() {
            constant.push('_');
        }
        if letter.is_ascii_alphanumeric() {
            constant.push(letter.to_ascii_uppercase());
        }
    }
    if !constant.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        bail!("`{word}` is no name of a constant in Python; expected a letter first");
    }
    Ok(constant)
}

/// `signIn` and `add_item` as `SignIn` and `AddItem`.
pub(super) fn pascal(word: &str) -> String {
    let mut pascal = String::new();
    let mut is_start = true;
    for letter in word.chars() {
        if letter.is_ascii_alphanumeric() {
            pascal.push(if is_start { letter.to_ascii_uppercase() } else { letter });
        }
        is_start = !letter.is_ascii_alphanumeric();
    }
    pascal
}

/// Whether a type is only sent, which decides how its lists are typed: any sequence is sent, and what is answered is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Sent,
    Answered,
}

/// The type of a value; `of_model` stands before the name of a type of the contract.
pub(super) fn annotation(shape: &Shape, way: Way, of_model: &str) -> String {
    let within = |of: &Shape| annotation(of, way, of_model);
    match (shape, way) {
        (Shape::Text | Shape::Secret, _) => "str".to_owned(),
        (Shape::Boolean, _) => "bool".to_owned(),
        (Shape::Integer(_), _) => "int".to_owned(),
        (Shape::Id, _) => "_uuid.UUID".to_owned(),
        (Shape::Moment, _) => "_datetime.datetime".to_owned(),
        (Shape::Day, _) => "_datetime.date".to_owned(),
        (Shape::List(of), Way::Sent) => format!("_abc.Sequence[{}]", within(of)),
        (Shape::List(of), Way::Answered) => format!("tuple[{}, ...]", within(of)),
        (Shape::Map(of), Way::Sent) => format!("_abc.Mapping[str, {}]", within(of)),
        (Shape::Map(of), Way::Answered) => format!("dict[str, {}]", within(of)),
        (Shape::Object, Way::Sent) => "_abc.Mapping[str, _typing.Any]".to_owned(),
        (Shape::Object, Way::Answered) => "dict[str, _typing.Any]".to_owned(),
        (Shape::Named(name), _) => format!("{of_model}{name}"),
    }
}

/// The modules that types are taken from.
const MODULES: &[(&str, &str)] = &[
    ("collections.abc", "_abc"),
    ("datetime", "_datetime"),
    ("decimal", "_decimal"),
    ("typing", "_typing"),
    ("uuid", "_uuid"),
];

/// The imports of the modules that a text uses.
pub(super) fn imports(text: &str) -> String {
    let used = MODULES.iter().filter(|(_, name)| text.contains(&format!("{name}.")));
    used.fold(String::new(), |mut lines, (module, name)| {
        let _ = writeln!(lines, "import {module} as {name}");
        lines
    })
}

/// A documentation string of these paragraphs, each wrapped.
pub(super) fn docstring(indent: usize, text: &str) -> String {
    let space = " ".repeat(indent);
    // Whatever the contract says, the string ends where it is meant to.
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace("\\\"", "'");
    let mut lines = Vec::new();
    for paragraph in text.trim().split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrapped(paragraph, WIDTH - indent - 6));
    }
    let mut written = format!("{space}\"\"\"");
    for (at, line) in lines.iter().enumerate() {
        let start = if at == 0 || line.is_empty() { "" } else { space.as_str() };
        let _ = write!(written, "{}{start}{line}", if at == 0 { "" } else { "\n" });
    }
    if lines.len() > 1 {
        let _ = write!(written, "\n{space}");
    }
    written + "\"\"\"\n"
}

fn wrapped(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let line = lines.last_mut().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// What stands between brackets behind `before`: in the same line where it fits, else one to a line.
pub(super) fn bracketed(before: &str, parts: &[String], after: &str) -> String {
    let line = format!("{before}({}){after}\n", parts.join(", "));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let indent = before.chars().take_while(|letter| *letter == ' ').count();
    let space = " ".repeat(indent);
    let parts: String = parts.iter().fold(String::new(), |mut lines, part| {
        let _ = writeln!(lines, "{space}    {part},");
        lines
    });
    format!("{before}(\n{parts}{space}){after}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_language_has_them() {
        for (name, expected) in
            [("imageUrl", "image_url"), ("X-Name", "x_name"), ("from", "from_"), ("type", "type"), ("int", "int_")]
        {
            assert_eq!(identifier(name).unwrap(), expected);
        }
        for (word, expected) in [("inStock", "IN_STOCK"), ("EUR", "EUR"), ("not_found", "NOT_FOUND"), ("none", "NONE")]
        {
            assert_eq!(constant(word).unwrap(), expected);
        }
        assert_eq!((camel("image_url"), camel("from_")), ("imageUrl".to_owned(), "from".to_owned()));
        assert_eq!(pascal("signIn"), "SignIn");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["", "1st", "_private", "größe", "a b", "a.b"] {
            assert!(identifier(name).unwrap_err().to_string().contains(&format!("`{name}`")), "{name}");
        }
        assert!(constant("3d").is_err());
    }

    #[test]
    fn a_documentation_string_ends_where_it_is_meant_to() {
        assert_eq!(docstring(4, "One."), "    \"\"\"One.\"\"\"\n");
        assert_eq!(docstring(0, "One.\n\nTwo\nlines."), "\"\"\"One.\n\nTwo lines.\n\"\"\"\n");
        assert_eq!(docstring(0, "A \"\"\" and a \\d."), "\"\"\"A ''' and a \\\\d.\"\"\"\n");
        assert!(docstring(8, &"word ".repeat(99)).lines().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn what_does_not_fit_a_line_has_a_line_for_each_part() {
        let parts = ["a".to_owned(), "b".to_owned()];
        assert_eq!(bracketed("f", &parts, ""), "f(a, b)\n");
        let long = "x".repeat(WIDTH);
        let parts = ["a".to_owned(), long.clone()];
        assert_eq!(bracketed("    f", &parts, ":"), format!("    f(\n        a,\n        {long},\n    ):\n"));
    }
}
