//! Names and comments as Rust writes them.

use std::fmt::Write as _;

use crate::generate::contract::{Shape, snake};

/// A name that may be one of the language's own words.
pub(super) fn identifier(name: &str) -> String {
    let snake = snake(name);
    let is_taken = ["type", "match", "move", "in", "for", "where", "use", "ref", "loop", "if", "as"].contains(&&*snake);
    if is_taken { format!("r#{snake}") } else { snake }
}

/// `inStock`, `add_item` and `EUR` as `InStock`, `AddItem` and `Eur`.
pub(super) fn pascal(word: &str) -> String {
    let is_loud = word.chars().all(|letter| !letter.is_ascii_lowercase());
    let (mut pascal, mut is_start) = (String::new(), true);
    for letter in word.chars() {
        if !letter.is_ascii_alphanumeric() {
            is_start = true;
        } else if is_start {
            pascal.push(letter.to_ascii_uppercase());
            is_start = false;
        } else {
            pascal.push(if is_loud { letter.to_ascii_lowercase() } else { letter });
        }
    }
    pascal
}

/// Lines of documentation; none for an empty text.
pub(super) fn comment(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines() {
        let _ = writeln!(lines, "/// {line}");
    }
    lines.replace("/// \n", "///\n")
}

/// A value that is owned.
pub(super) fn owned(shape: &Shape) -> String {
    match shape {
        Shape::Text => "String".to_owned(),
        Shape::Secret => "crate::Secret".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Integer(bits) => format!("i{bits}"),
        Shape::Id => "uuid::Uuid".to_owned(),
        Shape::Moment => "chrono::DateTime<chrono::Utc>".to_owned(),
        Shape::Day => "chrono::NaiveDate".to_owned(),
        Shape::List(of) => format!("Vec<{}>", owned(of)),
        Shape::Map(of) => format!("std::collections::BTreeMap<String, {}>", owned(of)),
        Shape::Object => "serde_json::Map<String, serde_json::Value>".to_owned(),
        Shape::Named(name) => name.clone(),
    }
}

/// The same outside of `model`.
pub(super) fn qualified(shape: &Shape) -> String {
    match shape {
        Shape::Named(name) => format!("model::{name}"),
        Shape::List(of) => format!("Vec<{}>", qualified(of)),
        Shape::Map(of) => format!("std::collections::BTreeMap<String, {}>", qualified(of)),
        shape => owned(shape),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_language_has_them() {
        let rows = [
            ("imageUrl", "image_url", "ImageUrl"),
            ("EUR", "e_u_r", "Eur"),
            ("add_item", "add_item", "AddItem"),
            ("X-Share-Passphrase", "x_share_passphrase", "XSharePassphrase"),
            ("ready", "ready", "Ready"),
        ];
        for (name, snaked, pascaled) in rows {
            assert_eq!((snake(name), pascal(name)), (snaked.to_owned(), pascaled.to_owned()));
        }
        assert_eq!(identifier("type"), "r#type");
    }

    #[test]
    fn an_empty_line_of_a_comment_has_no_space_at_its_end() {
        assert_eq!(comment("One.\n\nTwo."), "/// One.\n///\n/// Two.\n");
        assert_eq!(comment(""), "");
    }
}
