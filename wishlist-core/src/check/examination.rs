//! What a rule works with: the record's place, the other records, and where to tell what is wrong.

use std::fmt;

use super::partition::Partition;
use super::{Report, Source};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::table::{DueKey, Entity, Key, Record};

/// The examination of one table, at one record of it.
pub struct Examination<'a> {
    source: &'a dyn Source,
    now: Timestamp,
    record: &'static str,
    key: Key,
    report: Report,
    pub(super) partition: Partition,
}

impl<'a> Examination<'a> {
    /// As of when records are looked at.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Tells what is wrong with the record, in fixed words: what it holds is nobody's to read.
    pub fn fault(&mut self, what: &'static str) {
        self.report.add(self.record, &self.key, what);
    }

    /// Tells what is wrong where `holds` is not.
    pub fn expect(&mut self, holds: bool, what: &'static str) {
        if !holds {
            self.fault(what);
        }
    }

    /// The entity of the record. Tells where it cannot be read, and where its key, its due time or its life time are not
    /// those that it says itself.
    pub fn read<T: Entity>(&mut self, record: &Record) -> Option<T> {
        let Ok(entity) = record.body.decode::<T>() else {
            self.fault("it cannot be read as what its key says it is");
            return None;
        };
        self.expect(entity.key() == record.key, "its own ids are not those of its key");
        let due = entity.due().as_ref().map(DueKey::from);
        self.expect(due == record.due, "its entry in the index of what is due is not the one that it says");
        self.expect(entity.expires_at() == record.expires_at, "it does not expire when it says");
        Some(entity)
    }

    /// Another entity, if there is one that can be read; one that cannot is told at its own turn.
    ///
    /// # Errors
    /// Those of the table.
    pub fn find<T: Entity>(&self, key: &Key) -> Result<Option<T>> {
        Ok(self.source.find(key)?.and_then(|record| record.body.decode().ok()))
    }

    /// Whether there is a record under `key`.
    ///
    /// # Errors
    /// Those of the table.
    pub fn is_there(&self, key: &Key) -> Result<bool> {
        Ok(self.source.find(key)?.is_some())
    }

    pub(super) fn of(source: &'a dyn Source, now: Timestamp) -> Self {
        let key = Key { pk: String::new(), sk: String::new() };
        Self { source, now, record: "", key, report: Report::default(), partition: Partition::default() }
    }

    /// Goes on to `key`; where that is in another partition, the one that ends is looked at as a whole.
    pub(super) fn enter(&mut self, key: &Key) {
        if self.partition.pk != key.pk {
            self.partition.end(&mut self.report);
            self.partition.begin(&key.pk);
        }
    }

    pub(super) fn at(&mut self, record: &'static str, key: &Key) -> &mut Self {
        self.record = record;
        self.key.clone_from(key);
        self
    }

    pub(super) fn count(&mut self, is_checked: bool) {
        *self.report.records.entry(self.record).or_default() += 1;
        self.report.unchecked += u64::from(!is_checked);
    }

    pub(super) fn expired(&mut self) {
        self.report.expired += 1;
    }

    /// The rest of an unknown key may be anything, so only its first word is kept, and that only where it looks like one.
    pub(super) fn unknown(&mut self, key: &Key) {
        let word = key.pk.split('#').next().unwrap_or_default();
        let is_word = (1..=24).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
        *self.report.unknown.entry(if is_word { word } else { "…" }.to_owned()).or_default() += 1;
    }

    pub(super) fn finish(mut self) -> Report {
        self.partition.end(&mut self.report);
        self.report
    }
}

impl fmt::Debug for Examination<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination").field("now", &self.now).field("found", &self.report.found).finish_non_exhaustive()
    }
}
