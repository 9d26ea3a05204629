//! Any text through every field that takes one, and back.

use serde_json::{Value, json};

use crate::world::{PASSWORD, Person, World};

/// What a field takes beside its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Anything,
    /// Anything but spaces alone.
    Words,
    /// Anything but nothing and control characters.
    Printable,
}

/// A field: the operation that writes it, its name, how many characters it has, and what it takes.
type Field = (&'static str, &'static str, usize, Takes);

/// Every field of free text, by each operation that writes it.
const FIELDS: [Field; 14] = [
    ("sign_up", "name", 200, Takes::Printable),
    ("update_me", "name", 200, Takes::Words),
    ("create_wishlist", "name", 200, Takes::Words),
    ("create_wishlist", "description", 2000, Takes::Anything),
    ("create_wishlist", "occasion", 100, Takes::Anything),
    ("update_wishlist", "name", 200, Takes::Words),
    ("update_wishlist", "description", 2000, Takes::Anything),
    ("update_wishlist", "occasion", 100, Takes::Anything),
    ("add_item", "title", 500, Takes::Words),
    ("add_item", "note", 2000, Takes::Anything),
    ("add_items", "title", 500, Takes::Words),
    ("add_items", "note", 2000, Takes::Anything),
    ("update_item", "title", 500, Takes::Words),
    ("update_item", "note", 2000, Takes::Anything),
];

/// Fields that are no free text: whatever they are given, they take it or name themselves.
const STRICT: [(&str, &str); 10] = [
    ("create_wishlist", "eventDate"),
    ("create_wishlist", "currency"),
    ("update_me", "currency"),
    ("update_me", "locale"),
    ("add_item", "url"),
    ("add_item", "imageUrl"),
    ("copy_item", "wishlistId"),
    ("place_item", "after"),
    ("preview_product", "url"),
    ("sign_in", "email"),
];

/// Texts that break things elsewhere.
const TEXTS: [&str; 28] = [
    "undefined",
    "NULL",
    "true",
    "0x0",
    "1e400",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}%{7*7}",
    "../../etc/passwd%00",
    "USER#alice",
    "WISHLIST#0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f",
    "a\u{0}b",
    "a\r\nSet-Cookie: b=c",
    "\u{1}\u{7f}\u{80}\u{ad}",
    "\u{200b}x\u{200d}\u{feff}",
    "\u{202e}txet desrever\u{202c}",
    "e\u{301} and \u{e9}",
    "\u{fdfa}",
    "Z\u{351}\u{36b}\u{343}\u{36a}\u{302}\u{36b}A\u{334}\u{335}L\u{320}",
    "田中さんにあげて下さい",
    "بسم الله الرحمن الرحيم",
    "🎁👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{10ffff}\u{fffd}\u{fffe}",
    "İstanbul ıIiİ",
    "  spaces around  ",
    "back\\slash \"quotes\" 'more' `ticks`",
    "ʰᵃᵖᵖʸ ﷽ ﬁ Ⅷ",
];

/// Texts that some field refuses, in each way in which one does.
const REFUSED: [&str; 5] = ["", " ", "\u{a0}\t\u{3000}", "a\u{85}b", "\u{7}"];

/// Texts of our own, and one of every length about which a field cares.
pub(crate) fn own_texts() -> Vec<String> {
    let long = [100, 101, 200, 201, 500, 501, 2000, 2001].map(|length| "\u{1F381}".repeat(length));
    TEXTS.into_iter().chain(REFUSED).map(str::to_owned).chain(long).chain(["\u{301}".repeat(199)]).collect()
}

/// How often texts came back, and how often they were refused.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) kept: usize,
    pub(crate) refused: usize,
}

/// Alice with a list and an item, to whose fields texts are carried.
pub(crate) struct Carrier {
    world: World,
    alice: Person,
    list: String,
    item: String,
    people: usize,
    pub(crate) counts: Counts,
}

impl Carrier {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let alice = world.person("alice").await;
        let list = world.list(&alice).await;
        let item = world.item(&alice, &list, json!({"title": "Kettle"})).await;
        Self { world, alice, list, item, people: 0, counts: Counts::default() }
    }

    /// Carries a text to every field and back.
    ///
    /// # Panics
    /// Where a text comes back as another, is refused for no reason of the contract, is refused elsewhere than at its
    /// field, changes something by being refused, or is a fault.
    pub(crate) async fn carry(&mut self, text: &str) {
        for field in FIELDS {
            let (operation, name, most, takes) = field;
            let characters = text.chars().count();
            let fits = characters <= most
                && match takes {
                    Takes::Anything => true,
                    Takes::Words => !text.trim().is_empty(),
                    Takes::Printable => characters > 0 && !text.chars().any(char::is_control),
                };
            if fits {
                let kept = self.write(operation, name, text).await;
                assert_eq!(kept, json!(text), "{operation} {name}");
                self.counts.kept += 1;
            } else {
                self.refuse(operation, name, text).await;
                self.counts.refused += 1;
            }
        }
        for (operation, name) in STRICT {
            self.offer(operation, name, text).await;
        }
    }

    /// The text as it is read back.
    async fn write(&mut self, operation: &str, name: &str, text: &str) -> Value {
        let (method, path, mut body) = self.request(operation);
        body[name] = json!(text);
        let body = if operation == "add_items" { json!({"items": [body]}) } else { body };
        let call = self.world.call(&method.parse().unwrap(), &path).by(&self.alice).json(&body);
        let answer = call.send().await;
        assert!(answer.status.is_success(), "{operation} {name} {text:?}: {}", answer.text());
        let written = match operation {
            "sign_up" => {
                let credentials = json!({"email": body["email"], "password": PASSWORD});
                let session = self.world.post("/v1/auth/sign-in").json(&credentials).is(200).await.json();
                return self.world.get("/v1/me").by(&Person { session }).is(200).await.json()[name].clone();
            }
            "update_me" | "update_wishlist" | "update_item" => path,
            "add_items" => {
                let made = &answer.json()["results"][0]["item"];
                assert_eq!(made[name], json!(text), "{operation} {name}");
                format!("{}/items/{}", self.list, made["id"].as_str().unwrap())
            }
            _ => answer.location(),
        };
        let found = self.world.get(&written).by(&self.alice).is(200).await.json()[name].clone();
        if !operation.starts_with("update_") {
            self.world.delete(&written).by(&self.alice).is(204).await;
        }
        found
    }

    async fn refuse(&mut self, operation: &str, name: &str, text: &str) {
        let before = self.world.state(&self.alice).await;
        let (method, path, mut body) = self.request(operation);
        body[name] = json!(text);
        let call = self.world.call(&method.parse().unwrap(), &path).by(&self.alice);
        if operation == "add_items" {
            let answer = call.json(&json!({"items": [body]})).is(200).await.json();
            let pointer = &answer["results"][0]["problem"]["errors"][0]["pointer"];
            assert_eq!(pointer, &json!(format!("/items/0/{name}")), "{operation} {name} {text:?}");
        } else {
            let answer = call.json(&body).is(400).await;
            assert_eq!(answer.pointers(), [format!("/{name}")], "{operation} {name} {text:?}");
        }
        assert_eq!(self.world.state(&self.alice).await, before, "{operation} {name} {text:?}");
    }

    /// Offers a text to a field that takes few.
    async fn offer(&mut self, operation: &str, name: &str, text: &str) {
        let (method, path, mut body) = self.request(operation);
        body[name] = json!(text);
        let answer = self.world.call(&method.parse().unwrap(), &path).by(&self.alice).json(&body).send().await;
        match answer.status.as_u16() {
            400 => assert_eq!(answer.pointers(), [format!("/{name}")], "{operation} {text:?}"),
            201 => drop(self.world.delete(&answer.location()).by(&self.alice).is(204).await),
            200 | 401 | 422 | 429 => {}
            _ => panic!("{operation} {name} {text:?}: {}", answer.text()),
        }
    }

    /// The method, the path and the least body of an operation.
    fn request(&mut self, operation: &str) -> (&'static str, String, Value) {
        let items = format!("{}/items", self.list);
        match operation {
            "sign_up" => {
                self.people += 1;
                let email = format!("person{}@example.com", self.people);
                ("POST", "/v1/auth/sign-up".to_owned(), json!({"email": email, "password": PASSWORD}))
            }
            "sign_in" => ("POST", "/v1/auth/sign-in".to_owned(), json!({"password": "not hers"})),
            "update_me" => ("PUT", "/v1/me".to_owned(), json!({})),
            "create_wishlist" => ("POST", "/v1/wishlists".to_owned(), json!({"name": "x"})),
            "update_wishlist" => ("PUT", self.list.clone(), json!({"name": "x"})),
            "add_item" => ("POST", items, json!({"title": "x"})),
            "add_items" => ("POST", format!("{items}/batch"), json!({"title": "x"})),
            "update_item" => ("PUT", self.item.clone(), json!({"title": "x"})),
            "copy_item" => ("POST", format!("{}/copy", self.item), json!({})),
            "place_item" => ("POST", format!("{}/place", self.item), json!({})),
            "preview_product" => ("POST", "/v1/products/preview".to_owned(), json!({})),
            other => panic!("`{other}` writes no text"),
        }
    }
}
