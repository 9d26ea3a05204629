//! What an issuer's server does to a verifier, over HTTP on loopback.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use wishlist_core::clock::ManualClock;
use wishlist_identity::{Algorithm, Rejection, Verifier};

use super::forging::token_by;
use super::issuer::{clock, verifier_of};
use super::keys::{Owner, encode, jwk, public_form};
use super::publisher::{Answer, Publisher};
use super::report::{Miss, Outcome};
use super::signing::mac;

/// No two fetches begin within this time.
const PERIOD: Duration = Duration::from_secs(10);
/// Known keys are read again after this time.
const OLD: Duration = Duration::from_hours(1);
/// A token is answered within this time, whatever the issuer does.
const ANSWER_TIME: Duration = Duration::from_secs(3);
/// How many forged tokens a flood has.
const FLOOD: usize = 500;

/// Plays what the words say. The expectation is a sentence, which every play is written to show.
pub(crate) async fn outcome(words: &str, expectation: &str) -> Outcome {
    if let Some(test) = beyond_a_verifier(words) {
        return Outcome::Elsewhere(test);
    }
    match play(words).await {
        Ok(()) => Outcome::Held,
        Err(error) => {
            let (expected, got) = (expectation.to_owned(), format!("{error:#}"));
            Outcome::Missed(Miss { expected, got, why: words.to_owned() })
        }
    }
}

/// What takes a whole service to show, and the test that does.
fn beyond_a_verifier(words: &str) -> Option<&'static str> {
    [
        ("requestContext", "wishlist-api: trust::what_a_gateway_would_say_is_not_believed_from_a_client"),
        ("static dev secret", "wishlist-api: trust::no_secret_that_somebody_could_know_signs_a_token"),
        ("global sign-out", "wishlist-api: trust::an_access_token_outlives_its_session_by_an_hour_at_most"),
    ]
    .into_iter()
    .find_map(|(about, test)| words.contains(about).then_some(test))
}

async fn play(words: &str) -> Result<()> {
    let word = words.strip_prefix("jwks=").unwrap_or(words);
    if let Some(answer) = fault(word).await? {
        return outage(answer).await;
    }
    match word {
        "kid=new" => rotation().await,
        "kid=old" => withdrawal().await,
        "kid=upper" => other_case().await,
        "concurrent" => together().await,
        "n even" | "n short" | "private" | "kid absent" => unfit_key(word).await,
        _ if word.starts_with("flood") => flood(word.contains("rotate")).await,
        _ => match word.split_once('=') {
            Some(("kid", bad)) if bad.starts_with("bad") || bad.starts_with("random") => negative_cache(bad).await,
            Some(("kty" | "e" | "use" | "alg" | "key_ops" | "crv", _)) => unfit_key(word).await,
            _ => bail!("`{words}` is nothing that is played here"),
        },
    }
}

/// What the server does instead of answering with keys.
async fn fault(word: &str) -> Result<Option<Answer>> {
    let text = |text: &str| Some(Answer::Text(text.to_owned()));
    Ok(match word {
        "hang" | "timeout" => Some(Answer::Silence),
        "drip" => Some(Answer::Half),
        "not json" | "html" => text("<html>"),
        "empty" => text(""),
        "huge" => Some(Answer::Text(" ".repeat(1024 * 1024))),
        _ => match (word.strip_prefix("keys="), word.parse::<u16>()) {
            (Some(keys), _) => text(&format!("{{\"keys\":{keys}}}")),
            (None, Ok(status)) if (300..400).contains(&status) => {
                // Where it points to there are good keys, and a new one.
                let elsewhere =
                    Publisher::start(Answer::Keys(vec![key(Owner::Issuer, "k1"), key(Owner::Stranger, "k2")]));
                Some(Answer::Redirect(elsewhere.await?.url))
            }
            (None, Ok(status)) => Some(Answer::Status(status)),
            _ => None,
        },
    })
}

fn key(owner: Owner, id: &str) -> Value {
    let mut key = jwk(owner, Algorithm::Rs256);
    key["kid"] = json!(id);
    key
}

/// A verifier and its issuer's server.
struct Stage {
    publisher: Publisher,
    clock: Arc<ManualClock>,
    verifier: Verifier,
}

impl Stage {
    async fn with(answer: Answer) -> Result<Self> {
        let (publisher, clock) = (Publisher::start(answer).await?, clock());
        let verifier = verifier_of(Algorithm::Rs256, publisher.keys()?, Arc::clone(&clock));
        Ok(Self { publisher, clock, verifier })
    }

    /// One whose verifier has read the key `k1`.
    async fn warm() -> Result<Self> {
        let stage = Self::with(Answer::Keys(vec![key(Owner::Issuer, "k1")])).await?;
        stage.accepts(&token_by(Owner::Issuer, "k1")).await.context("before anything happened")?;
        Ok(stage)
    }

    /// The verdict, which has to come in time.
    async fn ask(&self, token: &str) -> Result<Result<(), Rejection>> {
        let verdict = tokio::time::timeout(ANSWER_TIME, self.verifier.examine(token)).await;
        Ok(verdict.context("a token was not answered within three seconds")?.map(|_| ()))
    }

    async fn accepts(&self, token: &str) -> Result<()> {
        self.ask(token).await?.map_err(|rejection| anyhow::anyhow!("a good token was refused: {rejection}"))
    }

    async fn refuses(&self, token: &str, reasons: &[Rejection]) -> Result<()> {
        match self.ask(token).await? {
            Err(rejection) if reasons.contains(&rejection) => Ok(()),
            other => bail!("{other:?} instead of {reasons:?}"),
        }
    }

    fn was_asked(&self, times: usize) -> Result<()> {
        let requests = self.publisher.requests();
        ensure!(requests == times, "the issuer was asked {requests} times instead of {times}");
        Ok(())
    }
}

/// Known keys go on, new ones are refused, once a period the issuer is asked; and afterwards all is well again.
async fn outage(answer: Answer) -> Result<()> {
    let silent = matches!(answer, Answer::Silence | Answer::Half);
    let (known, new) = (token_by(Owner::Issuer, "k1"), token_by(Owner::Stranger, "k2"));
    let stage = Stage::warm().await?;
    stage.publisher.answers(answer.clone());
    stage.clock.advance(OLD);
    if silent {
        // The hours that a silent server takes pass at once; nothing but a time limit ends them.
        tokio::time::pause();
    }
    for _ in 0..3 {
        stage.accepts(&known).await.context("a known key")?;
        stage.refuses(&new, &[Rejection::UnknownKey]).await.context("a new key")?;
    }
    let cold = Stage::with(answer).await?;
    for _ in 0..3 {
        cold.refuses(&known, &[Rejection::KeysUnavailable]).await.context("without any key so far")?;
    }
    if silent {
        tokio::time::resume();
    } else {
        stage.was_asked(2)?;
        cold.was_asked(1)?;
    }
    for stage in [&stage, &cold] {
        stage.publisher.answers(Answer::Keys(vec![key(Owner::Issuer, "k1"), key(Owner::Stranger, "k2")]));
        stage.clock.advance(PERIOD);
        stage.accepts(&new).await.context("after the outage")?;
    }
    Ok(())
}

/// A key that must not verify is left out, whatever it would have verified, and the others stay.
async fn unfit_key(word: &str) -> Result<()> {
    let (unfit, forged) = changed_key(word)?;
    let stage = Stage::with(Answer::Keys(vec![unfit, key(Owner::Stranger, "k2")])).await?;
    stage.accepts(&token_by(Owner::Stranger, "k2")).await.context("the other key")?;
    let refusals = [Rejection::UnknownKey, Rejection::Algorithm];
    for token in [token_by(Owner::Issuer, "k1"), forged] {
        stage.refuses(&token, &refusals).await.context("the unfit key")?;
    }
    Ok(())
}

/// The changed key, and a token that somebody could make for it without the issuer.
fn changed_key(word: &str) -> Result<(Value, String)> {
    let mut changed = key(Owner::Issuer, "k1");
    let modulus = || public_form("modulus bytes").context("there is no modulus");
    let mut forged = token_by(Owner::Stranger, "k1");
    match word.split_once('=').unwrap_or((word, "")) {
        ("n even", _) => {
            let mut modulus = modulus()?;
            if let Some(last) = modulus.last_mut() {
                *last &= 0xfe;
            }
            changed["n"] = json!(encode(modulus));
        }
        ("n short", _) => changed["n"] = json!(encode(modulus()?.split_off(128))),
        ("private", _) => changed["d"] = json!("AQAB"),
        ("kid absent", _) => drop(changed.as_object_mut().and_then(|members| members.remove("kid"))),
        ("e", exponent) => {
            let exponent: u32 = exponent.parse().context("an exponent is a number")?;
            let bytes: Vec<u8> = exponent.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            changed["e"] = json!(encode(bytes));
            forged = with_signature(&forged, padded);
        }
        ("kty", "oct") => {
            changed = json!({ "kty": "oct", "kid": "k1", "use": "sig", "alg": "HS256", "k": encode("known to all") });
            let header = encode(json!({ "alg": "HS256", "kid": "k1" }).to_string());
            let claims = forged.split('.').nth(1).unwrap_or_default().to_owned();
            let form = format!("{header}.{claims}.");
            forged = with_signature(&form, |message| mac(&json!("HS256"), b"known to all", message));
        }
        ("key_ops", operation) => changed["key_ops"] = json!([operation]),
        (member, value) => changed[member] = json!(value),
    }
    Ok((changed, forged))
}

fn with_signature(token: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = token.rsplit_once('.').map_or(token, |(message, _)| message);
    format!("{message}.{}", encode(sign(message.as_bytes())))
}

/// What a signature is before the private exponent (RFC 8017, section 9.2): with an exponent of 1, a signature.
fn padded(message: &[u8]) -> Vec<u8> {
    const SHA256: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ];
    let digest = ring::digest::digest(&ring::digest::SHA256, message);
    let end = [&SHA256, digest.as_ref()].concat();
    [vec![0, 1], vec![0xff; 256 - 3 - end.len()], vec![0], end].concat()
}

async fn rotation() -> Result<()> {
    let stage = Stage::warm().await?;
    stage.publisher.answers(Answer::Keys(vec![key(Owner::Issuer, "k1"), key(Owner::Stranger, "k2")]));
    stage.clock.advance(PERIOD);
    for _ in 0..3 {
        stage.accepts(&token_by(Owner::Stranger, "k2")).await?;
        stage.accepts(&token_by(Owner::Issuer, "k1")).await?;
    }
    stage.was_asked(2)
}

/// What the issuer withdrew works for an hour at most.
async fn withdrawal() -> Result<()> {
    let stage = Stage::warm().await?;
    stage.publisher.answers(Answer::Keys(vec![key(Owner::Stranger, "k2")]));
    stage.clock.advance(OLD);
    stage.refuses(&token_by(Owner::Issuer, "k1"), &[Rejection::UnknownKey]).await?;
    stage.accepts(&token_by(Owner::Stranger, "k2")).await?;
    stage.was_asked(2)
}

/// The first tokens of all come together.
async fn together() -> Result<()> {
    let stage = Stage::with(Answer::Keys(vec![key(Owner::Issuer, "k1")])).await?;
    let (good, forged) = (token_by(Owner::Issuer, "k1"), token_by(Owner::Stranger, "bad"));
    let unknown = [Rejection::UnknownKey];
    let (a, b, c, d) = tokio::join!(
        stage.accepts(&good),
        stage.refuses(&forged, &unknown),
        stage.accepts(&good),
        stage.refuses(&forged, &unknown)
    );
    a.and(b).and(c).and(d)?;
    stage.was_asked(1)
}

async fn other_case() -> Result<()> {
    let stage = Stage::warm().await?;
    stage.clock.advance(PERIOD);
    stage.refuses(&token_by(Owner::Issuer, "K1"), &[Rejection::UnknownKey]).await
}

async fn negative_cache(bad: &str) -> Result<()> {
    let times = bad.split_once(" x").map_or(Ok(2), |(_, times)| times.parse()).context("how often?")?;
    let stage = Stage::warm().await?;
    stage.clock.advance(PERIOD);
    for _ in 0..times {
        stage.refuses(&token_by(Owner::Stranger, "bad"), &[Rejection::UnknownKey]).await?;
    }
    stage.was_asked(2)
}

/// Forged key ids by the hundred; where the issuer changes its key meanwhile, the new one is known within one period.
async fn flood(rotates: bool) -> Result<()> {
    let stage = Stage::warm().await?;
    stage.clock.advance(PERIOD);
    let forged = token_by(Owner::Stranger, "bad");
    for number in 0..FLOOD {
        if rotates && number == FLOOD / 2 {
            stage.publisher.answers(Answer::Keys(vec![key(Owner::Stranger, "k2")]));
        }
        let token = with_key_id(&forged, &format!("forged {number}"));
        stage.refuses(&token, &[Rejection::UnknownKey]).await?;
        stage.accepts(&token_by(Owner::Issuer, "k1")).await.context("a known key under the flood")?;
    }
    stage.was_asked(2)?;
    stage.clock.advance(PERIOD);
    let (owner, id) = if rotates { (Owner::Stranger, "k2") } else { (Owner::Issuer, "k1") };
    stage.accepts(&token_by(owner, id)).await.context("one period later")
}

fn with_key_id(token: &str, id: &str) -> String {
    let header = encode(json!({ "alg": "RS256", "kid": id }).to_string());
    let rest = token.split_once('.').map_or("", |(_, rest)| rest);
    format!("{header}.{rest}")
}
