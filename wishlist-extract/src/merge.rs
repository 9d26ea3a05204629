//! From candidates to an extraction.

use std::collections::BTreeMap;

use wishlist_core::model::{PageKind, Product};

use crate::extraction::{Evidence, Extraction, Field, Source};
use crate::fields::{self, Choice, Context};
use crate::finding::Finding;
use crate::page::clean;
use crate::sources::{Candidate, Candidates};

/// Evidence is for reading: values are shortened to this many characters.
const EVIDENCE_LENGTH: usize = 200;

/// Chooses each field's value and keeps what was considered.
pub(crate) fn merge(candidates: &Candidates, context: &Context<'_>) -> Extraction {
    let mut merger = Merger { candidates, context, findings: BTreeMap::new(), evidence: Vec::new() };
    let product = match context.kind {
        // What such a page shows is about itself, not about what was asked for.
        PageKind::Blocked | PageKind::NotFound | PageKind::Login => Product::default(),
        _ => merger.product(),
    };
    let site_name = merger.keep(Field::SiteName, fields::site_name(candidates));
    let Merger { findings, mut evidence, .. } = merger;
    let unasked = candidates.all().filter(|candidate| !findings.contains_key(&candidate.field));
    evidence.extend(unasked.map(|candidate| written(candidate, false, false)));
    evidence.sort_by_key(|evidence| (evidence.field, !evidence.chosen, !evidence.agrees));
    let product = Product { site_name, ..product };
    Extraction { kind: context.kind, kind_rule: context.kind_rule, product, findings, evidence }
}

struct Merger<'m, 'u> {
    candidates: &'m Candidates,
    context: &'m Context<'u>,
    findings: BTreeMap<Field, Finding>,
    evidence: Vec<Evidence>,
}

impl Merger<'_, '_> {
    fn product(&mut self) -> Product {
        let (candidates, context) = (self.candidates, self.context);
        let title = self.keep(Field::Title, fields::title(candidates, context));
        let mut product = Product { title, ..Product::default() };
        if context.kind == PageKind::Product {
            product.price = self.keep(Field::Price, fields::price(candidates, context));
            let list_price = fields::list_price(candidates, context, product.price);
            product.list_price = self.keep(Field::ListPrice, list_price);
            product.availability = self.keep(Field::Availability, fields::availability(candidates));
            product.brand = self.keep(Field::Brand, fields::brand(candidates, product.title.as_deref()));
            product.sku = self.keep(Field::Sku, fields::sku(candidates, context, product.title.as_deref()));
            product.gtin = self.keep(Field::Gtin, fields::gtin(candidates));
        }
        product.images = self.keep(Field::Image, fields::images(candidates, context)).unwrap_or_default();
        product.image_url = product.images.first().cloned();
        product.description = self.keep(Field::Description, fields::description(candidates, context));
        product.canonical_url = self.keep(Field::CanonicalUrl, fields::canonical_url(candidates, context));
        product
    }

    /// Notes why a value was chosen and what else was considered.
    fn keep<T>(&mut self, field: Field, choice: Choice<'_, T>) -> Option<T> {
        let chosen = choice?;
        let first = *chosen.from.first()?;
        let value = fields::says(first, self.context).unwrap_or_default();
        let (mut agreeing, mut differing) = (Vec::new(), Vec::new());
        for candidate in self.candidates.of(field) {
            let said = fields::says(candidate, self.context);
            let agrees = said.as_ref().is_some_and(|said| fields::same(field, &value, said));
            let is_chosen = chosen.from.iter().any(|other| std::ptr::eq(*other, candidate));
            self.evidence.push(written(candidate, is_chosen, agrees));
            if agrees {
                agreeing.push(candidate.source);
            } else if said.is_some() && fields::contradicts(field, candidate.source) {
                differing.push(candidate.source);
            }
        }
        differing.retain(|source| !agreeing.contains(source));
        let others = |sources| distinct(sources, first.source);
        let finding = Finding::new(first.source, chosen.rule, others(agreeing), others(differing));
        self.findings.insert(field, finding);
        Some(chosen.value)
    }
}

fn distinct(mut sources: Vec<Source>, own: Source) -> Vec<Source> {
    sources.retain(|source| *source != own);
    sources.sort_unstable();
    sources.dedup();
    sources
}

fn written(candidate: &Candidate, chosen: bool, agrees: bool) -> Evidence {
    let value = clean(&candidate.value, EVIDENCE_LENGTH);
    let value = match &candidate.currency {
        Some(currency) => format!("{value} {currency}"),
        None => value,
    };
    Evidence { field: candidate.field, source: candidate.source, value, chosen, agrees: chosen || agrees }
}
