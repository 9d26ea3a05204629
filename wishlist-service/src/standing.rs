//! What a server stands on: where its records are, what starts its background work, who signs its people in.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use futures_util::future::BoxFuture;
use wishlist_core::clock::SystemClock;
use wishlist_core::operations::Identities;
use wishlist_core::queue::Queue;
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_identity::{Provider, Verifier};
use wishlist_scraper::Visitor;

use crate::config::ServeSettings;
use crate::confirming::Confirming;
use crate::roles;

/// Where the records are.
#[derive(Debug)]
pub(crate) enum Records {
    /// In a file of this machine.
    InFile(EmbeddedTable, PathBuf),
    /// Wherever the table has them.
    Elsewhere(Arc<dyn Table>),
}

impl Records {
    fn in_directory(directory: &Path) -> Result<Self> {
        let file = directory.join("wishlist.db");
        let table = EmbeddedTable::open(&file, Arc::new(SystemClock)).context("the data directory cannot be used")?;
        Ok(Self::InFile(table, file))
    }

    /// The file, where there is one on this machine.
    pub(crate) fn file(&self) -> Option<String> {
        match self {
            Self::InFile(_, file) => Some(file.display().to_string()),
            Self::Elsewhere(_) => None,
        }
    }
}

/// Works on messages until its future ends.
pub(crate) struct Work(pub(crate) Box<dyn FnOnce(Visitor, BoxFuture<'static, ()>) -> BoxFuture<'static, ()> + Send>);

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Work")
    }
}

/// What starts background work.
#[derive(Debug)]
pub(crate) enum Messages {
    /// A queue in this process.
    Local,
    /// A queue that others may take from too.
    Elsewhere(Arc<dyn Queue>, Work),
}

/// Who signs people in.
#[derive(Debug)]
pub(crate) enum People {
    /// The provider of this program, in its table.
    Local(Confirming),
    /// A provider with tokens of its own.
    Elsewhere(Accounts),
}

/// Who keeps people's accounts, and what takes their tokens.
#[derive(Debug)]
pub(crate) struct Accounts {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) identities: Arc<dyn Identities>,
    pub(crate) verifier: Arc<Verifier>,
}

/// What of a server is not on this machine; the rest is.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    pub(crate) table: Option<Arc<dyn Table>>,
    pub(crate) messages: Option<(Arc<dyn Queue>, Work)>,
    pub(crate) people: Option<Accounts>,
}

/// All three.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) records: Records,
    pub(crate) messages: Messages,
    pub(crate) people: People,
}

impl Standing {
    /// Everything in one file and one process.
    pub(crate) fn on_this_machine(table: EmbeddedTable, file: PathBuf, confirming: Confirming) -> Self {
        let (records, people) = (Records::InFile(table, file), People::Local(confirming));
        Self { records, messages: Messages::Local, people }
    }

    /// What the settings choose.
    pub(crate) async fn chosen(settings: &ServeSettings) -> Result<Self> {
        let Elsewhere { table, messages, people } = roles::elsewhere(settings).await?;
        let people = match people {
            Some(accounts) => People::Elsewhere(accounts),
            None => People::Local(Confirming::read(&settings.confirming, settings.listen)?),
        };
        let records = match table {
            Some(table) => Records::Elsewhere(table),
            None => Records::in_directory(&settings.data_dir)?,
        };
        let messages = messages.map_or(Messages::Local, |(queue, work)| Messages::Elsewhere(queue, work));
        Ok(Self { records, messages, people })
    }
}
