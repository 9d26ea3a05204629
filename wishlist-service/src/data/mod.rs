//! The commands that look after the data beside the servers: `backup`, `restore`, `check`.

mod check;
mod copies;
mod progress;

pub(crate) use check::run as check;
pub(crate) use copies::{backup, restore};
