//! The shop's number and the world's.

use super::Choice;
use crate::extraction::Field;
use crate::sources::Candidates;

/// Longer numbers are texts (and the limit of the field).
const MAX_SKU: usize = 100;

/// The shop's number: the first that is one.
pub(crate) fn sku(candidates: &Candidates) -> Choice<'_, String> {
    let candidate = candidates.of(Field::Sku).find(|candidate| is_number(&candidate.value))?;
    Some((candidate.value.clone(), vec![candidate]))
}

fn is_number(text: &str) -> bool {
    let placeholder = ["n/a", "na", "none", "null", "undefined", "0", "-"];
    text.chars().count() <= MAX_SKU && !placeholder.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The GTIN: the first number whose check digit is right.
pub(crate) fn gtin(candidates: &Candidates) -> Choice<'_, String> {
    candidates.of(Field::Gtin).find_map(|candidate| Some((valid_gtin(&candidate.value)?, vec![candidate])))
}

/// The digits of a GTIN of 8, 12, 13 or 14 digits with the right check digit (GS1 General Specifications, 7.9).
pub(crate) fn valid_gtin(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let right = matches!(digits.len(), 8 | 12 | 13 | 14) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let weighted = |(place, byte): (usize, u8)| u32::from(byte - b'0') * if place % 2 == 1 { 3 } else { 1 };
    let sum = || digits.bytes().rev().enumerate().map(weighted).sum::<u32>();
    let zeros = digits.bytes().all(|byte| byte == b'0');
    (right && !zeros && sum() % 10 == 0).then_some(digits)
}
