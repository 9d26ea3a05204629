//! The course of a check: every record in the order of its key, each by the rule of its kind.

use super::examination::Examination;
use super::{RULES, Report, Rule};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::table::keys::{PATTERNS, Pattern};
use crate::table::{Key, Record};

/// All records of a table as of one moment.
pub trait Source {
    /// Shows every record in the order of the keys, those that no longer exist too; `None` for one whose columns are not
    /// those of a record.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](crate::Kind::Unavailable) where the storage does not answer, and those of `see`.
    fn each(&self, see: &mut dyn FnMut(Key, Option<Record>) -> Result<()>) -> Result<()>;

    /// The record under `key`, if it exists.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](crate::Kind::Unavailable) where the storage does not answer.
    fn find(&self, key: &Key) -> Result<Option<Record>>;
}

/// Whether the records of `source` go together as of `now`, by [`RULES`] and by `more`, the rules of other crates.
///
/// Cost: one pass over all records, and a look-up for each that names another.
///
/// # Errors
/// Those of `source`. What does not go together is no error but in the report.
pub fn check(source: &dyn Source, now: Timestamp, more: &[Rule]) -> Result<Report> {
    let mut examination = Examination::of(source, now);
    source.each(&mut |key, record| {
        examination.enter(&key);
        let Some(pattern) = PATTERNS.iter().find(|pattern| fits(pattern, &key)) else {
            examination.unknown(&key);
            return Ok(());
        };
        let Some(record) = record else {
            examination.at(pattern.record, &key).fault("its columns are not those of a record");
            return Ok(());
        };
        if record.expires_at.is_some_and(|moment| moment <= now) {
            examination.expired();
            return Ok(());
        }
        let rule = RULES.iter().chain(more).find(|rule| rule.record == pattern.record);
        let examined = examination.at(pattern.record, &key);
        examined.count(rule.is_some());
        rule.map_or(Ok(()), |rule| (rule.check)(examined, &record))
    })?;
    Ok(examination.finish())
}

/// Whether a key has the form of a row of the table of keys: the text before the first id, and all of it where there is none.
fn fits(pattern: &Pattern, key: &Key) -> bool {
    let has_form = |form: &str, text: &str| match form.split_once('{') {
        Some((before, _)) => text.len() > before.len() && text.starts_with(before),
        None => text == form,
    };
    has_form(pattern.pk, &key.pk) && has_form(pattern.sk, &key.sk)
}
