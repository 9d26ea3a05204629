//! Arguments and variables as clap reads them, but for two things: a variable that is empty is not set, and one that cannot
//! be read ends nothing before all are known that cannot.

use std::any::TypeId;
use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command};

use super::Faults;

/// What the arguments and the variables of a command say, and what is wrong with variables: those count as not set. What is
/// wrong with the arguments themselves ends the program, as does a call for help.
pub(super) fn read(command: impl Fn() -> Command, arguments: &[OsString]) -> (ArgMatches, Faults) {
    let (mut faults, mut unread) = (Faults::default(), Vec::new());
    loop {
        let mut command = without(command(), &unread);
        let error = match command.try_get_matches_from_mut(arguments) {
            Ok(matches) => return (matches, faults),
            Err(error) => error,
        };
        let Some((variable, what)) = fault(&command, &error) else { error.exit() };
        faults.add(&variable.to_string_lossy(), &what);
        unread.push(variable);
    }
}

/// The command without the variables that are empty, and without these.
fn without(command: Command, unread: &[OsString]) -> Command {
    let is_out = |variable: &OsStr| value(variable).is_none() || unread.iter().any(|unread| unread == variable);
    let argument = |argument: Arg| match argument.get_env() {
        Some(variable) if is_out(variable) => argument.env(Resettable::Reset),
        _ => argument,
    };
    command.mut_args(argument).mut_subcommands(|command| command.mut_args(argument))
}

/// The variable that clap's error is about, and what is wrong with it, without its value: it may be a secret.
fn fault(command: &Command, error: &clap::Error) -> Option<(OsString, String)> {
    let commands = std::iter::once(command).chain(command.get_subcommands());
    let arguments = commands.flat_map(Command::get_arguments);
    let mut set = arguments.filter_map(|argument| Some((argument, argument.get_env()?, value(argument.get_env()?)?)));
    if error.kind() == ErrorKind::InvalidUtf8 {
        let is_text = |argument: &Arg| argument.get_value_parser().type_id() != TypeId::of::<PathBuf>();
        let (_, variable, _) = set.find(|(argument, _, value)| is_text(argument) && value.to_str().is_none())?;
        return Some((variable.to_owned(), "is not UTF-8".to_owned()));
    }
    let Some(ContextValue::String(of)) = error.get(ContextKind::InvalidArg) else { return None };
    let flag = of.split([' ', '=']).next()?.strip_prefix("--")?;
    let (_, variable, _) = set.find(|(argument, ..)| argument.get_long() == Some(flag))?;
    let expected = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) => format!("is none of `{}`", values.join("`, `")),
        _ => format!("cannot be used, {}", error.source()?),
    };
    Some((variable.to_owned(), expected))
}

/// What a variable is set to, if to anything.
fn value(variable: &OsStr) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "configuration is read here")]
    let value = std::env::var_os(variable);
    value.filter(|value| !value.is_empty())
}
