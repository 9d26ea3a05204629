//! The settings of the commands over a data directory.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct DataSettings {
    /// The directory of `wishlist.db`.
    #[arg(long, env = "WISHLIST_DATA_DIR", value_name = "DIR", default_value = "wishlist-data")]
    pub(crate) data_dir: PathBuf,
}

impl DataSettings {
    pub(crate) fn file(&self) -> PathBuf {
        self.data_dir.join("wishlist.db")
    }
}

#[derive(Debug, Args)]
pub(crate) struct BackupSettings {
    /// The file to write. It holds everybody's data: only its owner can read it.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Replace FILE if it is there; until the new one is whole and checked the old one stays.
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) data: DataSettings,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreSettings {
    /// The backup.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Also where the directory holds data; that is kept beside under a name with the date.
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) data: DataSettings,
}

#[derive(Debug, Args)]
pub(crate) struct CheckSettings {
    /// Check this backup, as of when it was written, instead of a data directory.
    #[arg(long, value_name = "FILE", conflicts_with = "data_dir")]
    pub(crate) backup: Option<PathBuf>,

    /// Print one JSON document instead of lines.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) data: DataSettings,
}
