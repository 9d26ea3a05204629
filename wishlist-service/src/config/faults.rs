//! Everything that is wrong with the settings, told at once.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use clap::CommandFactory;
use url::Url;

use super::Cli;

/// A variable that is set to nothing is not set: templates of functions set it so.
pub(super) fn given(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.is_empty())
}

const UNSET: &str = "is not set";

const SPACE: &str = "holds a space, a line break or a control character";

/// As a file's last line break becomes part of a value. No name, id or address has any.
fn has_space(value: &str) -> bool {
    value.contains(|character: char| character.is_whitespace() || character.is_control())
}

/// Everything that is wrong with the settings, so that it is told at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<(String, String)>);

impl Faults {
    /// Of one variable the same is told once, whoever reads it.
    pub(super) fn add(&mut self, variable: &str, what: &str) {
        let fault = (variable.to_owned(), what.to_owned());
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    pub(super) fn extend(&mut self, others: &Self) {
        for (variable, what) in &others.0 {
            self.add(variable, what);
        }
    }

    /// The variables that are needed and not set.
    pub(super) fn unset_variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, what)| what == UNSET).map(|(variable, _)| variable.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn needed(&mut self, value: Option<&String>, variable: &str) -> String {
        let given = given(value).unwrap_or_default();
        if given.is_empty() {
            self.unset(variable);
        } else if given.trim().is_empty() {
            self.add(variable, "is nothing but spaces");
            return String::new();
        } else if has_space(given) {
            self.add(variable, SPACE);
            return String::new();
        }
        given.to_owned()
    }

    /// A variable that is needed and there, but not as expected, is named already.
    fn unset(&mut self, variable: &str) {
        if !self.0.iter().any(|(named, _)| named == variable) {
            self.add(variable, UNSET);
        }
    }

    pub(super) fn url(&mut self, value: Option<&String>, variable: &str) -> Option<String> {
        let text = given(value)?;
        // Left out by who parses an address, and sent by who does not.
        if has_space(text) {
            self.add(variable, SPACE);
            return None;
        }
        let is_address = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_address {
            self.add(variable, "is not an address like `https://host/path`");
        }
        is_address.then(|| text.trim_end_matches('/').to_owned())
    }

    /// Ends the start where anything is wrong.
    ///
    /// # Errors
    /// One message that names every variable, what is wrong with it and what it is for.
    pub(crate) fn none(self, whose: &str) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let cli = Cli::command();
        let mut message = format!("{whose} cannot start; set what is missing and mend what is wrong:");
        for (variable, what) in &self.0 {
            let purpose = purpose(&cli, variable).map(|purpose| format!(": {purpose}"));
            let _ = write!(message, "\n  {variable} {what}{}", purpose.unwrap_or_default());
        }
        bail!(message)
    }
}

/// What a variable is for, in the words of the help.
fn purpose(cli: &clap::Command, variable: &str) -> Option<String> {
    let arguments = cli.get_subcommands().flat_map(clap::Command::get_arguments);
    let of = arguments.into_iter().find(|argument| argument.get_env().is_some_and(|name| name == variable));
    of.and_then(clap::Arg::get_help).map(ToString::to_string)
}
