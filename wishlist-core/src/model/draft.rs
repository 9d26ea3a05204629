//! What a caller typed, before it is known to be right.

use chrono::NaiveDate;

use serde::Serialize;

use super::{ClaimPolicy, Currency, GiversSee, GuestClaims, Money, PageUrl, RecipientSees, Typed};
use crate::error::{Error, FieldError, Result};

const NAME: Length = Length { field: "/name", max: 200 };
const WISHLIST_DESCRIPTION: Length = Length { field: "/description", max: 2000 };
const OCCASION: Length = Length { field: "/occasion", max: 100 };
const TITLE: Length = Length { field: "/title", max: 500 };
const NOTE: Length = Length { field: "/note", max: 2000 };

/// A wishlist's editable part as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WishlistDraft {
    /// 1 to 200 characters, not only spaces.
    pub name: String,
    /// At most 2,000 characters.
    pub description: Option<String>,
    /// At most 100 characters.
    pub occasion: Option<String>,
    /// As `2026-12-24`.
    pub event_date: Option<String>,
    /// ISO 4217, as `EUR`.
    pub currency: Option<String>,
    /// Who learns what about gifts; the default where it is not given.
    pub claim_policy: Option<ClaimPolicyDraft>,
    /// Whether the list is out of the way.
    pub archived: bool,
}

/// Who learns what about gifts, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClaimPolicyDraft {
    /// What the owner is shown.
    pub recipient_sees: RecipientSees,
    /// What those who give are shown of each other.
    pub givers_see: GiversSee,
    /// When the owner is shown everything, as `2026-12-25T00:00:00.000Z`.
    pub reveal_at: Option<String>,
    /// Whether gifts can be claimed without an account.
    pub guest_claims: GuestClaims,
}

/// The editable part of a person's profile as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileDraft {
    /// 1 to 200 characters, not only spaces.
    pub name: Option<String>,
    /// ISO 4217, as `EUR`.
    pub currency: Option<String>,
    /// A language tag, as `de-AT`.
    pub locale: Option<String>,
}

/// An amount of money as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MoneyDraft {
    /// As `19.99`.
    pub amount: String,
    /// ISO 4217, as `EUR`.
    pub currency: String,
}

/// An item's editable part as it was typed; at least `url` or `title`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ItemDraft {
    /// The product's page, at most 2,048 characters.
    pub url: Option<String>,
    /// 1 to 500 characters.
    pub title: Option<String>,
    /// At most 2,000 characters.
    pub note: Option<String>,
    /// What it costs.
    pub price: Option<MoneyDraft>,
    /// A picture's address.
    pub image_url: Option<String>,
    /// 1 to 999; 1 where it is not given.
    pub quantity: Option<i64>,
    /// 1 to 5, 5 the most.
    pub priority: Option<i64>,
    /// The price at which the owner would like to hear of it.
    pub target_price: Option<MoneyDraft>,
}

/// A wishlist draft whose every field is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WishlistFields {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) occasion: Option<String>,
    pub(crate) event_date: Option<NaiveDate>,
    pub(crate) currency: Option<Currency>,
    pub(crate) claim_policy: ClaimPolicy,
    pub(crate) archived: bool,
}

/// A profile whose every field is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProfileFields {
    pub(crate) name: Option<String>,
    pub(crate) currency: Option<Currency>,
    pub(crate) locale: Option<String>,
}

impl WishlistDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) with each wrong field.
    pub(crate) fn check(&self) -> Result<WishlistFields> {
        let mut refused = Refused::default();
        refused.blank(&NAME, &self.name);
        refused.length(&NAME, Some(&self.name));
        refused.length(&WISHLIST_DESCRIPTION, self.description.as_deref());
        refused.length(&OCCASION, self.occasion.as_deref());
        let fields = WishlistFields {
            name: self.name.clone(),
            description: self.description.clone(),
            occasion: self.occasion.clone(),
            event_date: refused.parsed("/eventDate", self.event_date.as_deref().map(day)),
            currency: refused.parsed("/currency", self.currency.as_deref().map(str::parse)),
            claim_policy: self
                .claim_policy
                .as_ref()
                .map_or_else(ClaimPolicy::default, |policy| policy.check(&mut refused)),
            archived: self.archived,
        };
        Error::all_invalid(refused.0).map(|()| fields)
    }
}

impl ClaimPolicyDraft {
    fn check(&self, refused: &mut Refused) -> ClaimPolicy {
        let &Self { recipient_sees, givers_see, guest_claims, .. } = self;
        let reveal_at = refused.parsed("/claimPolicy/revealAt", self.reveal_at.as_deref().map(str::parse));
        ClaimPolicy { recipient_sees, givers_see, reveal_at, guest_claims }
    }
}

impl ProfileDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) with each wrong field.
    pub(crate) fn check(&self) -> Result<ProfileFields> {
        let mut refused = Refused::default();
        if let Some(name) = &self.name {
            refused.blank(&NAME, name);
        }
        refused.length(&NAME, self.name.as_deref());
        let fields = ProfileFields {
            name: self.name.clone(),
            currency: refused.parsed("/currency", self.currency.as_deref().map(str::parse)),
            locale: refused.parsed("/locale", self.locale.as_deref().map(language_tag)),
        };
        Error::all_invalid(refused.0).map(|()| fields)
    }
}

impl ItemDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::Kind::Invalid) with each wrong field.
    pub(crate) fn check(&self) -> Result<(Option<PageUrl>, Typed)> {
        let mut refused = Refused::default();
        if self.url.is_none() && self.title.is_none() {
            refused.add("", "expected at least `url` or `title`");
        }
        if let Some(title) = &self.title {
            refused.blank(&TITLE, title);
        }
        refused.length(&TITLE, self.title.as_deref());
        refused.length(&NOTE, self.note.as_deref());
        let url = refused.parsed("/url", self.url.as_deref().map(str::parse::<PageUrl>));
        let image = refused.parsed("/imageUrl", self.image_url.as_deref().map(str::parse::<PageUrl>));
        let typed = Typed {
            title: self.title.clone(),
            note: self.note.clone(),
            price: self.price.as_ref().and_then(|price| refused.money("/price", price)),
            image_url: image.map(String::from),
            quantity: refused.number("/quantity", self.quantity, 999).unwrap_or(1),
            priority: refused.number("/priority", self.priority, 5),
            target_price: self.target_price.as_ref().and_then(|price| refused.money("/targetPrice", price)),
        };
        Error::all_invalid(refused.0).map(|()| (url, typed))
    }
}

/// A day as RFC 3339 writes it (`full-date`, section 5.6): chrono alone also takes shorter, longer and signed ones.
fn day(text: &str) -> Result<NaiveDate> {
    let is_written_so = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let parsed = is_written_so.then(|| text.parse().ok()).flatten();
    parsed.ok_or_else(|| Error::invalid("", "expected a day like `2026-12-24`"))
}

/// A language tag by its form (BCP 47, RFC 5646 section 2.1): subtags of one to eight letters and digits, the first a
/// language of two or three letters. Whether anyone speaks it is not asked.
fn language_tag(text: &str) -> Result<String> {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    let fits = text.len() <= 35
        && (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|tag| (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    fits.then(|| text.to_owned()).ok_or_else(|| Error::invalid("", "expected a language tag like `de-AT`"))
}

struct Length {
    field: &'static str,
    max: usize,
}

/// The fields refused so far: a caller learns of all of them at once.
#[derive(Default)]
struct Refused(Vec<FieldError>);

impl Refused {
    fn add(&mut self, pointer: &str, detail: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.to_owned(), detail: detail.into() });
    }

    fn blank(&mut self, length: &Length, text: &str) {
        if text.trim().is_empty() {
            self.add(length.field, format!("expected 1 to {} characters", length.max));
        }
    }

    fn length(&mut self, length: &Length, text: Option<&str>) {
        let count = text.map_or(0, |text| text.chars().count());
        if count > length.max {
            self.add(length.field, format!("expected at most {} characters, not {count}", length.max));
        }
    }

    fn parsed<T>(&mut self, pointer: &str, value: Option<Result<T>>) -> Option<T> {
        match value? {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(pointer, error.to_string());
                None
            }
        }
    }

    fn number<T: TryFrom<i64>>(&mut self, pointer: &str, value: Option<i64>, max: i64) -> Option<T> {
        let value = value?;
        let number = (1..=max).contains(&value).then(|| T::try_from(value).ok()).flatten();
        if number.is_none() {
            self.add(pointer, format!("expected a whole number from 1 to {max}"));
        }
        number
    }

    fn money(&mut self, pointer: &str, draft: &MoneyDraft) -> Option<Money> {
        let currency = self.parsed(&format!("{pointer}/currency"), Some(draft.currency.parse::<Currency>()))?;
        self.parsed(&format!("{pointer}/amount"), Some(Money::new(&draft.amount, currency)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers<T>(outcome: Result<T>) -> Vec<String> {
        let error = outcome.err().expect("the draft should be refused");
        error.fields().iter().map(|field| field.pointer.clone()).collect()
    }

    #[test]
    fn every_wrong_field_of_an_item_is_named_at_once() {
        let price = Some(MoneyDraft { amount: "12,3".to_owned(), currency: "EUR".to_owned() });
        let draft = ItemDraft {
            url: Some("javascript:alert(1)".to_owned()),
            title: Some("x".repeat(501)),
            note: Some("\u{1F381}".repeat(2001)),
            price,
            image_url: Some("data:image/png;base64,".to_owned()),
            quantity: Some(1000),
            priority: Some(0),
            target_price: Some(MoneyDraft { amount: "-1".to_owned(), currency: "EUR".to_owned() }),
        };
        let expected =
            ["/title", "/note", "/url", "/imageUrl", "/price/amount", "/quantity", "/priority", "/targetPrice/amount"];
        assert_eq!(pointers(draft.check()), expected);
    }

    #[test]
    fn an_item_needs_a_url_or_a_title() {
        assert_eq!(pointers(ItemDraft::default().check()), [""]);
        assert_eq!(pointers(ItemDraft { title: Some(" ".to_owned()), ..ItemDraft::default() }.check()), ["/title"]);
        let titled = ItemDraft { title: Some("Kettle".to_owned()), ..ItemDraft::default() };
        assert_eq!(titled.check().unwrap().1.quantity, 1);
    }

    #[test]
    fn every_wrong_field_of_a_wishlist_is_named_at_once() {
        let draft = WishlistDraft {
            name: String::new(),
            description: Some("x".repeat(2001)),
            occasion: Some("x".repeat(101)),
            event_date: Some("24.12.2026".to_owned()),
            currency: Some("euro".to_owned()),
            claim_policy: Some(ClaimPolicyDraft { reveal_at: Some("soon".to_owned()), ..ClaimPolicyDraft::default() }),
            archived: false,
        };
        let expected = ["/name", "/description", "/occasion", "/eventDate", "/currency", "/claimPolicy/revealAt"];
        assert_eq!(pointers(draft.check()), expected);
    }

    #[test]
    fn every_wrong_field_of_a_profile_is_named_at_once() {
        let text = |text: &str| Some(text.to_owned());
        let wrong = ProfileDraft { name: text(" "), currency: text("eur"), locale: text("german") };
        assert_eq!(pointers(wrong.check()), ["/name", "/currency", "/locale"]);
        let right = ProfileDraft { name: text("Alice"), currency: text("EUR"), locale: text("de-AT") };
        assert!(right.check().is_ok() && ProfileDraft::default().check().is_ok());
        for bad in ["", "d", "de_AT", "de-", "-de", "12", "de-123456789", "de-AT\n"] {
            assert!(language_tag(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_day_is_written_as_rfc_3339_writes_it() {
        assert!(day("2026-12-24").is_ok() && day("2028-02-29").is_ok());
        for text in [
            "2026-1-2",
            " 2026-12-24",
            "2026-12-24 ",
            "2026 -12-2",
            "+2026-12-4",
            "-044-03-15",
            "2026-02-30",
            "2026/12/24",
            "",
        ] {
            assert!(day(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        let draft = WishlistDraft { name: "\u{1F381}".repeat(200), ..WishlistDraft::default() };
        assert!(draft.check().is_ok());
    }
}
