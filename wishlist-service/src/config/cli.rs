//! The program's commands, each with its settings.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::LevelFilter;
use url::Url;

use super::{
    ApiSettings, AwsSettings, BackupSettings, CheckSettings, CreateTableSettings, Faults, RestoreSettings,
    ServeSettings, SweepSettings, WorkerSettings, variables,
};

/// Wishlists that fill themselves in: paste a product's link, see the product.
#[derive(Debug, Parser)]
#[command(name = "wishlist-service", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Reads the arguments, and where there are none the handler of a function: AWS Lambda starts a program of a zip file by
    /// itself and says what it is to do by `_HANDLER`.
    pub(crate) fn parse_with_handler() -> Self {
        let mut arguments: Vec<OsString> = std::env::args_os().collect();
        #[expect(clippy::disallowed_methods, reason = "configuration is read here")]
        let handler = std::env::var_os("_HANDLER").filter(|_| arguments.len() < 2);
        arguments.extend(handler);
        let role = match arguments.get(1..) {
            Some([role]) => Self::of_role(role),
            _ => None,
        };
        role.unwrap_or_else(|| Self::of(&arguments))
    }

    /// Any command by its arguments and variables.
    fn of(arguments: &[OsString]) -> Self {
        let (matches, unread) = variables::read(Self::command, arguments);
        let mut cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        if let Some(aws) = cli.command.aws() {
            aws.unread = unread;
        } else if let Err(told) = unread.none(&format!("`{}`", matches.subcommand_name().unwrap_or_default())) {
            Self::command().error(ErrorKind::ValueValidation, told).exit()
        }
        cli
    }

    /// A function by its name alone, set by its variables: what the other commands take is not built, which would be a good
    /// part of a cold start.
    fn of_role(role: &OsStr) -> Option<Self> {
        let (mut command, unread) = match role.to_str()? {
            "api" => by_variables("wishlist-service api", Command::Api),
            "worker" => by_variables("wishlist-service worker", Command::Worker),
            "sweep" => by_variables("wishlist-service sweep", Command::Sweep),
            _ => return None,
        };
        command.aws()?.unread = unread;
        Some(Self { command })
    }
}

fn by_variables<T: Args>(name: &'static str, role: impl Fn(T) -> Command) -> (Command, Faults) {
    let command = || T::augment_args(clap::Command::new(name));
    let (matches, unread) = variables::read(command, &[name.into()]);
    (role(T::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())), unread)
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
    /// The API as a function on AWS: answers the events of an HTTP API. Also chosen by a function whose handler is `api`.
    Api(ApiSettings),
    /// Background work as a function on AWS: takes the messages of an SQS queue. Also chosen by the handler `worker`.
    Worker(WorkerSettings),
    /// The sweeper as a function on AWS, for a schedule: sends again what is due. Also chosen by the handler `sweep`.
    Sweep(SweepSettings),
    /// Makes the DynamoDB table with its index, where it is not there; of one of another making says what differs.
    CreateTable(CreateTableSettings),
    /// Prints a document that is made from the program.
    #[command(hide = true)]
    Generate { document: Document },
}

impl Command {
    /// The settings of what is used of AWS, where they are looked at and all that is wrong is told together.
    fn aws(&mut self) -> Option<&mut AwsSettings> {
        match self {
            Self::Serve(settings) if settings.is_elsewhere() => Some(&mut settings.aws),
            Self::Api(settings) => Some(&mut settings.aws),
            Self::Worker(settings) => Some(&mut settings.aws),
            Self::Sweep(settings) => Some(&mut settings.aws),
            Self::CreateTable(settings) => Some(&mut settings.aws),
            _ => None,
        }
    }
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

    /// The collector of OpenTelemetry that spans are sent to, as OTLP over HTTP; none are without it. Needs a program that was
    /// built with the feature `otel`. Headers, timeouts, sampling and the service's name are set by OpenTelemetry's own
    /// variables.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub(crate) otlp_endpoint: Option<Url>,
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
    /// `openapi.json`, as it is served
    Openapi,
    /// `docs/generated/configuration.md`
    Configuration,
    /// `infra/src/generated/program.ts`
    Infrastructure,
    /// `docs/generated/cost-ledger.md`
    CostLedger,
}
