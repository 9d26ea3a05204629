//! `extract`: what pages say, without a server or a network.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write, stdin, stdout};
use std::path::Path;

use anyhow::{Context, Result};
use cpu_time::ThreadTime;
use serde::{Deserialize, Serialize};
use url::Url;
use wishlist_core::model::{PageKind, Product};
use wishlist_extract::{Extraction, Page, extract};

use crate::config::ExtractSettings;

/// The most bytes read of one page: more than the fetcher takes.
const MAX_PAGE: u64 = 64 * 1024 * 1024;

pub(crate) fn run(settings: &ExtractSettings) -> Result<()> {
    if settings.batch {
        return batch(&settings.file);
    }
    let body = read(&settings.file)?;
    let extraction = extract(&Page { url: &settings.url, content_type: None, body: &body });
    let mut out = stdout().lock();
    if settings.explain {
        out.write_all(explain(&extraction).as_bytes())?;
    } else {
        let found = Found { kind: extraction.kind, product: &extraction.product, sources: extraction.sources() };
        serde_json::to_writer_pretty(&mut out, &found)?;
        writeln!(out)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Found<'a, S> {
    kind: PageKind,
    product: &'a Product,
    sources: S,
}

#[derive(Deserialize)]
struct Line {
    name: String,
    url: Url,
    file: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    name: &'a str,
    kind: PageKind,
    product: &'a Product,
    cpu_micros: u128,
}

fn batch(file: &Path) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for (number, line) in BufReader::new(open(file)?).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let expected = || format!("line {}: expected {{\"name\",\"url\",\"file\"}}", number + 1);
        let Line { name, url, file } = serde_json::from_str(&line).with_context(expected)?;
        let body = read(Path::new(&file))?;
        let start = ThreadTime::now();
        let extraction = extract(&Page { url: &url, content_type: None, body: &body });
        let cpu_micros = start.elapsed().as_micros();
        serde_json::to_writer(
            &mut out,
            &Answer { name: &name, kind: extraction.kind, product: &extraction.product, cpu_micros },
        )?;
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

/// The page's kind, and for each field its value with the source, then what else was considered.
fn explain(extraction: &Extraction) -> String {
    let kind = serde_json::to_value(extraction.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .unwrap_or_default();
    let mut lines = vec![format!("kind            {kind}")];
    let mut last = None;
    for evidence in &extraction.evidence {
        let field = if last == Some(evidence.field) { "" } else { evidence.field.name() };
        last = Some(evidence.field);
        let mark = if evidence.chosen { '*' } else { ' ' };
        lines.push(format!("{field:13} {mark} {:13} {}", evidence.source.name(), evidence.value));
    }
    lines.push("\n* the value that was chosen\n".to_owned());
    lines.join("\n")
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let reader = open(file)?;
    let unreadable = || format!("`{}` cannot be read", file.display());
    let mut body = Vec::new();
    if file.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(reader).take(MAX_PAGE).read_to_end(&mut body).with_context(unreadable)?;
    } else {
        reader.take(MAX_PAGE).read_to_end(&mut body).with_context(unreadable)?;
    }
    Ok(body)
}

fn open(file: &Path) -> Result<Box<dyn Read>> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(stdin()));
    }
    let missing = || format!("`{}` cannot be read; name a page's file, or `-` for standard input", file.display());
    Ok(Box::new(File::open(file).with_context(missing)?))
}
