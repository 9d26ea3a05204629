//! Conditions as DynamoDB writes them, as far as the table uses them: comparisons, `BETWEEN`, two functions of existence,
//! `begins_with`, `AND`, `OR` and brackets.

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// The attributes of an item, or the values of an expression, as they are on the wire.
pub(super) type Attributes = Map<String, Value>;

/// Whether the condition holds for an item; where there is none, for one without attributes.
///
/// # Errors
/// What is not known, by name.
pub(super) fn holds(text: &str, item: Option<&Attributes>, values: &Attributes) -> Result<bool, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
    let (none, words) = (Attributes::new(), spaced.split_whitespace().collect());
    let mut reader = Reader { words, at: 0, item: item.unwrap_or(&none), values };
    let holds = reader.any()?;
    if reader.at < reader.words.len() {
        return Err(format!("`{}` in the condition `{text}`", reader.words[reader.at]));
    }
    Ok(holds)
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    item: &'a Attributes,
    values: &'a Attributes,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Result<bool, String> {
        let mut holds = self.all()?;
        while self.is_next("OR") {
            holds |= self.all()?;
        }
        Ok(holds)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut holds = self.one()?;
        while self.is_next("AND") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.is_next("(") {
            let holds = self.any()?;
            self.expect(")")?;
            return Ok(holds);
        }
        match self.word()? {
            "attribute_exists" => Ok(self.argument()?.is_some()),
            "attribute_not_exists" => Ok(self.argument()?.is_none()),
            "begins_with" => {
                self.expect("(")?;
                let name = self.word()?;
                self.expect(",")?;
                let prefix = self.value()?;
                self.expect(")")?;
                let text = |value: &Value| value["S"].as_str().map(str::to_owned);
                let found = self.item.get(name).and_then(text);
                Ok(found.zip(text(prefix)).is_some_and(|(found, prefix)| found.starts_with(&prefix)))
            }
            name => self.comparison(name),
        }
    }

    /// The attribute that a function is asked about.
    fn argument(&mut self) -> Result<Option<&'a Value>, String> {
        self.expect("(")?;
        let name = self.word()?;
        self.expect(")")?;
        Ok(self.item.get(name))
    }

    fn comparison(&mut self, name: &str) -> Result<bool, String> {
        let (found, operator) = (self.item.get(name), self.word()?);
        let with = |value: &Value| found.and_then(|found| compare(found, value));
        if operator == "BETWEEN" {
            let low = with(self.value()?);
            self.expect("AND")?;
            let high = with(self.value()?);
            return Ok(low.is_some_and(Ordering::is_ge) && high.is_some_and(Ordering::is_le));
        }
        let fits: fn(Ordering) -> bool = match operator {
            "=" => Ordering::is_eq,
            "<" => Ordering::is_lt,
            "<=" => Ordering::is_le,
            ">" => Ordering::is_gt,
            _ => return Err(format!("the operator `{operator}`")),
        };
        Ok(with(self.value()?).is_some_and(fits))
    }

    fn value(&mut self) -> Result<&'a Value, String> {
        let name = self.word()?;
        self.values.get(name).ok_or_else(|| format!("the value `{name}`, which is not given"))
    }

    fn word(&mut self) -> Result<&'a str, String> {
        let word = self.words.get(self.at).copied().ok_or("the end of a condition")?;
        self.at += 1;
        Ok(word)
    }

    fn is_next(&mut self, word: &str) -> bool {
        let is_next = self.words.get(self.at) == Some(&word);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        let word = self.word()?;
        if word == expected { Ok(()) } else { Err(format!("`{word}` in place of `{expected}`")) }
    }
}

/// The order of two values of one type; `None` of different ones, which no comparison holds for.
fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    let number = |value: &Value| value["N"].as_str()?.parse::<i128>().ok();
    match (one["S"].as_str(), other["S"].as_str()) {
        (Some(one), Some(other)) => Some(one.as_bytes().cmp(other.as_bytes())),
        _ => Some(number(one)?.cmp(&number(other)?)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_condition_is_judged_as_it_is_written() {
        let item = json!({"PK": {"S": "P"}, "N": {"N": "12"}, "T": {"S": "b"}});
        let values =
            json!({":9": {"N": "9"}, ":12": {"N": "12"}, ":a": {"S": "a"}, ":c": {"S": "c"}, ":b": {"S": "b"}});
        let rows = [
            ("attribute_exists(PK) AND N > :9", Ok(true), Ok(false)),
            ("attribute_not_exists(PK) OR N <= :9", Ok(false), Ok(true)),
            ("T = :b AND N = :12 AND (attribute_not_exists(X) OR X > :9)", Ok(true), Ok(false)),
            ("T BETWEEN :a AND :c", Ok(true), Ok(false)),
            ("PK = :a OR begins_with(T, :b)", Ok(true), Ok(false)),
            ("N < :a", Ok(false), Ok(false)),
            ("N <> :9", Err("the operator `<>`"), Err("the operator `<>`")),
            ("size(N) > :9", Err("the operator `(`"), Err("the operator `(`")),
            ("N + T", Err("the operator `+`"), Err("the operator `+`")),
            ("N = :x", Err("the value `:x`, which is not given"), Err("the value `:x`, which is not given")),
            ("N = :9 N", Err("`N` in the condition `N = :9 N`"), Err("`N` in the condition `N = :9 N`")),
        ];
        for (text, expected, without) in rows {
            let judge = |item| holds(text, item, values.as_object().unwrap());
            assert_eq!(judge(item.as_object()), expected.map_err(str::to_owned), "{text}");
            assert_eq!(judge(None), without.map_err(str::to_owned), "{text} of nothing");
        }
    }
}
