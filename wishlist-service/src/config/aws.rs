//! The settings of what is used of AWS, by the names that its tools and functions use.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, CommandFactory};
use url::Url;
use wishlist_identity::Secret;

use super::Cli;

/// What is used of AWS, and where it is. Credentials are found as AWS' own tools find them.
#[derive(Debug, Default, Args)]
pub(crate) struct AwsSettings {
    /// The DynamoDB table that holds the records.
    #[arg(long, env = "DYNAMODB_TABLE_NAME", value_name = "NAME")]
    dynamodb_table_name: Option<String>,

    /// The URL of the SQS queue that starts background work.
    #[arg(long, env = "SQS_QUEUE_URL", value_name = "URL")]
    sqs_queue_url: Option<String>,

    /// The Cognito user pool that people sign in to, as in `eu-central-1_AbCdEfGhI`.
    #[arg(long, env = "COGNITO_USER_POOL_ID", value_name = "ID")]
    cognito_user_pool_id: Option<String>,

    /// The client of the pool whose tokens are accepted.
    #[arg(long, env = "COGNITO_USER_POOL_CLIENT_ID", value_name = "ID")]
    cognito_user_pool_client_id: Option<String>,

    /// The secret of that client, where it has one. Set it by its variable: a flag can be read by every user of the machine.
    #[arg(long, env = "COGNITO_USER_POOL_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    cognito_user_pool_client_secret: Option<String>,

    /// The issuer that the pool's tokens name, where it is not `https://cognito-idp.{Region}.amazonaws.com/{pool}`.
    #[arg(long, env = "COGNITO_ISSUER", value_name = "URL")]
    cognito_issuer: Option<String>,

    /// Where the issuer publishes its keys, where it is not `{issuer}/.well-known/jwks.json`.
    #[arg(long, env = "COGNITO_JWKS_URL", value_name = "URL")]
    cognito_jwks_url: Option<String>,

    /// The Region of all of them.
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    aws_region: Option<String>,

    /// Where the services of AWS are, for an emulator of them.
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    aws_endpoint_url: Option<String>,

    /// The same for DynamoDB alone.
    #[arg(long, env = "AWS_ENDPOINT_URL_DYNAMODB", value_name = "URL")]
    aws_endpoint_url_dynamodb: Option<String>,

    /// The same for SQS alone.
    #[arg(long, env = "AWS_ENDPOINT_URL_SQS", value_name = "URL")]
    aws_endpoint_url_sqs: Option<String>,

    /// The same for Cognito alone.
    #[arg(long, env = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", value_name = "URL")]
    aws_endpoint_url_cognito_identity_provider: Option<String>,

    /// A file of PEM certificates that are trusted beside Amazon's own roots, for a private endpoint.
    #[arg(long, env = "AWS_CA_BUNDLE", value_name = "FILE")]
    aws_ca_bundle: Option<PathBuf>,
}

/// Where the services are, and whom to trust that they are it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) region: String,
    pub(crate) dynamodb: Option<String>,
    pub(crate) sqs: Option<String>,
    pub(crate) cognito: Option<String>,
    pub(crate) ca_bundle: Option<PathBuf>,
}

/// A user pool, and the client of it that this program is.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) issuer: String,
    pub(crate) jwks_url: String,
}

impl AwsSettings {
    /// Where the services are.
    pub(crate) fn place(&self, faults: &mut Faults) -> Place {
        let endpoint = |own: &Option<String>, name, faults: &mut Faults| match given(own.as_ref()) {
            Some(_) => faults.url(own.as_ref(), name),
            None => faults.url(self.aws_endpoint_url.as_ref(), "AWS_ENDPOINT_URL"),
        };
        Place {
            region: faults.needed(self.aws_region.as_ref(), "AWS_REGION"),
            dynamodb: endpoint(&self.aws_endpoint_url_dynamodb, "AWS_ENDPOINT_URL_DYNAMODB", faults),
            sqs: endpoint(&self.aws_endpoint_url_sqs, "AWS_ENDPOINT_URL_SQS", faults),
            cognito: endpoint(
                &self.aws_endpoint_url_cognito_identity_provider,
                "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
                faults,
            ),
            ca_bundle: self.aws_ca_bundle.clone().filter(|file| !file.as_os_str().is_empty()),
        }
    }

    /// The table's name.
    pub(crate) fn table(&self, faults: &mut Faults) -> String {
        faults.needed(self.dynamodb_table_name.as_ref(), "DYNAMODB_TABLE_NAME")
    }

    /// The queue's URL.
    pub(crate) fn queue(&self, faults: &mut Faults) -> String {
        let url = faults.needed(self.sqs_queue_url.as_ref(), "SQS_QUEUE_URL");
        faults.url(Some(&url), "SQS_QUEUE_URL").unwrap_or_default()
    }

    /// The pool, and its client.
    pub(crate) fn pool(&self, faults: &mut Faults) -> Pool {
        let id = faults.needed(self.cognito_user_pool_id.as_ref(), "COGNITO_USER_POOL_ID");
        let issuer = faults.url(self.cognito_issuer.as_ref(), "COGNITO_ISSUER").unwrap_or_else(|| {
            // The id of a pool begins with its Region.
            let region = id.split_once('_').map_or("", |(region, _)| region);
            if region.is_empty() && !id.is_empty() {
                faults.add("COGNITO_USER_POOL_ID", &format!("is `{id}`, expected an id like `eu-central-1_AbCdEfGhI`"));
            }
            format!("https://cognito-idp.{region}.amazonaws.com/{id}")
        });
        let jwks_url = faults.url(self.cognito_jwks_url.as_ref(), "COGNITO_JWKS_URL");
        Pool {
            client_id: faults.needed(self.cognito_user_pool_client_id.as_ref(), "COGNITO_USER_POOL_CLIENT_ID"),
            client_secret: given(self.cognito_user_pool_client_secret.as_ref()).map(Secret::from),
            jwks_url: jwks_url.unwrap_or_else(|| format!("{issuer}/.well-known/jwks.json")),
            issuer,
            id,
        }
    }
}

/// A variable that is set to nothing is not set: templates of functions set it so.
fn given(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.is_empty())
}

/// Everything that is wrong with the settings, so that it is told at once.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(&'static str, String)>);

impl Faults {
    pub(super) fn add(&mut self, variable: &'static str, what: &str) {
        self.0.push((variable, what.to_owned()));
    }

    pub(super) fn needed(&mut self, value: Option<&String>, variable: &'static str) -> String {
        let given = given(value).map(str::to_owned);
        given.unwrap_or_else(|| {
            self.add(variable, "is not set");
            String::new()
        })
    }

    fn url(&mut self, value: Option<&String>, variable: &'static str) -> Option<String> {
        let text = given(value)?;
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
        if self.0.is_empty() {
            return Ok(());
        }
        let cli = Cli::command();
        let mut message = format!("{whose} cannot start; set what is missing and mend what is wrong:");
        for (variable, what) in &self.0 {
            let _ = write!(message, "\n  {variable} {what}: {}", purpose(&cli, variable));
        }
        bail!(message)
    }
}

/// What a variable is for, in the words of the help.
fn purpose(cli: &clap::Command, variable: &str) -> String {
    let arguments = cli.get_subcommands().flat_map(clap::Command::get_arguments);
    let of = arguments.into_iter().find(|argument| argument.get_env().is_some_and(|name| name == variable));
    of.and_then(clap::Arg::get_help).map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> AwsSettings {
        let text = |text: &str| Some(text.to_owned());
        AwsSettings {
            dynamodb_table_name: text("wishlists"),
            sqs_queue_url: text("https://sqs.eu-central-1.amazonaws.com/1/visits"),
            cognito_user_pool_id: text("eu-central-1_AbCdEfGhI"),
            cognito_user_pool_client_id: text("client"),
            aws_region: text("eu-central-1"),
            ..AwsSettings::default()
        }
    }

    #[test]
    fn every_missing_variable_is_named_at_once_with_what_it_is_for() {
        let (settings, mut faults) = (AwsSettings::default(), Faults::default());
        settings.place(&mut faults);
        settings.table(&mut faults);
        settings.queue(&mut faults);
        settings.pool(&mut faults);
        let message = faults.none("the role `api`").unwrap_err().to_string();
        let named = ["AWS_REGION", "DYNAMODB_TABLE_NAME", "SQS_QUEUE_URL", "COGNITO_USER_POOL_ID"];
        for variable in [&named[..], &["COGNITO_USER_POOL_CLIENT_ID"]].concat() {
            assert!(message.contains(&format!("\n  {variable} is not set: The ")), "{variable} in {message}");
        }
        assert_eq!(message.lines().count(), 6, "{message}");
    }

    #[test]
    fn what_is_empty_is_not_set() {
        let (settings, mut faults) = (AwsSettings { sqs_queue_url: Some(String::new()), ..set() }, Faults::default());
        settings.queue(&mut faults);
        assert!(faults.none("x").unwrap_err().to_string().contains("SQS_QUEUE_URL is not set"));
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let wrong = AwsSettings {
            sqs_queue_url: Some("visits".to_owned()),
            cognito_user_pool_id: Some("AbCdEfGhI".to_owned()),
            cognito_jwks_url: Some("file:///keys".to_owned()),
            aws_endpoint_url: Some("localhost:4566".to_owned()),
            ..set()
        };
        let mut faults = Faults::default();
        wrong.place(&mut faults);
        wrong.queue(&mut faults);
        wrong.pool(&mut faults);
        let message = faults.none("x").unwrap_err().to_string();
        for variable in ["SQS_QUEUE_URL", "COGNITO_USER_POOL_ID", "COGNITO_JWKS_URL", "AWS_ENDPOINT_URL"] {
            assert!(message.contains(&format!("\n  {variable} is")), "{variable} in {message}");
        }
    }

    #[test]
    fn issuer_and_keys_follow_from_the_pool_unless_they_are_named() {
        let mut faults = Faults::default();
        let pool = set().pool(&mut faults);
        assert_eq!(pool.issuer, "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI");
        assert_eq!(pool.jwks_url, format!("{}/.well-known/jwks.json", pool.issuer));
        let own = AwsSettings { cognito_issuer: Some("https://login.example/pool/".to_owned()), ..set() };
        let pool = own.pool(&mut faults);
        assert_eq!(pool.issuer, "https://login.example/pool");
        assert_eq!(pool.jwks_url, "https://login.example/pool/.well-known/jwks.json");
        faults.none("x").unwrap();
    }

    #[test]
    fn one_address_is_that_of_all_services_but_of_those_that_have_their_own() {
        let settings = AwsSettings {
            aws_endpoint_url: Some("http://127.0.0.1:4566".to_owned()),
            aws_endpoint_url_sqs: Some("http://127.0.0.1:9324".to_owned()),
            ..set()
        };
        let mut faults = Faults::default();
        let place = settings.place(&mut faults);
        let found = [place.dynamodb, place.sqs, place.cognito].map(Option::unwrap);
        assert_eq!(found, ["http://127.0.0.1:4566", "http://127.0.0.1:9324", "http://127.0.0.1:4566"]);
        faults.none("x").unwrap();
    }
}
