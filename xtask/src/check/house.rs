//! Reads every file of the project and holds it to the rules of the house.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Result, bail};

use super::rules::{RULES, Source, Weight};
use crate::cargo;

/// Files that are read; pages and other people's texts are not ours to word.
const READ: &[&str] = &["rs", "toml", "md", "yml", "ts", "py", "sh"];

/// Files that state the rules or are written by a program.
const APART: &[&str] = &[
    "xtask/src/check/",
    "docs/generated/",
    "wishlist-client/src/generated/",
    "bindings/node/generated/",
    "CHANGELOG.md",
];

/// Fails with every finding that is a fault; shows the warnings.
pub(super) fn check() -> Result<()> {
    let files = cargo::output_of("git", &["ls-files", "--cached", "--others", "--exclude-standard"])?;
    let files: Vec<&str> = files.lines().filter(|path| is_read(path)).collect();
    let (mut faults, mut warnings) = (String::new(), String::new());
    for path in &files {
        // A file that git still knows and that was just removed is no finding.
        let Ok(text) = fs::read_to_string(cargo::root().join(path)) else { continue };
        let (new_faults, new_warnings) = findings(&Source { path, text: &text });
        faults += &new_faults;
        warnings += &new_warnings;
    }
    print!("{warnings}");
    if !faults.is_empty() {
        bail!("{}", faults.trim_end());
    }
    println!("{} files", files.len());
    Ok(())
}

/// The faults and the warnings of a file, a line each.
fn findings(source: &Source<'_>) -> (String, String) {
    let (mut faults, mut warnings) = (String::new(), String::new());
    for rule in RULES {
        let (text, word) = match rule.weight {
            Weight::Fault => (&mut faults, ""),
            Weight::Warning => (&mut warnings, "warning: "),
        };
        for finding in (rule.find)(source) {
            let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
            let _ = writeln!(text, "{word}{}{line}: {}", source.path, finding.what);
        }
    }
    (faults, warnings)
}

fn is_read(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| READ.contains(&extension)) && !APART.iter().any(|apart| path.starts_with(apart))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> String {
        findings(&Source { path, text }).0
    }

    #[test]
    fn a_rule_names_file_line_and_what_was_expected() {
        let note = "fn f() {}\n// TODO: later\n";
        assert_eq!(faults("a.rs", note), "a.rs:2: `TODO` without its issue; write it as `TODO(#n)`\n");
    }

    #[test]
    fn what_the_rules_find_and_what_they_leave() {
        let long = "//\n".repeat(401);
        let tested = format!("{}\n#[cfg(test)]\nmod tests {{\n{long}}}\n", "//\n".repeat(300));
        let rows = [
            ("a.rs", "// TODO(#12): later", ""),
            ("a.rs", "// FIXME", "a.rs:1: write it as `TODO(#n)`, with its issue\n"),
            ("a.rs", "// The character of `XXXX`.", ""),
            ("a.rs", long.as_str(), "a.rs: 401 lines without tests, at most 400\n"),
            ("a.rs", tested.as_str(), ""),
            ("src/embedded/tests.rs", long.as_str(), ""),
            ("src/utils.rs", "", "src/utils.rs: `utils.rs` does not say what is in it\n"),
            ("a.md", "see `/home/alice/x`", "a.md:1: a path of one machine, `/home/…`\n"),
            ("a.rs", "https://shop.example/home/garden", ""),
            ("bench/src/main.rs", "#![forbid(unsafe_code)]", ""),
            ("bench/src/main.rs", "", "bench/src/main.rs: the root of a crate says `#![forbid(unsafe_code)]`\n"),
            ("wishlist-service/src/main.rs", "", ""),
            ("wishlist-core/tests/power/hook.rs", "#![expect(unsafe_code, reason = \"it is C\")]", ""),
            (
                "wishlist-core/tests/other.rs",
                "#![expect(unsafe_code, reason = \"it is C\")]",
                "wishlist-core/tests/other.rs: `unsafe` is allowed where `xtask/src/check/rules.rs` names the file or its crate, and \
                 nowhere else\n",
            ),
            (
                "wishlist-core/tests/other.rs",
                "#![expect(\n    dead_code,\n    unsafe_code,\n    reason = \"it is C\"\n)]",
                "wishlist-core/tests/other.rs: `unsafe` is allowed where `xtask/src/check/rules.rs` names the file or its crate, and \
                 nowhere else\n",
            ),
            ("SECURITY.md", "| nothing is lost | `xtask/src/check/house.rs`, `cargo xtask prove a/b` |", ""),
            (
                "SECURITY.md",
                "| nothing is lost | `xtask/src/gone.rs` |",
                "SECURITY.md:1: there is no `xtask/src/gone.rs`\n",
            ),
            ("a.rs", "    #[ignore]", "a.rs:1: an ignored test shows nothing\n"),
        ];
        for (path, text, expected) in rows {
            assert_eq!(faults(path, text), expected, "{path}");
        }
    }

    #[test]
    fn code_in_a_table_of_contents_is_shown_and_fails_nothing() {
        let source = Source { path: "src/table/mod.rs", text: "//! Docs.\nmod keys;\npub async fn all() {}\n" };
        let (faults, warnings) = findings(&source);
        assert_eq!(faults, "");
        assert!(warnings.starts_with("warning: src/table/mod.rs: holds code"), "{warnings}");
        let contents = Source { path: "src/table/mod.rs", text: "mod keys;\npub use keys::Key;\n" };
        assert_eq!(findings(&contents).1, "");
    }

    #[test]
    fn other_files_are_not_read() {
        assert!(is_read("wishlist-core/src/lib.rs"));
        assert!(!is_read("xtask/src/check/rules.rs"));
        assert!(!is_read("wishlist-service/sample-shop/kettle.html"));
    }
}
