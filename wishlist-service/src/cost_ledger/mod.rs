//! `docs/generated/cost-ledger.md`: what each operation costs on DynamoDB, beside what the original design would use.

mod original;
mod page;
pub(crate) mod prices;

pub(crate) use page::markdown;
