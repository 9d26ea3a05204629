//! What is not the caller's is as what never was: byte for byte, the request's id aside, and nothing changes.

use std::time::Duration;

use axum::http::Method;

use super::rows::{Row, Who};
use super::stage::{NEVER, Stage, path};
use crate::world::{Answer, Call};

/// Ways of writing an id that is none.
const MALFORMED: [&str; 9] = [
    "x",
    "1",
    "%00",
    "%ff",
    "%2e%2e",
    "0199d3c87f2a7c319d6e2a4b8c1d5e6f",
    "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6g",
    "%7B0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f%7D",
    "00000000-0000-0000-0000-000000000000",
];

/// Conditions and names of calls, in which whoever asks may have seen the record before.
const HEADERS: [&[(&str, &str)]; 6] = [
    &[],
    &[("if-match", "\"1\"")],
    &[("if-match", "*")],
    &[("if-none-match", "\"1\"")],
    &[("if-none-match", "*")],
    &[("idempotency-key", "again")],
];

/// Who may call an operation is answered as the row says; who may not is asked for a token.
pub(crate) async fn who_may(row: &Row) {
    let stage = Stage::new().await;
    let owner = stage.alices_call(row).is(row.status).await;
    assert!(owner.header("www-authenticate").is_empty(), "{}", row.operation);
    let stage = Stage::new().await;
    let before = stage.world.state(&stage.alice).await;
    let call = stage.call(row, &stage.bobs, &stage.bob);
    let other = if row.who == Who::Anybody { call } else { call.by(&stage.bob) }.is(row.status).await;
    // Who knows a person's credentials is that person.
    if row.who != Who::Anybody {
        for id in stage.alices.ids().into_iter().chain(["alice"]) {
            assert!(!other.text().contains(id), "{} tells Bob of {id}", row.operation);
        }
        assert_eq!(stage.world.state(&stage.alice).await, before, "{} by Bob", row.operation);
    }
}

/// Who has deleted the account is nobody, from the moment of it.
pub(crate) async fn deleted(row: &Row) {
    let stage = Stage::new().await;
    let before = stage.state().await;
    let anonymous = stage.call(row, &stage.alices, &stage.alice).send().await;
    if row.who == Who::Anybody {
        let again = Stage::new().await;
        let with_token = again.call(row, &again.alices, &again.alice).by(&again.gone).send().await;
        assert_eq!(with_token.status, anonymous.status, "{}", row.operation);
        return;
    }
    assert_eq!(anonymous.status.as_u16(), 401, "{}", row.operation);
    let answer = stage.call(row, &stage.alices, &stage.alice).by(&stage.gone).send().await;
    // Who still has the token may be told that the account is gone, and no more than that.
    let seen = |answer: &Answer| (answer.status, answer.code(), answer.header("www-authenticate").to_owned());
    assert_eq!(seen(&answer), seen(&anonymous), "{} by who has deleted the account", row.operation);
    assert_eq!(answer.json().as_object().unwrap().len(), anonymous.json().as_object().unwrap().len());
    assert_eq!(stage.state().await, before, "{}", row.operation);
}

/// Every path of a template that leads to nothing of Bob's, and the same of what never was first.
fn foreign_paths(stage: &Stage, template: &str) -> Vec<String> {
    let [list, item] = [stage.alices.list.as_str(), stage.alices.item.as_str()];
    let mut ids = vec![[NEVER, NEVER], [list, item], [list, NEVER], [NEVER, item]];
    ids.extend(MALFORMED.iter().flat_map(|id| [[id, NEVER], [NEVER, id], [id, id]]));
    if template.contains("{itemId}") {
        ids.extend(misplaced(stage));
    }
    ids.into_iter().map(|[list, item]| path(template, list, item)).collect()
}

/// A right parent with a child that is not in it, and a right child under a parent that does not hold it.
fn misplaced(stage: &Stage) -> [[&str; 2]; 5] {
    let (alices, bobs) = (&stage.alices, &stage.bobs);
    [
        [&bobs.list, &alices.item],
        [&bobs.list, NEVER],
        [&alices.list, &bobs.item],
        [NEVER, &bobs.item],
        [&bobs.second, &bobs.item],
    ]
}

/// Bodies that are right, wrong, mistyped and broken; and none.
fn bodies(row: &Row, stage: &Stage) -> Vec<Option<String>> {
    let mut all = vec![None];
    if row.takes_body() {
        let sent = [stage.bobs.body(row.right).as_str(), row.wrong, r#"{"what":1}"#, "null", "{"].map(str::to_owned);
        all.extend(sent.map(Some));
    }
    all
}

fn with(call: Call, headers: &[(&str, &str)], body: Option<&String>) -> Call {
    let call = headers.iter().fold(call, |call, (name, value)| call.header(name, value));
    match body {
        Some(body) => call.raw(body),
        None => call,
    }
}

/// A foreign, an unknown and a malformed id are one answer, before anything that was sent is looked at.
pub(crate) async fn strangers(row: &Row) {
    let stage = Stage::new().await;
    let (method, template, _) = row.described();
    let (paths, bodies) = (foreign_paths(&stage, template), bodies(row, &stage));
    let right = bodies.iter().take(2).next_back().unwrap();
    let sent = bodies.iter().map(|body| (HEADERS[1], body)).chain(HEADERS.iter().map(|headers| (*headers, right)));
    let heads = (method == Method::GET).then_some((Method::HEAD, HEADERS[0], right));
    let before = stage.state().await;
    for (method, headers, body) in sent.map(|(headers, body)| (method.clone(), headers, body)).chain(heads) {
        let ask = |path: &str| with(stage.world.call(&method, path).by(&stage.bob), headers, body.as_ref()).send();
        let unknown = ask(&paths[0]).await;
        assert!(matches!(unknown.status.as_u16(), 400 | 404 | 415), "{}: {}", row.operation, unknown.text());
        for path in &paths {
            assert_eq!(ask(path).await.seen(), unknown.seen(), "{} {path} {headers:?} {body:?}", row.operation);
        }
    }
    assert_eq!(stage.state().await, before, "{}", row.operation);
}

/// The right item under a wrong parent is no item, whoever asks.
pub(crate) async fn wrong_parent(row: &Row) {
    let stage = Stage::new().await;
    let (method, template, _) = row.described();
    let body = row.takes_body().then(|| stage.bobs.body(row.right));
    let before = stage.state().await;
    for headers in HEADERS {
        let ask = |path: &str| with(stage.world.call(&method, path).by(&stage.bob), headers, body.as_ref()).is(404);
        let unknown = ask(&path(template, NEVER, NEVER)).await.seen();
        for [list, item] in misplaced(&stage) {
            assert_eq!(ask(&path(template, list, item)).await.seen(), unknown, "{} {list} {item}", row.operation);
        }
    }
    assert_eq!(stage.state().await, before, "{}", row.operation);
}

/// What was deleted is as what never was, also for who has a cursor, a tag or a name of a call from before.
pub(crate) async fn after_delete(row: &Row) {
    let (method, template, _) = row.described();
    for of in ["list", "item"] {
        if of == "item" && !template.contains("{itemId}") {
            continue;
        }
        let stage = Stage::new().await;
        let list = format!("/v1/wishlists/{}", stage.alices.list);
        let item = format!("{list}/items/{}", stage.alices.item);
        let lists = row.parameters("query").contains(&"cursor");
        let cursor = if lists { super::pages::cursor(&stage, row).await } else { None };
        let gone = if of == "list" { &list } else { &item };
        stage.world.delete(gone).by(&stage.alice).is(204).await;
        let before = stage.state().await;
        let body = row.takes_body().then(|| stage.alices.body(row.right));
        let queries = [Some(String::new()), cursor.map(|cursor| format!("?cursor={cursor}"))];
        let here = path(template, &stage.alices.list, &stage.alices.item);
        for (headers, query) in
            HEADERS.iter().flat_map(|headers| queries.iter().flatten().map(move |query| (headers, query)))
        {
            let ask = |path: &str| {
                let call = stage.world.call(&method, &format!("{path}{query}")).by(&stage.alice);
                with(call, headers, body.as_ref()).is(404)
            };
            // A cursor is of one listing: of another it would be refused as none, before anything is looked for.
            let unknown = with(stage.world.call(&method, &row.nowhere().1).by(&stage.alice), headers, body.as_ref());
            let unknown = unknown.is(404).await.seen();
            assert_eq!(ask(&here).await.seen(), unknown, "{} {of} {headers:?} {query}", row.operation);
        }
        assert_eq!(stage.state().await, before, "{}", row.operation);
    }
}

/// Whatever is wrong with a token, the answer is the one to none, and it comes before any other.
pub(crate) async fn tokens(row: &Row) {
    let stage = Stage::new().await;
    let before = stage.state().await;
    let ask = || stage.call(row, &stage.alices, &stage.alice);
    let without = ask().is(401).await;
    assert_eq!(without.header("www-authenticate"), "Bearer", "{}", row.operation);
    for (name, value) in crate::forgeries::of(&stage.alice) {
        assert_eq!(ask().header("authorization", &value).send().await.seen(), without.seen(), "{name}");
    }
    for (name, call) in elsewhere(&stage, row) {
        assert_eq!(call.send().await.seen(), without.seen(), "{} {name}", row.operation);
    }
    let (method, at) = row.nowhere();
    for call in [stage.world.call(&method, &at), stage.world.call(&method, &at).raw("not JSON")] {
        assert_eq!(call.send().await.seen(), without.seen(), "{}", row.operation);
    }
    assert_eq!(stage.state().await, before, "{}", row.operation);
    stage.world.clock.advance(Duration::from_secs(3600 + 31));
    assert_eq!(ask().by(&stage.alice).send().await.seen(), without.seen(), "{} expired", row.operation);
}

/// A good token in places where none is read.
fn elsewhere<'a>(stage: &'a Stage, row: &'a Row) -> [(&'static str, Call); 4] {
    let ask = || stage.call(row, &stage.alices, &stage.alice);
    let token = stage.alice.token();
    [
        ("twice", ask().by(&stage.alice).by(&stage.alice)),
        ("in a cookie", ask().header("cookie", &format!("accessToken={token}; Authorization=Bearer {token}"))),
        ("of a proxy", ask().header("proxy-authorization", &format!("Bearer {token}"))),
        (
            "by another name",
            ask().header("x-access-token", token).header("x-authorization", &format!("Bearer {token}")),
        ),
    ]
}

/// A cursor of another's is as one that never was, and a listing holds the caller's own records alone.
pub(crate) async fn cursors(row: &Row) {
    let stage = Stage::new().await;
    let (_, template, _) = row.described();
    let before = stage.state().await;
    let of = |list: &str, item: &str| path(template, list, item);
    let alices = of(&stage.alices.list, &stage.alices.item);
    let cursor = super::pages::cursor(&stage, row).await;
    let own = of(&stage.bobs.list, &stage.bobs.item);
    let refused = stage.world.get(&format!("{own}?cursor=never")).by(&stage.bob).is(400).await.seen();
    let page = stage.world.get(&own).by(&stage.bob).is(200).await.text();
    assert!(stage.alices.ids().iter().all(|id| !page.contains(id)), "{} {page}", row.operation);
    // A listing of one record has no cursor to be stolen.
    if let Some(cursor) = cursor {
        let theirs = stage.world.get(&format!("{alices}?cursor={cursor}")).by(&stage.alice).is(200).await;
        assert!(!theirs.body.is_empty(), "{}", row.operation);
        let stolen = stage.world.get(&format!("{own}?cursor={cursor}")).by(&stage.bob).is(400).await;
        assert_eq!(stolen.seen(), refused, "{}", row.operation);
        let there = stage.world.get(&format!("{alices}?cursor={cursor}")).by(&stage.bob).send().await;
        let never = stage.world.get(&format!("{}?cursor=never", row.nowhere().1)).by(&stage.bob).send().await;
        assert_eq!(there.seen(), never.seen(), "{}", row.operation);
    }
    assert_eq!(stage.state().await, before, "{}", row.operation);
}
