//! The rules of the house that a reading of the text can hold, one function a rule.

use std::path::Path;

use crate::cargo;

/// The most lines of a source file, its tests aside.
const MOST_LINES: usize = 400;

/// A file of the project.
pub(super) struct Source<'a> {
    /// Its path from the root, with `/`.
    pub(super) path: &'a str,
    pub(super) text: &'a str,
}

/// What a rule found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// The line, where the finding has one.
    pub(super) line: Option<usize>,
    pub(super) what: String,
}

/// A rule.
pub(super) struct Rule {
    pub(super) weight: Weight,
    pub(super) find: fn(&Source<'_>) -> Vec<Finding>,
}

/// What a finding does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It fails the leg.
    Fault,
    /// It is shown.
    Warning,
}

pub(super) const RULES: &[Rule] = &[
    Rule { weight: Weight::Fault, find: too_long },
    Rule { weight: Weight::Fault, find: says_nothing },
    Rule { weight: Weight::Fault, find: note_without_issue },
    Rule { weight: Weight::Fault, find: path_of_one_machine },
    Rule { weight: Weight::Fault, find: ignored_test },
    Rule { weight: Weight::Fault, find: may_be_unsafe },
    Rule { weight: Weight::Fault, find: shown_by_nothing },
    Rule { weight: Weight::Warning, find: code_in_mod },
];

/// A file is read from top to bottom in one go.
fn too_long(source: &Source<'_>) -> Vec<Finding> {
    let lines = code(source).lines().count();
    let is_long = is_rust(source) && !is_test(source) && lines > MOST_LINES;
    is_long.then(|| whole(format!("{lines} lines without tests, at most {MOST_LINES}"))).into_iter().collect()
}

/// A file's name says what is in it.
fn says_nothing(source: &Source<'_>) -> Vec<Finding> {
    let name = source.path.rsplit('/').next().unwrap_or_default();
    let empty = ["utils.rs", "util.rs", "common.rs", "types.rs", "helpers.rs", "misc.rs"];
    empty.contains(&name).then(|| whole(format!("`{name}` does not say what is in it"))).into_iter().collect()
}

/// What is left to do is an issue, and the comment names it.
fn note_without_issue(source: &Source<'_>) -> Vec<Finding> {
    lines(source, |line| {
        let comment = line.split_once("//").map(|(_, comment)| comment)?;
        let mut words = comment.split(|c: char| !c.is_alphanumeric());
        if words.any(|word| ["FIXME", "XXX", "HACK"].contains(&word)) {
            return Some("write it as `TODO(#n)`, with its issue".to_owned());
        }
        let (_, behind) = comment.split_once("TODO")?;
        let number = behind.strip_prefix("(#").and_then(|rest| rest.split_once(')')).map(|(number, _)| number);
        let is_number = number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
        (!is_number).then(|| "`TODO` without its issue; write it as `TODO(#n)`".to_owned())
    })
}

/// The project works wherever it is checked out.
fn path_of_one_machine(source: &Source<'_>) -> Vec<Finding> {
    lines(source, |line| {
        let found = ["home", "root", "tmp", "Users"].iter().find(|folder| {
            let path = format!("/{folder}/");
            line.match_indices(&path).any(|(at, _)| opens_a_path(line.get(..at)))
        })?;
        Some(format!("a path of one machine, `/{found}/…`"))
    })
}

/// Whether a path may begin behind this text: not within a URL.
fn opens_a_path(before: Option<&str>) -> bool {
    let last = before.and_then(|text| text.chars().next_back());
    last.is_none_or(|last| last.is_whitespace() || "\"'`(=".contains(last))
}

/// A test that does not run shows nothing.
fn ignored_test(source: &Source<'_>) -> Vec<Finding> {
    lines(source, |line| line.trim_start().starts_with("#[ignore").then(|| "an ignored test shows nothing".to_owned()))
}

/// Crates in which `unsafe` is allowed where it has a reason: one call of libc, and what the macros of two languages write.
const UNSAFE: [&str; 3] = ["wishlist-service/", "bindings/python/", "bindings/node/"];

/// Files in which it is allowed and that nobody is given: tests that stand in for the operating system.
const UNSAFE_TESTS: [&str; 1] = ["wishlist-core/tests/power/hook.rs"];

/// What no reader has to look for is forbidden, which unlike the lint's `deny` nothing below can lift.
fn may_be_unsafe(source: &Source<'_>) -> Vec<Finding> {
    let is_root = source.path.ends_with("src/lib.rs") || source.path.ends_with("src/main.rs");
    // The roots of tests and examples say nothing, and the lint denies it there: lifting that is what is looked for.
    let text: String = source.text.split_whitespace().collect();
    let names_it = |list: &str| list.split(')').next().is_some_and(|lints| lints.contains("unsafe_code"));
    let lifts = ["allow(", "expect(", "warn("].iter().any(|lift| text.split(lift).skip(1).any(names_it));
    if lifts && !UNSAFE.iter().chain(&UNSAFE_TESTS).any(|of| source.path.starts_with(of)) {
        return vec![whole(
            "`unsafe` is allowed where `xtask/src/check/rules.rs` names the file or its crate, and nowhere else"
                .to_owned(),
        )];
    }
    let is_excepted = UNSAFE.iter().any(|of| source.path.starts_with(of));
    let is_forbidden = source.text.lines().any(|line| line == "#![forbid(unsafe_code)]");
    let is_fault = is_root && !is_excepted && !is_forbidden;
    is_fault.then(|| whole("the root of a crate says `#![forbid(unsafe_code)]`".to_owned())).into_iter().collect()
}

/// What a promise is shown by is there.
fn shown_by_nothing(source: &Source<'_>) -> Vec<Finding> {
    if source.path != "SECURITY.md" {
        return Vec::new();
    }
    lines(source, |line| {
        let mut paths = line.split('`').skip(1).step_by(2).filter(|name| name.contains('/') && !name.contains(' '));
        let gone = paths.find(|path| !cargo::root().join(path).exists())?;
        Some(format!("there is no `{gone}`"))
    })
}

/// A folder's `mod.rs` is its table of contents.
fn code_in_mod(source: &Source<'_>) -> Vec<Finding> {
    if !source.path.ends_with("/mod.rs") {
        return Vec::new();
    }
    let is_code = |line: &&str| {
        ["fn ", "struct ", "enum ", "trait ", "impl ", "impl<"].iter().any(|word| {
            let line =
                line.trim_start_matches("pub ").trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
            line.trim_start_matches("async ").starts_with(word)
        })
    };
    let count = code(source).lines().filter(is_code).count();
    (count > 0)
        .then(|| whole("holds code; a `mod.rs` has docs, `mod` and `use` lines only".to_owned()))
        .into_iter()
        .collect()
}

fn is_rust(source: &Source<'_>) -> bool {
    Path::new(source.path).extension().is_some_and(|extension| extension == "rs")
}

fn is_test(source: &Source<'_>) -> bool {
    source.path.contains("/tests/") || source.path.ends_with("tests.rs")
}

/// The text before the tests.
fn code<'a>(source: &Source<'a>) -> &'a str {
    source.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

fn whole(what: String) -> Finding {
    Finding { line: None, what }
}

fn lines(source: &Source<'_>, rule: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let numbered = source.text.lines().enumerate();
    numbered.filter_map(|(at, line)| Some(Finding { line: Some(at + 1), what: rule(line)? })).collect()
}
