//! What a program or a test tells of a proof: a line of JSON among what it prints.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;

/// What the line begins with.
const MARK: &str = "proof: ";

/// Runs a program, shows what it prints, and answers what it told. A program whose cases failed tells so too.
pub(super) fn by<T: DeserializeOwned>(mut command: Command) -> Result<T> {
    let name = command.get_program().display().to_string();
    let mut program = command.stdout(Stdio::piped()).spawn().with_context(|| format!("`{name}` does not start"))?;
    let said = BufReader::new(program.stdout.take().context("it says nothing")?);
    let mut told = None;
    for line in said.lines() {
        let line = line.with_context(|| format!("`{name}` prints what is not UTF-8"))?;
        match found(&line) {
            Some(found) => {
                told = Some(serde_json::from_str(found).with_context(|| format!("`{name}` told `{found}`"))?);
            }
            None => println!("{line}"),
        }
    }
    let status = program.wait()?;
    match told {
        Some(told) => Ok(told),
        None => bail!("`{name}` told nothing ({status})"),
    }
}

/// What is told in a line, wherever a test runner puts it.
fn found(line: &str) -> Option<&str> {
    line.split_once(MARK).map(|(_, told)| told.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printing(text: &str) -> Command {
        let mut command = Command::new("printf");
        command.args(["%s", text]);
        command
    }

    #[test]
    fn the_last_line_with_the_mark_is_what_is_told() {
        let told: Vec<u8> = by(printing("hello\n    proof: [1]\nproof: [2, 3]\nbye\n")).unwrap();
        assert_eq!(told, [2, 3]);
    }

    #[test]
    fn who_tells_nothing_or_what_is_none_is_an_error() {
        assert!(by::<Vec<u8>>(printing("hello\n")).unwrap_err().to_string().contains("told nothing"));
        assert!(by::<Vec<u8>>(printing("proof: {}\n")).is_err());
    }
}
