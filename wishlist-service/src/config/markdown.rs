//! The settings as the document `docs/generated/configuration.md`.

use clap::{Arg, CommandFactory};

use super::Cli;

/// The commands beside `serve` that take some of its settings.
const ROLES: [&str; 4] = ["api", "worker", "sweep", "create-table"];

/// The settings of `serve`, and which of them the roles on AWS have, as a table in Markdown.
pub(crate) fn markdown() -> String {
    let cli = Cli::command();
    let serve = cli.get_subcommands().filter(|command| command.get_name() == "serve");
    let rows: Vec<String> =
        serve.flat_map(clap::Command::get_arguments).filter_map(|argument| row(&cli, argument)).collect();
    format!(
        "# Configuration\n\nThe flags of `wishlist-service serve`, each with the variable that sets it; a flag wins over its variable, and one \
         that is empty is not set. \
         The roles on AWS take those in whose row they are named, and what is needed on AWS and not set is named at the start.\n\n\
         | Flag | Variable | Default | Also of | What it does |\n| --- | --- | --- | --- | --- |\n{}\n",
        rows.join("\n")
    )
}

/// The roles that take an argument too.
fn roles(cli: &clap::Command, argument: &Arg) -> String {
    let takes = |role: &&str| {
        let command = cli.find_subcommand(role);
        command.is_some_and(|command| command.get_arguments().any(|other| other.get_id() == argument.get_id()))
    };
    ROLES.iter().filter(|role| takes(role)).map(|role| format!("`{role}`")).collect::<Vec<_>>().join(" ")
}

fn row(cli: &clap::Command, argument: &Arg) -> Option<String> {
    let (flag, variable) = (argument.get_long()?, argument.get_env()?.to_str()?);
    let default = argument.get_default_values().first().map(|value| format!("`{}`", value.display()));
    let help = argument.get_long_help().or(argument.get_help())?.to_string().replace('\n', " ");
    let roles = roles(cli, argument);
    Some(format!("| `--{flag}` | `{variable}` | {} | {roles} | {help} |", default.as_deref().unwrap_or("")))
}
