//! What a program or a test tells of a proof: a line of JSON among what it prints.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

/// What the line begins with.
const MARK: &str = "proof: ";

/// Runs a program, shows what it prints, and answers what it told. A program whose cases failed tells so too.
pub(super) fn by<T: DeserializeOwned>(command: Command) -> Result<T> {
    let (name, mut told, status) = run(command)?;
    told.pop().with_context(|| format!("`{name}` told nothing ({status})"))
}

/// Runs tests that tell a line each. One that fails ends the proof: it tells nothing.
pub(super) fn each<T: DeserializeOwned>(command: Command) -> Result<Vec<T>> {
    let (name, told, status) = run(command)?;
    ensure!(status.success(), "`{name}` failed ({status})");
    ensure!(!told.is_empty(), "`{name}` told nothing");
    Ok(told)
}

fn run<T: DeserializeOwned>(mut command: Command) -> Result<(String, Vec<T>, ExitStatus)> {
    let name = command.get_program().display().to_string();
    let mut program = command.stdout(Stdio::piped()).spawn().with_context(|| format!("`{name}` does not start"))?;
    let said = BufReader::new(program.stdout.take().context("it says nothing")?);
    let mut told = Vec::new();
    for line in said.split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        match found(&line) {
            Some(found) => told.push(found.to_owned()),
            None => println!("{line}"),
        }
    }
    // Read behind its end, so that none is left running whatever it told.
    let status = program.wait()?;
    let read = |told: &String| serde_json::from_str(told).with_context(|| format!("`{name}` told `{told}`"));
    let told = told.iter().map(read).collect::<Result<_>>()?;
    Ok((name, told, status))
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
    fn of_several_tests_each_is_told_and_one_that_fails_ends_it() {
        assert_eq!(each::<u8>(printing("proof: 1\nproof: 2\n")).unwrap(), [1, 2]);
        assert!(each::<u8>(printing("hello\n")).unwrap_err().to_string().contains("told nothing"));
        let mut fails = Command::new("sh");
        fails.args(["-c", "echo proof: 1; exit 1"]);
        assert!(each::<u8>(fails).unwrap_err().to_string().contains("failed"));
    }

    #[test]
    fn who_tells_nothing_or_what_is_none_is_an_error() {
        assert!(by::<Vec<u8>>(printing("hello\n")).unwrap_err().to_string().contains("told nothing"));
        assert!(by::<Vec<u8>>(printing("proof: {}\n")).is_err());
    }
}
