//! `backup` and `restore`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wishlist_core::clock::{Clock, SystemClock};
use wishlist_core::table::{Existing, TableFile};

use super::progress::{say, watched};
use crate::config::{BackupSettings, RestoreSettings};

pub(crate) fn backup(settings: BackupSettings) -> Result<()> {
    let BackupSettings { file, force, data } = settings;
    if file == Path::new("-") {
        bail!("a backup is checked before it has its name, which a pipe has not; name a file");
    }
    let name = file.display().to_string();
    watched(move |watch| {
        let source = TableFile::open(&data.file()).context("the data directory cannot be backed up")?;
        source.back_up(&file, existing(force), watch).context("no backup was made")
    })?;
    say(&format!("wrote `{name}`, whole and checked"))
}

pub(crate) fn restore(settings: RestoreSettings) -> Result<()> {
    let RestoreSettings { file, force, data } = settings;
    let (name, place) = (file.display().to_string(), data.file());
    let kept = watched(move |watch| {
        let source = TableFile::open(&file).context("nothing was restored")?;
        source.restore(&data.file(), existing(force), SystemClock.now(), watch).context("nothing was restored")
    })?;
    if let Some(kept) = kept {
        say(&format!("kept what was there as `{}`", kept.display()))?;
    }
    say(&format!("restored `{}` from `{name}`", place.display()))
}

fn existing(force: bool) -> Existing {
    if force { Existing::Replace } else { Existing::Refuse }
}
