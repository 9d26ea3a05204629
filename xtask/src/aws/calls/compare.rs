//! What was asked for, beside what is checked in.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::document::{Document, FILE};

/// Compares what was recorded with what is checked in.
///
/// # Errors
/// Where they differ, with a line for each call that does.
pub(crate) fn compare(recorded: &Document) -> Result<()> {
    let differences = differences(&Document::read()?, recorded);
    if !differences.is_empty() {
        bail!(
            "what the roles ask of AWS is not what `{FILE}` says; `cargo xtask record-calls` writes it anew, and the roles' \
             policies have to follow:\n  {}",
            differences.join("\n  ")
        );
    }
    Ok(())
}

/// A line for each role, action, resource and partition that only one of them has.
fn differences(kept: &Document, recorded: &Document) -> Vec<String> {
    let (kept, recorded) = (lines(kept), lines(recorded));
    let missing = kept.difference(&recorded).map(|line| format!("not asked for any more: {line}"));
    missing.chain(recorded.difference(&kept).map(|line| format!("not in the file: {line}"))).collect()
}

fn lines(document: &Document) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (role, calls) in &document.0 {
        for ((action, resource, signed), partitions) in calls {
            let how = if *signed { "" } else { ", without a signature" };
            let line = format!("`{role}` {action} of the {resource}{how}");
            if partitions.is_empty() {
                lines.insert(line);
            } else {
                lines.extend(partitions.iter().map(|partition| format!("{line}, partition `{partition}`")));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::document::tests::call;
    use super::*;

    #[test]
    fn every_difference_is_a_line_of_its_own() {
        let document = |calls: &[(&str, Option<&'static str>)]| {
            let mut document = Document::default();
            document.add("api", &calls.iter().map(|(action, partition)| call(action, *partition)).collect());
            document
        };
        let kept = document(&[("dynamodb:GetItem", Some("USER#")), ("dynamodb:PutItem", Some("JOB#"))]);
        let recorded = document(&[("dynamodb:GetItem", Some("USER#")), ("dynamodb:GetItem", Some("JOB#"))]);
        let expected = [
            "not asked for any more: `api` dynamodb:PutItem of the table, partition `JOB#`",
            "not in the file: `api` dynamodb:GetItem of the table, partition `JOB#`",
        ];
        assert_eq!(differences(&kept, &recorded), expected);
        assert_eq!(differences(&kept, &kept), Vec::<String>::new());
    }
}
