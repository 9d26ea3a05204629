//! One file on a disk: what is durable, and what was written since and may be there after a loss, or not, or by half.

use wishlist_core::clock::{Random, SeededRandom};

/// What a disk writes in one go, in bytes; a loss cuts between them.
const SECTOR: usize = 512;

/// A file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    durable: Vec<u8>,
    since: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Content {
    pub(crate) fn durable(bytes: Vec<u8>) -> Self {
        Self { durable: bytes, since: Vec::new() }
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        self.since.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    pub(crate) fn truncate(&mut self, size: usize) {
        self.since.push(Change::Truncate(size));
    }

    /// Makes all of it durable.
    pub(crate) fn sync(&mut self) {
        for change in std::mem::take(&mut self.since) {
            apply(&mut self.durable, &change, 0);
        }
    }

    /// What a sync that fails leaves: some of it is durable, and nothing else will be by a later sync, for the
    /// operating system takes it for written (<https://lwn.net/Articles/752063/>).
    pub(crate) fn sync_in_part(&mut self, random: &SeededRandom) {
        self.durable = self.after_loss(random);
        self.since.clear();
    }

    /// The file as a loss leaves it: by chance nothing of what is not durable, all of it, a beginning, or any part in
    /// any order.
    pub(crate) fn after_loss(&self, random: &SeededRandom) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let filler = u8::try_from(random.below(256)).unwrap() * u8::from(random.below(2) == 0);
        let mut parts: Vec<Change> = self.since.iter().flat_map(sectors).collect();
        match random.below(4) {
            0 => parts.clear(),
            1 => {}
            2 => parts.truncate(below(random, parts.len() + 1)),
            _ => {
                for at in (1..parts.len()).rev() {
                    parts.swap(at, below(random, at + 1));
                }
                parts.truncate(below(random, parts.len() + 1));
            }
        }
        for part in &parts {
            apply(&mut bytes, part, filler);
        }
        bytes
    }
}

/// A change by the sectors that it falls into. A disk leaves the bytes beside it as they were, as SQLite relies upon
/// (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`).
fn sectors(change: &Change) -> Vec<Change> {
    let Change::Write { at, bytes } = change else { return vec![change.clone()] };
    let (mut at, mut rest, mut parts) = (*at, &bytes[..], Vec::new());
    while !rest.is_empty() {
        let (part, behind) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
        parts.push(Change::Write { at, bytes: part.to_vec() });
        (at, rest) = (at + part.len(), behind);
    }
    parts
}

/// Between the end of the file and what is written behind it there may be anything.
fn apply(file: &mut Vec<u8>, change: &Change, filler: u8) {
    match change {
        Change::Write { at, bytes } => {
            let end = at + bytes.len();
            if file.len() < end {
                file.resize(end, filler);
            }
            file[*at..end].copy_from_slice(bytes);
        }
        Change::Truncate(size) => file.truncate(*size),
    }
}

fn below(random: &SeededRandom, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap()
}

#[test]
fn a_loss_leaves_what_is_durable_and_any_part_of_the_rest_by_sectors() {
    let mut file = Content::durable(vec![1; 1024]);
    file.write(256, &[2; 1024]);
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let after = file.after_loss(&SeededRandom::new(seed));
        assert_eq!(after[..256], [1; 256], "what is durable stays");
        let whole = [256..512, 512..1024].map(|range| after[range].iter().all(|byte| *byte == 2));
        let old = [256..512, 512..1024].map(|range| after[range].iter().all(|byte| *byte == 1));
        assert!((0..2).all(|part| whole[part] != old[part]), "a sector is the old one or the new one");
        seen.insert((whole, after.len()));
    }
    assert!(seen.len() >= 6, "{seen:?}");
    file.sync();
    assert_eq!(file.after_loss(&SeededRandom::new(1)), [vec![1; 256], vec![2; 1024]].concat());
}

#[test]
fn what_a_failed_sync_left_out_no_later_one_makes_up_for() {
    let mut file = Content::durable(Vec::new());
    file.write(0, &[7; 4096]);
    let seed = (0..100).find(|seed| file.after_loss(&SeededRandom::new(*seed)).is_empty()).unwrap();
    file.sync_in_part(&SeededRandom::new(seed));
    file.sync();
    assert!(file.after_loss(&SeededRandom::new(2)).is_empty());
}
