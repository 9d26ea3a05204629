//! The settings of `serve`.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use wishlist_identity::Secret;

use super::{AwsSettings, BackgroundSettings, CallerSettings, FetchingSettings, LogSettings};

#[derive(Debug, Args)]
pub(crate) struct ServeSettings {
    /// The address to listen on.
    #[arg(long, env = "WISHLIST_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,

    /// The directory of `wishlist.db`, made where there is none. Several processes may share it.
    #[arg(long, env = "WISHLIST_DATA_DIR", value_name = "DIR", default_value = "wishlist-data")]
    pub(crate) data_dir: PathBuf,

    #[command(flatten)]
    pub(crate) fetching: FetchingSettings,

    #[command(flatten)]
    pub(crate) background: BackgroundSettings,

    #[command(flatten)]
    pub(crate) callers: CallerSettings,

    /// The calls a second that one user, or one address without a token, may make of one process; twice as many at once
    /// after a pause. More are answered `429`. 0 counts none.
    #[arg(long, env = "WISHLIST_CALLS_PER_SECOND", value_name = "N", default_value = "100")]
    pub(crate) calls_per_second: u32,

    /// The address or network of a proxy in front whose `X-Forwarded-For` is believed, as in `10.0.0.0/8`. May be repeated;
    /// name none that clients reach the service from directly.
    #[arg(long, env = "WISHLIST_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub(crate) trusted_proxy: Vec<IpNet>,

    /// Connections at a time. Where all are taken, a thirty-second of them is closed for new ones: those whose peers have done
    /// nothing for the longest, and first those of an address that has more than an eighth.
    #[arg(long, env = "WISHLIST_CONNECTIONS", value_name = "N", default_value = "1024", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) connections: u16,

    #[command(flatten)]
    pub(crate) confirming: ConfirmSettings,

    /// Where Prometheus finds `/metrics` and a load balancer `/ready`; nowhere if not set. Apart from the API's address,
    /// because it is for operators: do not let the world reach it.
    #[arg(long, env = "WISHLIST_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// Where the records are kept.
    #[arg(
        long,
        env = "WISHLIST_TABLE",
        value_name = "TABLE",
        default_value = "embedded",
        help = "Where the records are kept: embedded (in the data directory) or dynamodb"
    )]
    pub(crate) table: TableChoice,

    /// What starts background work.
    #[arg(
        long,
        env = "WISHLIST_QUEUE",
        value_name = "QUEUE",
        default_value = "local",
        help = "What starts background work: local (a queue in this process) or sqs"
    )]
    pub(crate) queue: QueueChoice,

    /// Who signs people up and in.
    #[arg(
        long,
        env = "WISHLIST_IDENTITY",
        value_name = "IDENTITY",
        default_value = "local",
        help = "Who signs people up and in: local (the provider of this program, in its table) or cognito"
    )]
    pub(crate) identity: IdentityChoice,

    #[command(flatten)]
    pub(crate) aws: AwsSettings,

    #[command(flatten)]
    pub(crate) logs: LogSettings,
}

impl ServeSettings {
    /// Whether anything is used of AWS.
    pub(super) fn is_elsewhere(&self) -> bool {
        let here = (TableChoice::Embedded, QueueChoice::Local, IdentityChoice::Local);
        (self.table, self.queue, self.identity) != here
    }
}

/// Where records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableChoice {
    /// In the data directory.
    Embedded,
    /// In a DynamoDB table.
    Dynamodb,
}

/// What starts background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum QueueChoice {
    /// A queue in this process.
    Local,
    /// An SQS queue.
    Sqs,
}

/// Who signs people up and in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IdentityChoice {
    /// The provider of this program, in its table.
    Local,
    /// A Cognito user pool.
    Cognito,
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
