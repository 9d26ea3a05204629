//! `docs/generated/cost-ledger.md`: what each operation costs on DynamoDB, beside what the original design would use.

mod original;
mod page;
mod prices;

pub(crate) use page::markdown;
