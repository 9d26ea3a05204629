//! The numbers by which the world's trade names a product, and their check digits.

use serde::{Deserialize, Serialize};

use super::{Choice, Chosen};
use crate::extraction::Field;
use crate::finding::Rule;
use crate::sources::Candidates;

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GtinKind {
    /// GTIN-8, the short number of small packages.
    Gtin8,
    /// GTIN-12, as in North America.
    Upc,
    /// GTIN-13.
    Gtin13,
    /// GTIN-14, of trade units.
    Gtin14,
    /// A book's number of ten places.
    Isbn10,
    /// A book's number of thirteen places.
    Isbn13,
    /// A score's number.
    Ismn,
    /// A periodical's number of eight places.
    Issn,
}

/// A number whose check digit is right.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gtin {
    /// The number without spaces and hyphens; the last place of an ISBN-10 or ISSN may be `X`.
    pub number: String,
    /// What kind it is.
    pub kind: GtinKind,
}

impl Gtin {
    /// The number as a GTIN: an ISBN-10 as the ISBN-13 that replaced it, and none for an ISSN.
    pub fn as_gtin(&self) -> Option<String> {
        match self.kind {
            GtinKind::Issn => None,
            GtinKind::Isbn10 => {
                let body = format!("978{}", self.number.get(..9)?);
                let check = (10 - weighted(&format!("{body}0")) % 10) % 10;
                Some(format!("{body}{check}"))
            }
            _ => Some(self.number.clone()),
        }
    }
}

/// Reads a number with a label, spaces, hyphens or brackets around it, if its length and check digit are right (GS1 General
/// Specifications, 7.9; ISO 2108 and ISO 3297 for the older ones).
///
/// ```
/// use wishlist_extract::{GtinKind, parse_gtin};
///
/// let gtin = parse_gtin("ISBN: 978-1-62544-175-1").unwrap();
/// assert_eq!((gtin.number.as_str(), gtin.kind), ("9781625441751", GtinKind::Isbn13));
/// assert_eq!(parse_gtin("978-1-62544-175-2"), None);
/// ```
pub fn parse_gtin(text: &str) -> Option<Gtin> {
    let text = text.rsplit_once(':').map_or(text, |(_, number)| number);
    let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let kind = kind(&number)?;
    Some(Gtin { number, kind })
}

fn kind(number: &str) -> Option<GtinKind> {
    let (body, last) = number.split_at_checked(number.len().checked_sub(1)?)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(body) || !(digits(last) || last == "X") || number.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let gtin = digits(last) && weighted(number).is_multiple_of(10);
    match number.len() {
        8 if gtin => Some(GtinKind::Gtin8),
        8 if descending(number).is_multiple_of(11) => Some(GtinKind::Issn),
        10 if descending(number).is_multiple_of(11) => Some(GtinKind::Isbn10),
        12 if gtin => Some(GtinKind::Upc),
        13 if gtin && number.starts_with("9790") => Some(GtinKind::Ismn),
        13 if gtin && (number.starts_with("978") || number.starts_with("979")) => Some(GtinKind::Isbn13),
        13 if gtin => Some(GtinKind::Gtin13),
        14 if gtin => Some(GtinKind::Gtin14),
        _ => None,
    }
}

/// The sum of a GTIN's digits, every second from the right but one three times: a multiple of ten.
fn weighted(number: &str) -> u32 {
    let digits = number.bytes().rev().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum()
}

/// The sum of an ISBN-10's or ISSN's digits, each times its place from the right: a multiple of eleven; `X` is ten.
fn descending(number: &str) -> u32 {
    let digits = number.bytes().rev().map(|byte| if byte == b'X' { 10 } else { u32::from(byte.wrapping_sub(b'0')) });
    digits.zip(1..).map(|(digit, place)| digit * place).sum()
}

/// The GTIN: the first number whose check digit is right.
pub(crate) fn gtin(candidates: &Candidates) -> Choice<'_, String> {
    let mut all = candidates.of(Field::Gtin);
    all.find_map(|candidate| {
        let number = parse_gtin(&candidate.value)?.as_gtin()?;
        Some(Chosen::one(number, Rule::CheckDigit, candidate))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_length_and_check_digit() {
        let rows = [
            ("4006381333931", Some(GtinKind::Gtin13)),
            ("EAN: 4006381333931.", Some(GtinKind::Gtin13)),
            ("978-1-933624-34-1", Some(GtinKind::Isbn13)),
            ("979-0-65001-268-3", Some(GtinKind::Ismn)),
            ("0-545-01022-5", Some(GtinKind::Isbn10)),
            ("0-8044-2957-X", Some(GtinKind::Isbn10)),
            ("2434-561X", Some(GtinKind::Issn)),
            ("(73513537)", Some(GtinKind::Gtin8)),
            ("036000291452", Some(GtinKind::Upc)),
            ("gtin14: 10614141543219", Some(GtinKind::Gtin14)),
            ("4006381333932", None),
            ("400638133393", None),
            ("0000000000000", None),
            ("EAN", None),
            ("", None),
            ("é", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse_gtin(text).map(|gtin| gtin.kind), expected, "{text}");
        }
    }

    #[test]
    fn an_old_book_has_a_new_number() {
        assert_eq!(parse_gtin("0-545-01022-5").unwrap().as_gtin().as_deref(), Some("9780545010221"));
        assert_eq!(parse_gtin("2434-561X").unwrap().as_gtin(), None);
    }
}
