//! Documents that are made from the program itself, for `cargo xtask generate`.

use std::io::Write;

use crate::config::{self, Document};
use crate::{cost_ledger, infrastructure};

pub(crate) fn run(document: Document) -> anyhow::Result<()> {
    let text = match document {
        Document::Openapi => wishlist_api::openapi_json().to_owned(),
        Document::Configuration => config::markdown(),
        Document::Infrastructure => infrastructure::json(),
        Document::CostLedger => cost_ledger::markdown()?,
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}
