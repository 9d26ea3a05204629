//! All configuration: every flag, its variable, its default. `docs/generated/configuration.md` is made from it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Arg, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use tracing_subscriber::filter::LevelFilter;
use url::Url;
use wishlist_core::model::VisitedPage;
use wishlist_identity::Secret;

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
    /// Copies the data into one file, while servers read and write it.
    Backup(BackupSettings),
    /// Puts a backup into a data directory that no server has open.
    Restore(RestoreSettings),
    /// Looks whether the data is whole and its records go together; ends with 0 if so, with 1 if not, with 2 where it could
    /// not look.
    Check(CheckSettings),
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

    /// How often the page of an item is visited again without anybody asking, or up to a fifth earlier, as `6h` or `1day`: at
    /// least `15min`; `off` visits only what is asked for. A page that keeps failing is visited ever less often, down to
    /// once in seven days.
    #[arg(long, env = "WISHLIST_REFRESH_EVERY", value_name = "DURATION", default_value = "24h")]
    pub(crate) refresh_every: RefreshEvery,

    /// The origin of pages that may call the service from a browser, as in `https://app.example`; `*` alone for all. May be
    /// repeated; without it only pages of the service's own origin may.
    #[arg(long, env = "WISHLIST_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) cors_origin: Vec<String>,

    /// The calls a second that one user, or one address without a token, may make of one process; twice as many at once
    /// after a pause. More are answered `429`. 0 counts none.
    #[arg(long, env = "WISHLIST_CALLS_PER_SECOND", value_name = "N", default_value = "100")]
    pub(crate) calls_per_second: u32,

    /// The address or network of a proxy in front whose `X-Forwarded-For` is believed, as in `10.0.0.0/8`. May be repeated;
    /// name none that clients reach the service from directly.
    #[arg(long, env = "WISHLIST_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub(crate) trusted_proxy: Vec<IpNet>,

    /// Connections at a time; more wait until one ends.
    #[arg(long, env = "WISHLIST_CONNECTIONS", value_name = "N", default_value = "1024", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) connections: u16,

    #[command(flatten)]
    pub(crate) confirming: ConfirmSettings,

    /// Visits that one caller may ask for in an hour, by new links, refreshes and previews; 0 for any number.
    #[arg(long, env = "WISHLIST_VISITS_PER_HOUR", value_name = "N", default_value = "1000")]
    pub(crate) visits_per_hour: u32,

    /// Where Prometheus finds `/metrics` and a load balancer `/ready`; nowhere if not set. Apart from the API's address,
    /// because it is for operators: do not let the world reach it.
    #[arg(long, env = "WISHLIST_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,

    #[command(flatten)]
    pub(crate) logs: LogSettings,
}

/// How often pages are visited again, if at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RefreshEvery(pub(crate) Option<Duration>);

impl FromStr for RefreshEvery {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let every =
            humantime::parse_duration(text).map_err(|error| format!("{error}; write it like `6h`, or `off`"))?;
        if every < VisitedPage::FRESH {
            return Err("a page is visited once in 15 minutes at most; write `15min` or more, or `off`".to_owned());
        }
        Ok(Self(Some(every)))
    }
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    network.ok_or_else(|| "expected an address or a network like `10.0.0.0/8`".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct ConfirmSettings {
    /// How the address of a sign-up is confirmed. Without it, at once on this machine's own address; on any other the
    /// start is refused.
    #[arg(
        long,
        env = "WISHLIST_CONFIRM",
        value_name = "HOW",
        help = "How the address of a sign-up is confirmed: auto (at once, on this machine's own address only), log (by a code in the log, for development) or smtp (by a code that is mailed). Without it, auto on this machine's own address; on any other the start is refused"
    )]
    pub(crate) confirm: Option<Confirm>,

    /// The server that takes mails: `smtps://user:password@host`, or `smtp://user:password@host?tls=required` for STARTTLS.
    /// Set it by its variable: a flag can be read by every user of the machine.
    #[arg(long, env = "WISHLIST_SMTP_URL", value_name = "URL", hide_env_values = true, value_parser = secret)]
    pub(crate) smtp_url: Option<Secret>,

    /// Who the mails are from: an address, or a name with one as in `Wishlists <wishlists@example.com>`.
    #[arg(long, env = "WISHLIST_MAIL_FROM", value_name = "ADDRESS")]
    pub(crate) mail_from: Option<String>,
}

/// Takes anything: what clap refuses it repeats, and this may hold a password.
#[expect(clippy::unnecessary_wraps, reason = "what clap asks for")]
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::from(text))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Confirm {
    /// At once.
    Auto,
    /// By a code in the log.
    Log,
    /// By a code that is mailed.
    Smtp,
}

#[derive(Debug, Args)]
pub(crate) struct DataSettings {
    /// The directory of `wishlist.db`.
    #[arg(long, env = "WISHLIST_DATA_DIR", value_name = "DIR", default_value = "wishlist-data")]
    pub(crate) data_dir: PathBuf,
}

impl DataSettings {
    pub(crate) fn file(&self) -> PathBuf {
        self.data_dir.join("wishlist.db")
    }
}

#[derive(Debug, Args)]
pub(crate) struct BackupSettings {
    /// The file to write. It holds everybody's data: only its owner can read it.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Replace FILE if it is there; until the new one is whole and checked the old one stays.
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) data: DataSettings,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreSettings {
    /// The backup.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Also where the directory holds data; that is kept beside under a name with the date.
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) data: DataSettings,
}

#[derive(Debug, Args)]
pub(crate) struct CheckSettings {
    /// Check this backup, as of when it was written, instead of a data directory.
    #[arg(long, value_name = "FILE", conflicts_with = "data_dir")]
    pub(crate) backup: Option<PathBuf>,

    /// Print one JSON document instead of lines.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) data: DataSettings,
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

    /// Say for each field which value it has and why, how sure that is, and what else was considered.
    #[arg(long)]
    pub(crate) explain: bool,

    /// With --explain, print one JSON document instead of lines.
    #[arg(long, requires = "explain")]
    pub(crate) json: bool,

    /// Read lines {"name","url","file"} from FILE, write lines {"name","kind","product","cpuMicros"}.
    #[arg(long, conflicts_with_all = ["url", "json"])]
    pub(crate) batch: bool,

    /// Read single values, lines of JSON, from FILE, and write a line of JSON for each.
    #[arg(long, value_name = "KIND", conflicts_with_all = ["url", "explain", "batch"])]
    pub(crate) lines: Option<LineKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineKind {
    /// Prices.
    #[value(help = r#"{"text","currency_hint"?,"decimal_separator_hint"?} to {"amount"?,"currency"?}"#)]
    Price,
    /// Snippets of HTML that show a brand.
    #[value(help = r#"{"html"} to {"value"?}"#)]
    Brand,
    /// Trade numbers.
    #[value(help = r#"{"text"} to {"value"?,"kind"?}"#)]
    Gtin,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_between_visits_is_written_for_people() {
        let rows = [
            ("off", Some(None)),
            ("15min", Some(Some(Duration::from_mins(15)))),
            ("6h", Some(Some(Duration::from_hours(6)))),
            ("1day 12h", Some(Some(Duration::from_hours(36)))),
            ("14min 59s", None),
            ("0s", None),
            ("6", None),
            ("-6h", None),
            ("", None),
            ("Off", None),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse::<RefreshEvery>().ok(), expected.map(RefreshEvery), "{text:?}");
        }
    }
}
