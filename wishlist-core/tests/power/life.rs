//! One machine from its start to the loss of its power, and what is found on its disk then.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use wishlist_core::Result;
use wishlist_core::clock::{ManualClock, SystemRandom, Timestamp};
use wishlist_core::operations::Engine;
use wishlist_core::queue::NoQueue;
use wishlist_core::table::{EmbeddedTable, TableFile};

use crate::machine::{Image, Machine};
use crate::writer::Writer;

/// When all of it happens.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_368_000_000);

pub(crate) fn table(path: &Path) -> Result<EmbeddedTable> {
    EmbeddedTable::open(path, Arc::new(ManualClock::new(NOW)))
}

pub(crate) fn engine(path: &Path) -> Result<Engine> {
    let (table, clock) = (table(path)?, Arc::new(ManualClock::new(NOW)));
    // The ids of a life must not be those of another one.
    Ok(Engine::new(Arc::new(table), Arc::new(NoQueue), clock, Arc::new(SystemRandom)))
}

/// Three people who write at once, which the table groups.
pub(crate) struct Writers(pub(crate) [Writer; 3]);

impl Writers {
    pub(crate) fn new(seed: u64) -> Self {
        Self([("alice", seed), ("bob", seed ^ 1), ("carol", seed ^ 2)].map(|(name, seed)| Writer::new(name, seed)))
    }

    /// The last of them by the other engine.
    pub(crate) async fn work(&mut self, engines: [&Engine; 2], machine: &Machine) {
        let [alice, bob, carol] = &mut self.0;
        let [one, other] = engines;
        tokio::join!(alice.work(one, machine), bob.work(one, machine), carol.work(other, machine));
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.0.iter().map(|writer| writer.acknowledged).sum()
    }

    /// Looks at the image on a machine of its own, apart from the one that the next life begins with.
    pub(crate) async fn compare(&mut self, image: &Image) -> Result<(), String> {
        let machine = Standing::start(image, 0);
        is_whole(&machine.path())?;
        let engine = engine(&machine.path()).map_err(|error| format!("it does not open: {error}"))?;
        for writer in &mut self.0 {
            writer.compare(&engine).await?;
        }
        Ok(())
    }
}

/// A machine in a directory of its own, both gone with the value.
pub(crate) struct Standing {
    machine: Arc<Machine>,
    _directory: tempfile::TempDir,
}

impl Standing {
    pub(crate) fn start(image: &Image, seed: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { machine: Machine::start(directory.path(), image, seed), _directory: directory }
    }
}

impl Deref for Standing {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.machine
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.machine.end();
    }
}

/// What `wishlist-service check` finds nothing wrong with.
pub(crate) fn is_whole(path: &Path) -> Result<(), String> {
    let found = (|| {
        let file = TableFile::open(path)?;
        let faults = [file.integrity()?, file.foreign()?, file.lacking()?].concat();
        Ok((faults, file.check(NOW, &[])?))
    })();
    let (faults, report) = found.map_err(|error: wishlist_core::Error| format!("it cannot be checked: {error}"))?;
    let is_whole = faults.is_empty() && report.is_clean() && report.unknown.is_empty();
    if is_whole { Ok(()) } else { Err(format!("{faults:?} {report:?}")) }
}
