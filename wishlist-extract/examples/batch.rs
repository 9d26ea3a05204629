//! Extracts many pages: lines `{"name","url","file"}` in, lines `{"name","kind","product","cpuMicros"}` out.
//!
//! A file ending in `.gz` is unpacked. With `--explain` each line also has the evidence.

use std::io::{BufRead, Read, Write};
use std::time::Instant;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use url::Url;
use wishlist_core::model::{PageKind, Product};
use wishlist_extract::{Evidence, Page, extract};

#[derive(Deserialize)]
struct Work {
    name: String,
    url: String,
    file: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done<'a> {
    name: &'a str,
    kind: PageKind,
    product: &'a Product,
    cpu_micros: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'a [Evidence]>,
}

fn main() -> Result<()> {
    let explain = std::env::args().any(|argument| argument == "--explain");
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let work: Work = serde_json::from_str(&line?)?;
        let body = read(&work.file).with_context(|| format!("`{}` cannot be read", work.file))?;
        let url: Url = work.url.parse()?;
        let start = Instant::now();
        let extraction = extract(&Page { url: &url, content_type: None, body: &body });
        let done = Done {
            name: &work.name,
            kind: extraction.kind,
            product: &extraction.product,
            cpu_micros: start.elapsed().as_micros(),
            evidence: explain.then_some(&extraction.evidence),
        };
        serde_json::to_writer(&mut out, &done)?;
        writeln!(out)?;
    }
    Ok(())
}

fn read(file: &str) -> Result<Vec<u8>> {
    let bytes = std::fs::read(file)?;
    if std::path::Path::new(file).extension().is_none_or(|end| end != "gz") {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}
