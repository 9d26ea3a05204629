//! (being built)

#[allow(dead_code, unused_imports, reason = "`try` opens the shops")]
mod sample_shop;

fn main() {}
