//! A machine: the files of one directory, its power, and what its disk does wrong.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use wishlist_core::clock::{Random, SeededRandom};

use crate::disk::Content;

/// The machines that run, by their directories.
static RUNNING: LazyLock<Mutex<HashMap<PathBuf, Arc<Machine>>>> = LazyLock::new(Mutex::default);

/// The files that a loss left, by name.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

/// What becomes of the directory of a name that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Directory {
    /// It is made durable with it.
    Synced,
    /// A loss may bring the name back.
    AsItIs,
}

/// What comes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    Fails,
    Full,
}

/// What a disk does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It has no room: a write ends half way.
    Full,
    /// It does not write.
    Write,
    /// It does not say that it has written.
    Sync,
}

/// What a call meets.
enum Event {
    Fine,
    Met(Failure),
    /// There is no power.
    Off,
}

/// A machine that runs until its power goes.
pub(crate) struct Machine {
    directory: PathBuf,
    state: Mutex<State>,
}

struct State {
    random: SeededRandom,
    files: BTreeMap<String, Entry>,
    /// Writes, truncations, syncs and deletions so far.
    events: u64,
    /// After so many the power is gone.
    cut: u64,
    failure: Option<(Failure, Range<u64>)>,
    /// One in so many locks is held by somebody else for a moment; none where it is 0.
    held: u64,
    /// Files of which the disk says that they are durable and they are not.
    lies_about: Option<&'static str>,
}

/// A name in the directory.
#[derive(Clone, Debug, Default)]
struct Entry {
    now: Option<Content>,
    /// What a loss may bring back, where the directory was not made durable since the name came or went.
    before: Before,
}

/// What a loss may bring back in the place of a name.
#[derive(Clone, Debug, Default)]
enum Before {
    /// Nothing else than what it is: the directory is durable.
    #[default]
    Durable,
    /// That there was no such name.
    Absent,
    /// The file that had it.
    Present(Content),
}

impl Machine {
    /// Starts one on the files that there are. Its directory is the path's as SQLite names it.
    pub(crate) fn start(directory: &Path, files: &Image, seed: u64) -> Arc<Self> {
        crate::hook::install();
        let directory = fs::canonicalize(directory).unwrap();
        for (name, bytes) in files {
            fs::write(directory.join(name), bytes).unwrap();
        }
        let durable = |bytes: &Vec<u8>| Entry { now: Some(Content::durable(bytes.clone())), before: Before::Durable };
        // The shared memory is no file that SQLite writes; what is left of it after a loss is not relied upon.
        let files = files.iter().filter(|(name, _)| !name.ends_with("-shm"));
        let state = State {
            random: SeededRandom::new(seed),
            files: files.map(|(name, bytes)| (name.clone(), durable(bytes))).collect(),
            events: 0,
            cut: u64::MAX,
            failure: None,
            held: 0,
            lies_about: None,
        };
        let machine = Arc::new(Self { directory: directory.clone(), state: Mutex::new(state) });
        RUNNING.lock().unwrap().insert(directory, Arc::clone(&machine));
        machine
    }

    /// The one whose directory this is.
    pub(crate) fn of(directory: &Path) -> Option<Arc<Self>> {
        RUNNING.lock().unwrap().get(directory).cloned()
    }

    /// The file of the table.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join("wishlist.db")
    }

    /// Has the power go after so many events more.
    pub(crate) fn cut_after(&self, events: u64) {
        let mut state = self.state();
        state.cut = state.events + events;
    }

    /// Has one in so many locks be held by somebody else for a moment.
    pub(crate) fn hold_one_lock_in(&self, count: u64) {
        self.state().held = count;
    }

    /// Has the disk fail for so many events, after so many more.
    pub(crate) fn fail(&self, failure: Failure, after: u64, events: u64) {
        let mut state = self.state();
        let from = state.events + after;
        state.failure = Some((failure, from..from.saturating_add(events)));
    }

    /// Has the disk work again.
    pub(crate) fn mend(&self) {
        self.state().failure = None;
    }

    /// Has the disk say of files with this ending that they are durable when they are not.
    pub(crate) fn lie_about(&self, ending: &'static str) {
        self.state().lies_about = Some(ending);
    }

    /// Whether the power is gone.
    pub(crate) fn is_off(&self) -> bool {
        self.state().is_off()
    }

    /// Ends it where it is.
    pub(crate) fn end(&self) {
        RUNNING.lock().unwrap().remove(&self.directory);
        self.state().cut = 0;
    }

    /// What its disk has without power.
    pub(crate) fn lose(&self) -> Image {
        self.end();
        let state = self.state();
        let State { random, files, .. } = &*state;
        let mut image = Image::new();
        for (name, Entry { now, before }) in files {
            let content = match before {
                Before::Absent if random.below(2) == 0 => None,
                Before::Present(before) if random.below(2) == 0 => Some(before),
                _ => now.as_ref(),
            };
            if let Some(content) = content {
                image.insert(name.clone(), content.after_loss(random));
            }
        }
        // The shared memory is mapped, and its pages are on the disk or not as they please.
        if random.below(4) == 0 {
            let mut garbage = vec![0; 64 * 512];
            random.fill(&mut garbage);
            image.insert("wishlist.db-shm".to_owned(), garbage);
        }
        image
    }

    /// A name is opened, and is there from now on.
    pub(crate) fn opens(&self, name: &str) {
        let is_journal = name.contains('-');
        let mut state = self.state();
        let entry = state.files.entry(name.to_owned()).or_default();
        if entry.now.is_none() {
            // The file of the table was made before SQLite opened it. Of the others the directory does not know for
            // sure yet.
            if is_journal && matches!(entry.before, Before::Durable) {
                entry.before = Before::Absent;
            }
            entry.now = Some(Content::default());
        }
    }

    /// How many of the bytes are written, and what is said about them.
    pub(crate) fn write(&self, name: &str, at: usize, bytes: &[u8]) -> (usize, Verdict) {
        let mut state = self.state();
        let (written, verdict) = match state.happens() {
            Event::Off | Event::Met(Failure::Write) => (0, Verdict::Fails),
            Event::Met(Failure::Full) => (bytes.len() / 2, Verdict::Full),
            Event::Fine | Event::Met(Failure::Sync) => (bytes.len(), Verdict::Done),
        };
        if written > 0 {
            state.content(name).write(at, &bytes[..written]);
        }
        (written, verdict)
    }

    pub(crate) fn truncate(&self, name: &str, size: usize) -> Verdict {
        let mut state = self.state();
        if matches!(state.happens(), Event::Off | Event::Met(Failure::Write)) {
            return Verdict::Fails;
        }
        state.content(name).truncate(size);
        Verdict::Done
    }

    pub(crate) fn sync(&self, name: &str) -> Verdict {
        let mut state = self.state();
        match state.happens() {
            Event::Off => return Verdict::Fails,
            Event::Met(Failure::Sync) => {
                let State { random, files, .. } = &mut *state;
                now(files, name).sync_in_part(random);
                return Verdict::Fails;
            }
            Event::Fine | Event::Met(_) => {}
        }
        if state.lies_about.is_some_and(|ending| name.ends_with(ending)) {
            return Verdict::Done;
        }
        state.content(name).sync();
        // SQLite syncs the directory with the first sync of a log that it made.
        if state.files.get(name).is_some_and(|entry| !matches!(entry.before, Before::Durable)) {
            state.sync_directory();
        }
        Verdict::Done
    }

    pub(crate) fn delete(&self, name: &str, directory: Directory) -> Verdict {
        let mut state = self.state();
        if matches!(state.happens(), Event::Off) {
            return Verdict::Fails;
        }
        if let Some(entry) = state.files.get_mut(name) {
            let gone = entry.now.take();
            if let (Before::Durable, Some(gone)) = (&entry.before, gone) {
                entry.before = Before::Present(gone);
            }
        }
        if directory == Directory::Synced {
            state.sync_directory();
        }
        Verdict::Done
    }

    /// Whether somebody else holds the lock that is asked for.
    pub(crate) fn is_held(&self) -> bool {
        let state = self.state();
        state.held > 0 && !state.is_off() && state.random.below(state.held) == 0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn is_off(&self) -> bool {
        self.events >= self.cut
    }

    /// One event more, where there is power.
    fn happens(&mut self) -> Event {
        if self.is_off() {
            return Event::Off;
        }
        self.events += 1;
        match &self.failure {
            Some((failure, range)) if range.contains(&self.events) => Event::Met(*failure),
            _ => Event::Fine,
        }
    }

    fn content(&mut self, name: &str) -> &mut Content {
        now(&mut self.files, name)
    }

    fn sync_directory(&mut self) {
        self.files.values_mut().for_each(|entry| entry.before = Before::Durable);
    }
}

fn now<'a>(files: &'a mut BTreeMap<String, Entry>, name: &str) -> &'a mut Content {
    files.get_mut(name).and_then(|entry| entry.now.as_mut()).expect("the file is open")
}
