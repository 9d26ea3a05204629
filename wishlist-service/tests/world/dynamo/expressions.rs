//! Conditions as DynamoDB writes them, as far as the table uses them: comparisons, `BETWEEN`, two functions of existence,
//! `begins_with`, `AND`, `OR` and brackets.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The attributes of an item, or the values of an expression, as they are on the wire.
pub(super) type Attributes = Map<String, Value>;

/// A condition that was read, to be held against items.
#[derive(Debug)]
pub(super) enum Condition<'a> {
    Any(Vec<Self>),
    All(Vec<Self>),
    Exists(&'a str),
    IsAbsent(&'a str),
    BeginsWith(&'a str, &'a Value),
    Is(&'a str, Comparison, &'a Value),
    Between(&'a str, [&'a Value; 2]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
}

impl<'a> Condition<'a> {
    /// Reads a condition and the values in it.
    ///
    /// # Errors
    /// What is not known, by name; what DynamoDB refuses: a value that is not given, or not used, and bounds the wrong way round.
    pub(super) fn read(text: &'a str, values: &'a Attributes) -> Result<Self, String> {
        let mut reader = Reader { words: words(text), at: 0, values, used: BTreeSet::new() };
        let condition = reader.any()?;
        if reader.at < reader.words.len() {
            return Err(format!("`{}` in the condition `{text}`", reader.words[reader.at]));
        }
        match values.keys().find(|name| !reader.used.contains(name.as_str())) {
            Some(unused) => Err(format!("the value `{unused}`, which is not used")),
            None => Ok(condition),
        }
    }

    /// Whether it holds for an item; where there is none, for one without attributes.
    pub(super) fn holds(&self, item: Option<&Attributes>) -> bool {
        let found = |name: &str| item.and_then(|item| item.get(name));
        let with = |name: &str, value: &Value| found(name).and_then(|found| compare(found, value));
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.holds(item)),
            Self::All(parts) => parts.iter().all(|part| part.holds(item)),
            Self::Exists(name) => found(name).is_some(),
            Self::IsAbsent(name) => found(name).is_none(),
            Self::BeginsWith(name, prefix) => {
                let texts = found(name).and_then(|found| found["S"].as_str()).zip(prefix["S"].as_str());
                texts.is_some_and(|(found, prefix)| found.starts_with(prefix))
            }
            Self::Is(name, comparison, value) => with(name, value).is_some_and(|order| match comparison {
                Comparison::Equal => order.is_eq(),
                Comparison::Less => order.is_lt(),
                Comparison::AtMost => order.is_le(),
                Comparison::More => order.is_gt(),
            }),
            Self::Between(name, [low, high]) => {
                with(name, low).is_some_and(Ordering::is_ge) && with(name, high).is_some_and(Ordering::is_le)
            }
        }
    }

    /// The value that an attribute has to have, by what stands at the top of it.
    pub(super) fn value_of(&self, wanted: &str) -> Option<&'a str> {
        match self {
            Self::All(parts) => parts.iter().find_map(|part| part.value_of(wanted)),
            Self::Is(name, Comparison::Equal, value) if *name == wanted => value["S"].as_str(),
            _ => None,
        }
    }
}

/// The words of a condition; a bracket and a comma are one each.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), text.trim_start());
    let stands_alone = |letter: char| "(),".contains(letter);
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter: char| letter.is_whitespace() || stands_alone(letter)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(if stands_alone(first) { 1 } else { end });
        words.push(word);
        rest = behind.trim_start();
    }
    words
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    values: &'a Attributes,
    used: BTreeSet<&'a str>,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Result<Condition<'a>, String> {
        let mut parts = vec![self.all()?];
        while self.is_next("OR") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Result<Condition<'a>, String> {
        let mut parts = vec![self.one()?];
        while self.is_next("AND") {
            parts.push(self.one()?);
        }
        Ok(Condition::All(parts))
    }

    fn one(&mut self) -> Result<Condition<'a>, String> {
        if self.is_next("(") {
            let condition = self.any()?;
            self.expect(")")?;
            return Ok(condition);
        }
        match self.word()? {
            "attribute_exists" => Ok(Condition::Exists(self.argument()?)),
            "attribute_not_exists" => Ok(Condition::IsAbsent(self.argument()?)),
            "begins_with" => {
                self.expect("(")?;
                let name = self.word()?;
                self.expect(",")?;
                let prefix = self.value()?;
                self.expect(")")?;
                Ok(Condition::BeginsWith(name, prefix))
            }
            name => self.comparison(name),
        }
    }

    /// The attribute that a function is asked about.
    fn argument(&mut self) -> Result<&'a str, String> {
        self.expect("(")?;
        let name = self.word()?;
        self.expect(")")?;
        Ok(name)
    }

    fn comparison(&mut self, name: &'a str) -> Result<Condition<'a>, String> {
        let comparison = match self.word()? {
            "BETWEEN" => return self.between(name),
            "=" => Comparison::Equal,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::More,
            operator => return Err(format!("the operator `{operator}`")),
        };
        Ok(Condition::Is(name, comparison, self.value()?))
    }

    fn between(&mut self, name: &'a str) -> Result<Condition<'a>, String> {
        let low = self.value()?;
        self.expect("AND")?;
        let high = self.value()?;
        if compare(low, high).is_none_or(Ordering::is_gt) {
            return Err(format!("a `BETWEEN` of `{low}` and `{high}`"));
        }
        Ok(Condition::Between(name, [low, high]))
    }

    fn value(&mut self) -> Result<&'a Value, String> {
        let name = self.word()?;
        self.used.insert(name);
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
        let rows = rows.into_iter().chain([
            ("T BETWEEN :c AND :a", Err(r#"a `BETWEEN` of `{"S":"c"}` and `{"S":"a"}`"#), Ok(false)),
            ("PK = :a", Ok(false), Ok(false)),
        ]);
        for (text, expected, without) in rows {
            let mut given = values.as_object().unwrap().clone();
            given.retain(|name, _| words(text).contains(&name.as_str()));
            let judge = |item| Condition::read(text, &given).map(|condition| condition.holds(item));
            let expected = expected.map_err(str::to_owned);
            assert_eq!(judge(item.as_object()), expected, "{text}");
            assert_eq!(
                judge(None),
                if expected.is_ok() { without.map_err(str::to_owned) } else { expected },
                "{text} of nothing"
            );
        }
        let unused = json!({":9": {"N": "9"}, ":a": {"S": "a"}});
        let told = Condition::read("N = :9", unused.as_object().unwrap()).unwrap_err();
        assert_eq!(told, "the value `:a`, which is not used");
    }
}
