//! `extract`: what pages say, without a server or a network.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write, stdin, stdout};
use std::path::Path;

use anyhow::{Context, Result};
use cpu_time::ThreadTime;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;
use wishlist_core::model::{Currency, PageKind, Product};
use wishlist_extract::{
    Evidence, Extraction, Field, Finding, GtinKind, Page, PriceHints, Rule, Source, extract, parse_brand, parse_gtin,
    parse_price,
};

use crate::config::{ExtractSettings, LineKind};

/// The most bytes read of one page: more than the fetcher takes.
const MAX_PAGE: u64 = 64 * 1024 * 1024;

pub(crate) fn run(settings: &ExtractSettings) -> Result<()> {
    if let Some(kind) = settings.lines {
        return lines(&settings.file, kind);
    }
    if settings.batch {
        return batch(settings);
    }
    let body = read(&settings.file)?;
    let extraction = extract(&Page { url: &settings.url, content_type: None, body: &body });
    let mut out = stdout().lock();
    if settings.json {
        serde_json::to_writer_pretty(&mut out, &extraction)?;
    } else if settings.explain {
        out.write_all(explain(&extraction).join("\n").as_bytes())?;
    } else {
        serde_json::to_writer_pretty(&mut out, &Found::of(&extraction))?;
    }
    Ok(writeln!(out)?)
}

#[derive(Serialize)]
struct Found<'a> {
    kind: PageKind,
    product: &'a Product,
    sources: BTreeMap<Field, Source>,
    confidence: BTreeMap<Field, u8>,
}

impl<'a> Found<'a> {
    fn of(extraction: &'a Extraction) -> Self {
        let findings = extraction.findings.iter();
        Self {
            kind: extraction.kind,
            product: &extraction.product,
            sources: extraction.sources(),
            confidence: findings.map(|(field, finding)| (*field, finding.confidence)).collect(),
        }
    }
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
    #[serde(flatten)]
    why: Option<Why<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Why<'a> {
    kind_rule: Rule,
    findings: &'a BTreeMap<Field, Finding>,
    evidence: &'a [Evidence],
}

impl<'a> Why<'a> {
    fn of(extraction: &'a Extraction) -> Self {
        Self { kind_rule: extraction.kind_rule, findings: &extraction.findings, evidence: &extraction.evidence }
    }
}

fn batch(settings: &ExtractSettings) -> Result<()> {
    each_line(&settings.file, r#"{"name","url","file"}"#, |Line { name, url, file }, out| {
        let body = read(Path::new(&file))?;
        let start = ThreadTime::now();
        let extraction = extract(&Page { url: &url, content_type: None, body: &body });
        let answer = Answer {
            name: &name,
            cpu_micros: start.elapsed().as_micros(),
            kind: extraction.kind,
            product: &extraction.product,
            why: settings.explain.then(|| Why::of(&extraction)),
        };
        Ok(serde_json::to_writer(out, &answer)?)
    })
}

#[derive(Deserialize)]
struct PriceLine {
    text: String,
    currency_hint: Option<String>,
    decimal_separator_hint: Option<String>,
}

#[derive(Deserialize)]
struct BrandLine {
    html: String,
}

#[derive(Deserialize)]
struct GtinLine {
    text: String,
}

/// What a line holds; of what is not there nothing is written.
#[derive(Default, Serialize)]
struct Reading {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<GtinKind>,
}

fn lines(file: &Path, kind: LineKind) -> Result<()> {
    match kind {
        LineKind::Price => each_line(file, r#"{"text"}"#, |line, out| write_reading(out, &price(&line))),
        LineKind::Brand => each_line(file, r#"{"html"}"#, |BrandLine { html }, out| {
            write_reading(out, &Reading { value: parse_brand(&html), ..Reading::default() })
        }),
        LineKind::Gtin => each_line(file, r#"{"text"}"#, |GtinLine { text }, out| write_reading(out, &gtin(&text))),
    }
}

fn price(line: &PriceLine) -> Reading {
    let hints = PriceHints {
        currency: line.currency_hint.as_deref(),
        decimal_separator: line.decimal_separator_hint.as_deref().and_then(|text| text.chars().next()),
        ..PriceHints::default()
    };
    let price = parse_price(&line.text, &hints);
    price.map_or_else(Reading::default, |price| Reading {
        amount: Some(price.amount),
        currency: price.currency,
        ..Reading::default()
    })
}

fn gtin(text: &str) -> Reading {
    let gtin = parse_gtin(text);
    gtin.map_or_else(Reading::default, |gtin| Reading {
        value: Some(gtin.number),
        kind: Some(gtin.kind),
        ..Reading::default()
    })
}

fn write_reading(out: &mut dyn Write, reading: &Reading) -> Result<()> {
    Ok(serde_json::to_writer(out, reading)?)
}

/// Reads one JSON document a line and writes one for each.
fn each_line<L: DeserializeOwned>(
    file: &Path,
    expected: &str,
    answer: impl Fn(L, &mut dyn Write) -> Result<()>,
) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for (number, line) in BufReader::new(open(file)?).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let line = serde_json::from_str(&line).with_context(|| format!("line {}: expected {expected}", number + 1))?;
        answer(line, &mut out)?;
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

/// For each field its value and why it is that one, then what other sources said.
fn explain(extraction: &Extraction) -> Vec<String> {
    let kind = serde_json::to_value(extraction.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default();
    let mut lines = vec![format!("{:13} {kind}", "kind"), format!("{:13}   it is {}", "", extraction.kind_rule.why())];
    let mut last = None;
    for evidence in &extraction.evidence {
        let begins = last.replace(evidence.field) != Some(evidence.field);
        let field = if begins { evidence.field.name() } else { "" };
        let mark = match (evidence.chosen, evidence.agrees) {
            (true, _) => '*',
            (_, true) => '=',
            _ => ' ',
        };
        lines.push(format!("{field:13} {mark} {:11} {}", evidence.source.name(), evidence.value));
        if let Some(finding) = extraction.findings.get(&evidence.field).filter(|_| begins) {
            lines.push(format!("{:13}   {}", "", because(finding)));
        }
    }
    lines.push("\n* chosen   = says the same".to_owned());
    lines
}

fn because(finding: &Finding) -> String {
    let names = |sources: &[Source]| sources.iter().map(|source| source.name()).collect::<Vec<_>>().join(", ");
    let others = [("agrees", &finding.agreeing), ("differs", &finding.differing)];
    let told = others.into_iter().filter(|(_, sources)| !sources.is_empty());
    let told = told.map(|(verb, sources)| format!("; {verb}: {}", names(sources)));
    format!("{} % sure: it is {}{}", finding.confidence, finding.rule.why(), told.collect::<String>())
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
