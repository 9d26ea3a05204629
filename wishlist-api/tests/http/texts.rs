//! Texts that break things elsewhere come back as they were sent.

use serde_json::json;

use crate::world::World;

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

#[tokio::test]
async fn a_text_comes_back_as_it_was_sent() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let marks = "\u{301}".repeat(199);
    for text in TEXTS.into_iter().chain([marks.as_str()]) {
        let draft = json!({"name": text, "description": text, "occasion": text});
        let occasion_fits = text.chars().count() <= 100;
        let draft = if occasion_fits { draft } else { json!({"name": text, "description": text}) };
        let made = world.post("/v1/wishlists").by(&alice).json(&draft).is(201).await;
        let list = world.get(&made.location()).by(&alice).is(200).await.json();
        for (field, value) in draft.as_object().unwrap() {
            assert_eq!(&list[field], value);
        }
        let draft = json!({"title": text, "note": text});
        let item = world.item(&alice, &made.location(), draft).await;
        let found = world.get(&item).by(&alice).is(200).await.json();
        assert_eq!((&found["title"], &found["note"]), (&json!(text), &json!(text)));
    }
}
