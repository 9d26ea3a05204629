//! The table of keys as a page to read.

use wishlist_core::table::keys::{DUE, DUE_SHARDS, PATTERNS, Pattern};

/// `docs/generated/access-patterns.md`.
pub(super) fn markdown() -> String {
    let rows = |patterns: &[Pattern]| patterns.iter().map(row).collect::<String>();
    format!(
        "# Access patterns\n\
         \n\
         Every key that the product reads or writes. A read is one `get` of at most a hundred keys or one `query` over a\n\
         range of one partition's sort keys; there are no scans and no filters.\n\
         \n\
         {HEAD}{}\n\
         ## The sparse index\n\
         \n\
         The only index: it projects keys only, has {DUE_SHARDS} shards, and holds a record while something is due for it.\n\
         Nothing that must be current is read through it.\n\
         \n\
         {HEAD}{}",
        rows(PATTERNS),
        rows(&[DUE]),
    )
}

const HEAD: &str = "| Record | PK | SK | Why there |\n| --- | --- | --- | --- |\n";

fn row(pattern: &Pattern) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    format!("| {} | `{}` | `{}` | {} |\n", cell(pattern.record), cell(pattern.pk), cell(pattern.sk), cell(pattern.why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_row() {
        let page = markdown();
        for pattern in PATTERNS.iter().chain([&DUE]) {
            assert!(page.contains(&row(pattern)), "{pattern:?}");
        }
    }

    #[test]
    fn a_bar_does_not_split_a_cell() {
        let lane = Pattern { record: "host", pk: "HOST#{host}", sk: "LANE#{0|1}", why: "politeness" };
        assert_eq!(row(&lane), "| host | `HOST#{host}` | `LANE#{0\\|1}` | politeness |\n");
    }
}
