//! Texts that break things elsewhere come back as they were sent.

use crate::carrying::Carrier;

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

#[tokio::test]
async fn a_text_comes_back_as_it_was_sent_or_is_refused_where_it_stands() {
    let mut carrier = Carrier::new().await;
    let long = [100, 101, 200, 201, 500, 501, 2000, 2001].map(|length| "\u{1F381}".repeat(length));
    let marks = "\u{301}".repeat(199);
    for text in TEXTS.into_iter().chain(REFUSED).chain(long.iter().map(String::as_str)).chain([marks.as_str()]) {
        carrier.carry(text).await;
    }
    assert_eq!(carrier.counts.kept + carrier.counts.refused, 14 * (TEXTS.len() + REFUSED.len() + 9));
    assert!(carrier.counts.refused > 60, "{:?}", carrier.counts);
}
