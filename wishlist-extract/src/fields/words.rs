//! Title, brand, description and the shop's name.

use super::{Choice, Context};
use crate::extraction::{Field, Source};
use crate::page::clean;
use crate::sources::Candidates;

fn first(candidates: &Candidates, field: Field, limit: usize) -> Choice<'_, String> {
    let candidate = candidates.of(field).next()?;
    Some((clean(&candidate.value, limit), vec![candidate]))
}

/// The product's name.
pub(crate) fn title(candidates: &Candidates) -> Choice<'_, String> {
    first(candidates, Field::Title, 500)
}

/// Who makes it.
pub(crate) fn brand(candidates: &Candidates) -> Choice<'_, String> {
    first(candidates, Field::Brand, 200)
}

/// What it is.
pub(crate) fn description(candidates: &Candidates) -> Choice<'_, String> {
    first(candidates, Field::Description, 1000)
}

/// The shop.
pub(crate) fn site_name<'c>(candidates: &'c Candidates, _context: &Context<'_>) -> Choice<'c, String> {
    let declared = candidates.of(Field::SiteName).find(|candidate| candidate.source == Source::OpenGraph);
    let candidate = declared.or_else(|| candidates.of(Field::SiteName).next())?;
    Some((clean(&candidate.value, 200), vec![candidate]))
}
