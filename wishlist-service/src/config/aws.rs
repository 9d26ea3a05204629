//! The settings of what is used of AWS, by the names that its tools and functions use.

use std::path::PathBuf;

use clap::Args;
use wishlist_identity::Secret;

use super::Faults;
use super::credentials;
use super::faults::given;
use super::regions::Regions;

/// What is used of AWS, and where it is. Credentials are no settings: a function has its own in its variables, and the
/// commands find them where the SDK looks without signing anybody in.
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

    /// Of variables that could not even be read.
    #[arg(skip)]
    pub(super) unread: Faults,
}

const OF_ALL: &str = "AWS_ENDPOINT_URL";
const DYNAMODB: &str = "AWS_ENDPOINT_URL_DYNAMODB";
const SQS: &str = "AWS_ENDPOINT_URL_SQS";
const COGNITO: &str = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER";

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
        faults.extend(&self.unread);
        credentials::check(faults);
        let region = faults.needed(self.aws_region.as_ref(), "AWS_REGION");
        // It becomes part of a host's name. Emulators take any.
        if !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            faults.add("AWS_REGION", &format!("is {region:?}, expected a Region like `eu-central-1`"));
        }
        Place {
            region,
            dynamodb: self.endpoint(DYNAMODB, faults),
            sqs: self.endpoint(SQS, faults),
            cognito: self.endpoint(COGNITO, faults),
            ca_bundle: self.aws_ca_bundle.clone(),
        }
    }

    /// Where a service is, by the variable that is its own, if it is not where its Region has it.
    fn endpoint(&self, variable: &'static str, faults: &mut Faults) -> Option<String> {
        let (variable, value) = self.endpoint_setting(variable);
        let url = faults.url(value, variable)?;
        self.regions(faults).check_url(&url, variable);
        Some(url)
    }

    fn endpoint_setting(&self, variable: &'static str) -> (&'static str, Option<&String>) {
        let own = match variable {
            DYNAMODB => &self.aws_endpoint_url_dynamodb,
            SQS => &self.aws_endpoint_url_sqs,
            _ => &self.aws_endpoint_url_cognito_identity_provider,
        };
        match given(own.as_ref()) {
            Some(_) => (variable, own.as_ref()),
            None => (OF_ALL, self.aws_endpoint_url.as_ref()),
        }
    }

    /// Whether a service is where its Region has it, as far as its address says: an emulator has things of any Region.
    fn is_in_its_region(&self, variable: &'static str) -> bool {
        let (_, endpoint) = self.endpoint_setting(variable);
        given(endpoint).is_none_or(|endpoint| Regions::in_url(endpoint).is_some())
    }

    fn regions<'a>(&'a self, faults: &'a mut Faults) -> Regions<'a> {
        Regions { ours: given(self.aws_region.as_ref()).unwrap_or_default(), faults }
    }

    /// The table's name.
    pub(crate) fn table(&self, faults: &mut Faults) -> String {
        let name = faults.needed(self.dynamodb_table_name.as_ref(), "DYNAMODB_TABLE_NAME");
        // Where an ARN is taken for a name, it has colons and a slash.
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
        if !name.is_empty() && !name.bytes().all(fits) {
            faults.add("DYNAMODB_TABLE_NAME", &format!("is {name:?}, expected letters, digits, `_`, `-` and `.`"));
        }
        name
    }

    /// The queue's URL.
    pub(crate) fn queue(&self, faults: &mut Faults) -> String {
        let url = faults.needed(self.sqs_queue_url.as_ref(), "SQS_QUEUE_URL");
        let url = faults.url(Some(&url), "SQS_QUEUE_URL").unwrap_or_default();
        if self.is_in_its_region(SQS) {
            self.regions(faults).check_url(&url, "SQS_QUEUE_URL");
        }
        url
    }

    /// The pool, and its client.
    pub(crate) fn pool(&self, faults: &mut Faults) -> Pool {
        let id = faults.needed(self.cognito_user_pool_id.as_ref(), "COGNITO_USER_POOL_ID");
        let issuer = faults.url(self.cognito_issuer.as_ref(), "COGNITO_ISSUER").unwrap_or_else(|| {
            // The id of a pool begins with its Region; that of one that is replicated to ours with another, and it has an
            // issuer of its own.
            let region = id.split_once('_').map_or("", |(region, _)| region);
            if region.is_empty() && !id.is_empty() {
                faults.add("COGNITO_USER_POOL_ID", &format!("is `{id}`, expected an id like `eu-central-1_AbCdEfGhI`"));
            }
            if self.is_in_its_region(COGNITO) {
                self.regions(faults).check(region, "COGNITO_USER_POOL_ID");
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

    /// What is told of these settings, a line each.
    fn told(settings: &AwsSettings) -> Vec<String> {
        let mut faults = Faults::default();
        settings.place(&mut faults);
        settings.table(&mut faults);
        settings.queue(&mut faults);
        settings.pool(&mut faults);
        let message = faults.none("x").map_or_else(|error| error.to_string(), |()| String::new());
        message.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn an_address_of_all_services_is_told_once() {
        let settings = AwsSettings { aws_endpoint_url: Some("localhost:4566".to_owned()), ..set() };
        let told = told(&settings);
        assert!(matches!(&told[..], [one] if one.contains("AWS_ENDPOINT_URL is not an address")), "{told:?}");
    }

    #[test]
    fn no_address_ends_with_a_line_break() {
        for settings in [
            AwsSettings {
                sqs_queue_url: Some("https://sqs.eu-central-1.amazonaws.com/1/visits\n".to_owned()),
                ..set()
            },
            AwsSettings { cognito_issuer: Some("https://login.example/pool\n".to_owned()), ..set() },
            AwsSettings { cognito_user_pool_client_id: Some("client\n".to_owned()), ..set() },
        ] {
            let told = told(&settings);
            assert!(matches!(&told[..], [one] if one.contains("holds a space, a line break")), "{told:?}");
        }
    }

    #[test]
    fn a_table_has_a_name_that_tables_have() {
        for (name, expected) in [
            ("wishlists", None),
            ("arn:aws:dynamodb:eu-central-1:123456789012:table/wishlists", None),
            ("  ", Some("is nothing but spaces")),
            ("wish lists", Some("holds a space")),
            ("wishlists\n", Some("holds a space")),
            ("wish,lists", Some("is \"wish,lists\", expected")),
        ] {
            let told = told(&AwsSettings { dynamodb_table_name: Some(name.to_owned()), ..set() });
            let is_told = told.first().is_some_and(|line| line.contains(expected.unwrap_or("DYNAMODB_TABLE_NAME")));
            assert_eq!((is_told, told.len()), (expected.is_some(), usize::from(expected.is_some())), "{told:?}");
        }
    }

    #[test]
    fn what_is_of_another_region_is_refused_by_both_names() {
        let text = |text: &str| Some(text.to_owned());
        let queue = |url: &str| AwsSettings { sqs_queue_url: text(url), ..set() };
        let pool = AwsSettings { cognito_user_pool_id: text("us-east-1_AbCdEfGhI"), ..set() };
        let at = |endpoint: &str, settings| AwsSettings { aws_endpoint_url: text(endpoint), ..settings };
        let rows = [
            (set(), None),
            (queue("https://sqs.us-east-1.amazonaws.com/1/visits"), Some("SQS_QUEUE_URL")),
            (queue("https://us-east-1.queue.amazonaws.com/1/visits"), Some("SQS_QUEUE_URL")),
            (queue("https://queue.amazonaws.com/1/visits"), None),
            (queue("https://vpce-1-a.sqs.eu-central-1.vpce.amazonaws.com/1/visits"), None),
            (pool, Some("COGNITO_USER_POOL_ID")),
            (at("https://dynamodb.us-east-1.amazonaws.com", set()), Some("AWS_ENDPOINT_URL")),
            (at("http://127.0.0.1:4566", queue("https://sqs.us-east-1.amazonaws.com/1/visits")), None),
            (at("https://emulator.us-east-1.example", queue("http://127.0.0.1:4566/1/visits")), None),
            (
                AwsSettings {
                    aws_endpoint_url_cognito_identity_provider: text("http://127.0.0.1:4566"),
                    cognito_user_pool_id: text("us-east-1_AbCdEfGhI"),
                    ..set()
                },
                None,
            ),
            (
                AwsSettings {
                    cognito_issuer: text("https://issuer-cognito-idp.eu-central-1.amazonaws.com/us-east-1_AbCdEfGhI"),
                    cognito_user_pool_id: text("us-east-1_AbCdEfGhI"),
                    ..set()
                },
                None,
            ),
        ];
        for (settings, named) in rows {
            let told = told(&settings);
            let expected =
                named.map(|named| format!("  {named} is of the Region `us-east-1`, and AWS_REGION is `eu-central-1`"));
            let is_told = expected.as_ref().is_none_or(|expected| told[0].starts_with(expected));
            assert!(is_told && told.len() == usize::from(named.is_some()), "{told:?} of {settings:?}");
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
