//! A user pool of its own for each test, on an emulator.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cognitoidentityprovider::types::{
    ExplicitAuthFlowsType, PasswordPolicyType, PreventUserExistenceErrorTypes, UserPoolPolicyType,
    UsernameAttributeType, UsernameConfigurationType,
};
use wishlist_core::clock::{SystemClock, SystemRandom};
use wishlist_core::ids::Ids;
use wishlist_identity::cognito::CognitoSettings;
use wishlist_identity::conformance::{Mailed, Stage};
use wishlist_identity::{Algorithm, CognitoIdentity, HttpJwks, Issuer, Provider, Secret, Verifier};

const REGION: &str = "eu-central-1";

/// Whether the pool's client has a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientSecret {
    None,
    Some,
}

/// An emulator, by the variable that names its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emulator {
    Ministack,
    Moto,
}

impl Emulator {
    #[expect(clippy::disallowed_methods, reason = "the test command says where the emulators are")]
    pub(crate) fn address(self) -> String {
        let variable = match self {
            Self::Ministack => "WISHLIST_TEST_MINISTACK",
            Self::Moto => "WISHLIST_TEST_MOTO",
        };
        std::env::var(variable).unwrap_or_else(|_| panic!("`{variable}` is not set; run `cargo xtask test aws`"))
    }

    pub(crate) fn client(self) -> Client {
        let config = aws_sdk_cognitoidentityprovider::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(self.address())
            // The key of the account that calls without a signature, as signing up and in are, belong to.
            .credentials_provider(Credentials::new("test", "secret", None, None, "tests"))
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        Client::from_conf(config.build())
    }
}

/// A pool with one client.
pub(crate) struct Pool {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) settings: CognitoSettings,
    pub(crate) provider: CognitoIdentity,
    verifier: Verifier,
}

impl Pool {
    pub(crate) async fn open(secret: ClientSecret) -> Self {
        Self::open_on(Emulator::Ministack, secret).await
    }

    pub(crate) async fn open_on(emulator: Emulator, secret: ClientSecret) -> Self {
        let client = emulator.client();
        let user_pool_id = make_pool(&client).await;
        let (client_id, client_secret) = make_client(&client, &user_pool_id, secret).await;
        let settings = CognitoSettings { user_pool_id, client_id, client_secret };
        let provider = CognitoIdentity::new(client.clone(), ids(), settings.clone());
        let verifier = verifier(emulator, &settings.user_pool_id, &settings.client_id);
        Self { emulator, client, settings, provider, verifier }
    }
}

pub(crate) fn ids() -> Ids {
    Ids::new(Arc::new(SystemClock), Arc::new(SystemRandom))
}

/// A verifier of the tokens of a pool for one of its clients, by the keys that the pool publishes.
pub(crate) fn verifier(emulator: Emulator, pool: &str, client: &str) -> Verifier {
    let issuer = Issuer {
        issuer: format!("https://cognito-idp.{REGION}.amazonaws.com/{pool}"),
        client_id: client.to_owned(),
        algorithm: Algorithm::Rs256,
    };
    let url: url::Url = format!("{}/{pool}/.well-known/jwks.json", emulator.address()).parse().unwrap();
    Verifier::new(issuer, Arc::new(HttpJwks::new(&url, no_roots()).unwrap()), Arc::new(SystemClock))
}

/// Trust in nobody: the emulators speak plain HTTP.
pub(crate) fn no_roots() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
}

async fn make_pool(client: &Client) -> String {
    let lengths = PasswordPolicyType::builder().minimum_length(8);
    let policy =
        lengths.require_lowercase(false).require_uppercase(false).require_numbers(false).require_symbols(false);
    let pool = client
        .create_user_pool()
        .pool_name("wishlist")
        .username_attributes(UsernameAttributeType::Email)
        .auto_verified_attributes("email".into())
        .username_configuration(UsernameConfigurationType::builder().case_sensitive(false).build().unwrap())
        .policies(UserPoolPolicyType::builder().password_policy(policy.build()).build());
    pool.send().await.unwrap().user_pool.unwrap().id.unwrap()
}

pub(crate) async fn make_client(client: &Client, pool: &str, secret: ClientSecret) -> (String, Option<Secret>) {
    let made = client
        .create_user_pool_client()
        .user_pool_id(pool)
        .client_name("service")
        .generate_secret(secret == ClientSecret::Some)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
    let made = made.send().await.unwrap().user_pool_client.unwrap();
    (made.client_id.unwrap(), made.client_secret.map(Secret::from))
}

#[async_trait]
impl Stage for Pool {
    fn provider(&self) -> &dyn Provider {
        &self.provider
    }

    fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Emulators mail the same codes to everybody.
    async fn code(&self, of: Mailed) -> Secret {
        Secret::from(match of {
            Mailed::SignUp => "123456",
            Mailed::Reset => "654321",
        })
    }
}
