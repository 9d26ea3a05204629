//! All configuration: every flag, its variable, its default. `docs/generated/configuration.md` is made from it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Arg, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::LevelFilter;
use url::Url;

/// Wishlists that fill themselves in: paste a product's link, see the product.
#[derive(Debug, Parser)]
#[command(name = "wishlist-service", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The API, the worker and the sweeper in one process over one file.
    Serve(ServeSettings),
    /// All of it in a temporary directory, for a look: a person, a wishlist, and pages being visited.
    Try(TrySettings),
    /// What a page says about the product it sells, as JSON.
    Extract(ExtractSettings),
    /// Prints a document that is made from the program.
    #[command(hide = true)]
    Generate { document: Document },
}

#[derive(Debug, Args)]
pub(crate) struct ServeSettings {
    /// The address to listen on.
    #[arg(long, env = "WISHLIST_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,

    /// The directory of `wishlist.db`, made where there is none. Several processes may share it.
    #[arg(long, env = "WISHLIST_DATA_DIR", value_name = "DIR", default_value = "wishlist-data")]
    pub(crate) data_dir: PathBuf,

    /// Where clients reach the service, if not at the address it listens on; pages under its name are never visited. May
    /// be repeated.
    #[arg(long, env = "WISHLIST_PUBLIC_URL", value_name = "URL", value_delimiter = ',')]
    pub(crate) public_url: Vec<Url>,

    /// Lets the fetcher reach private addresses and any port. For development only: with it, whoever can add an item can
    /// make this machine call the machines around it.
    #[arg(long, env = "WISHLIST_ALLOW_PRIVATE_ADDRESSES")]
    pub(crate) allow_private_addresses: bool,

    /// Pages visited at once, each in up to some 20 MB of memory.
    #[arg(long, env = "WISHLIST_VISITS_AT_ONCE", value_name = "N", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) visits_at_once: u16,

    #[command(flatten)]
    pub(crate) logs: LogSettings,
}

#[derive(Debug, Args)]
pub(crate) struct LogSettings {
    /// The least severe events that are logged.
    #[arg(
        long,
        env = "WISHLIST_LOG_LEVEL",
        value_name = "LEVEL",
        default_value = "info",
        help = "The least severe events that are logged: off, error, warn, info, debug or trace"
    )]
    pub(crate) log_level: LevelFilter,

    /// How events are written to standard error: one line each.
    #[arg(long, env = "WISHLIST_LOG_FORMAT", value_name = "FORMAT", default_value = "auto")]
    pub(crate) log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Human,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct TrySettings {
    /// Product pages to put on the wishlist; without any, those of a small sample shop served on this machine.
    #[arg(value_name = "URL")]
    pub(crate) urls: Vec<String>,

    /// Leave when the wishlist is printed, instead of staying up until Ctrl-C.
    #[arg(long)]
    pub(crate) exit: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExtractSettings {
    /// The page, `-` for standard input; a name ending in .gz is unpacked.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,

    /// The page's address, which relative links are resolved against.
    #[arg(long, value_name = "URL", default_value = "https://page.invalid/")]
    pub(crate) url: Url,

    /// Print the evidence for each field, for people.
    #[arg(long, conflicts_with = "batch")]
    pub(crate) explain: bool,

    /// Read lines {"name","url","file"} from FILE, write lines {"name","kind","product","cpuMicros"}.
    #[arg(long, conflicts_with = "url")]
    pub(crate) batch: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// `openapi.json`
    Openapi,
    /// `docs/generated/configuration.md`
    Configuration,
}

/// The settings of `serve` as a table in Markdown.
pub(crate) fn markdown() -> String {
    let cli = Cli::command();
    let rows =
        cli.get_subcommands().filter(|command| command.get_name() == "serve").flat_map(clap::Command::get_arguments);
    let rows: Vec<String> = rows.filter_map(row).collect();
    format!(
        "# Configuration\n\nThe flags of `wishlist-service serve`, each with the variable that sets it; a flag wins over its variable.\n\n\
         | Flag | Variable | Default | What it does |\n| --- | --- | --- | --- |\n{}\n",
        rows.join("\n")
    )
}

fn row(argument: &Arg) -> Option<String> {
    let (flag, variable) = (argument.get_long()?, argument.get_env()?.to_str()?);
    let default = argument.get_default_values().first().map(|value| format!("`{}`", value.display()));
    let help = argument.get_long_help().or(argument.get_help())?.to_string().replace('\n', " ");
    Some(format!("| `--{flag}` | `{variable}` | {} | {help} |", default.as_deref().unwrap_or("")))
}
