//! Names, comments and shapes as JavaScript and TypeScript write them.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use crate::generate::contract::Shape;

/// Where a line of generated text ends at the latest.
const WIDTH: usize = 120;

/// Words that name no variable in strict mode.
const RESERVED: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "options",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// What is a type or a class already where the contract's types are named.
const TAKEN_TYPES: &[&str] =
    &["AbortSignal", "Array", "CallOptions", "Date", "Operations", "Pages", "Promise", "Record", "String", "Wishlists"];

/// What `Wishlists` has by hand, and what every object or promise is asked for.
const TAKEN_METHODS: &[&str] =
    &["asUser", "close", "connect", "constructor", "open", "session", "then", "toJSON", "toString", "valueOf"];

/// `add_item`, `ItemDraft` and `Idempotency-Key` as `addItem`, `itemDraft` and `idempotencyKey`.
pub(super) fn camel(name: &str) -> String {
    let (mut camel, mut is_start) = (String::new(), false);
    for letter in name.chars() {
        if letter == '_' || letter == '-' {
            is_start = !camel.is_empty();
        } else if camel.is_empty() {
            camel.push(letter.to_ascii_lowercase());
        } else {
            camel.push(if is_start { letter.to_ascii_uppercase() } else { letter });
            is_start = false;
        }
    }
    camel
}

/// `add_item` as `AddItem`.
pub(super) fn pascal(name: &str) -> String {
    let camel = camel(name);
    let mut letters = camel.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// The name of an argument.
pub(super) fn argument(name: &str) -> Result<String> {
    let camel = camel(name);
    if !is_identifier(&camel) {
        bail!("`{name}` is no name in JavaScript");
    }
    Ok(if RESERVED.contains(&&*camel) { camel + "_" } else { camel })
}

/// The name of a method of `Wishlists`.
pub(super) fn method(name: &str) -> Result<String> {
    let camel = camel(name);
    if !is_identifier(&camel) || TAKEN_METHODS.contains(&&*camel) {
        bail!("`{name}` cannot be a method of `Wishlists`: it has `{camel}` already, or it is no name in JavaScript");
    }
    Ok(camel)
}

/// The name of a type.
pub(super) fn type_name(name: &str) -> Result<&str> {
    if !is_identifier(name) || TAKEN_TYPES.contains(&name) || RESERVED.contains(&name) {
        bail!("`{name}` cannot be a type in TypeScript: it is one already, or no name");
    }
    Ok(name)
}

/// A member of a value.
pub(super) fn access(name: &str) -> String {
    if is_identifier(name) { format!("value.{name}") } else { format!("value[{}]", quoted(name)) }
}

/// The name of a member, in quotes where it has to be.
pub(super) fn member(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { quoted(name) }
}

fn is_identifier(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    name.chars().next().is_some_and(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

/// A text in single quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
}

/// A comment of documentation at a depth; none for an empty text.
pub(super) fn comment(text: &str, depth: usize) -> String {
    let (indent, text) = (" ".repeat(depth), text.trim().replace("*/", "*\\/"));
    let lines: Vec<&str> = text.lines().collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let mut comment = format!("{indent}/**\n");
            for line in lines {
                let _ = writeln!(comment, "{}", format!("{indent} * {line}").trim_end());
            }
            comment + &indent + " */\n"
        }
    }
}

/// Parts in a row, over as many lines as they need.
pub(super) fn wrapped(start: &str, parts: &[String], separator: &str, end: &str) -> String {
    let whole = format!("{start}{}{end}", parts.join(separator));
    if whole.len() <= WIDTH {
        return whole + "\n";
    }
    let mut text = start.trim_end().to_owned() + "\n";
    let mut line = String::from(" ");
    for (at, part) in parts.iter().enumerate() {
        let separator = if at == 0 { "" } else { separator.trim_end() };
        if line.len() + separator.len() + part.len() + end.len() + 2 > WIDTH {
            text += &(line + "\n");
            line = String::from(" ");
        }
        // A separator such as `|` begins a part; a comma ends the one before.
        if separator.starts_with(',') {
            if line == " " {
                text.truncate(text.trim_end().len());
                text += ",\n";
            } else {
                line += ",";
            }
            let _ = write!(line, " {part}");
        } else {
            let _ = write!(line, "{separator} {part}");
        }
    }
    text + &line + end + "\n"
}

/// What is wrong with a value, if anything is: a call of a function of `runtime/shapes.cjs` or of one of a type.
pub(super) fn check(of: &Shape, value: &str) -> Result<String> {
    Ok(match of {
        Shape::List(of) => format!("list({value}, {})", checker(of, "")?),
        Shape::Map(of) => format!("map({value}, {})", checker(of, "")?),
        of => format!("{}({value})", checker(of, "")?),
    })
}

/// The function that says so; `types` is where those of the types are, with a point behind it.
pub(super) fn checker(of: &Shape, types: &str) -> Result<String> {
    Ok(match of {
        Shape::Text => "text".to_owned(),
        Shape::Secret => "secret".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Integer(32) => "int32".to_owned(),
        Shape::Integer(64) => "int64".to_owned(),
        Shape::Integer(bits) => bail!("a whole number of {bits} bits is none that JavaScript is sure to have"),
        Shape::Id => "id".to_owned(),
        Shape::Moment => "moment".to_owned(),
        Shape::Day => "day".to_owned(),
        Shape::List(of) => format!("(value) => list(value, {})", checker(of, types)?),
        Shape::Map(of) => format!("(value) => map(value, {})", checker(of, types)?),
        Shape::Object => "object".to_owned(),
        Shape::Named(name) => format!("{types}{name}"),
    })
}

/// A value's type in TypeScript. Money is texts, a moment and a day are as RFC 3339 writes them.
pub(super) fn value(of: &Shape) -> String {
    match of {
        Shape::Text | Shape::Secret | Shape::Id | Shape::Moment | Shape::Day => "string".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Integer(_) => "number".to_owned(),
        Shape::List(of) => format!("{}[]", value(of)),
        Shape::Map(of) => format!("Record<string, {}>", value(of)),
        Shape::Object => "Record<string, unknown>".to_owned(),
        Shape::Named(name) => name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_language_has_them() {
        let rows = [
            ("add_item", "addItem", "AddItem"),
            ("ItemDraft", "itemDraft", "ItemDraft"),
            ("wishlistId", "wishlistId", "WishlistId"),
            ("X-Share-Passphrase", "xSharePassphrase", "XSharePassphrase"),
        ];
        for (name, camelled, pascalled) in rows {
            assert_eq!((camel(name), pascal(name)), (camelled.to_owned(), pascalled.to_owned()));
        }
    }

    #[test]
    fn a_name_that_is_a_word_of_the_language_is_escaped_or_refused() {
        assert_eq!(argument("delete").unwrap(), "delete_");
        assert_eq!(argument("token").unwrap(), "token");
        assert!(argument("2nd").is_err());
        assert!(method("close").unwrap_err().to_string().starts_with("`close` cannot be a method"));
        assert!(type_name("Promise").unwrap_err().to_string().starts_with("`Promise` cannot be a type"));
        assert_eq!(member("first-name"), "'first-name'");
        assert_eq!(quoted(r"it's a \"), r"'it\'s a \\'");
    }

    #[test]
    fn a_comment_cannot_end_early() {
        assert_eq!(comment("One */ two.", 2), "  /** One *\\/ two. */\n");
        assert_eq!(comment("One.\n\nTwo.", 0), "/**\n * One.\n *\n * Two.\n */\n");
        assert_eq!(comment("", 2), "");
    }

    #[test]
    fn a_long_row_goes_over_lines() {
        let parts: Vec<String> = (0..60).map(|at| format!("'{at}'")).collect();
        let text = wrapped("type Words = ", &parts, " | ", ";");
        assert!(text.lines().count() > 2 && text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert_eq!(text.split_whitespace().collect::<String>(), format!("typeWords={};", parts.join("|")));
        assert_eq!(wrapped("f(", &parts[..2], ", ", ");"), "f('0', '1');\n");
        let list = wrapped("f(", &parts, ", ", ");");
        assert_eq!(list.split_whitespace().collect::<String>(), format!("f({});", parts.join(",")));
        assert!(list.lines().all(|line| line.len() <= WIDTH), "{list}");
    }
}
