//! Bodies that are not as expected: what the answer names, and that nothing changes.

use axum::body::Body;
use serde_json::json;

use crate::world::{Answer, Person, World};

/// What a wrong body is answered: status, code, pointers.
type Row<'a> = (&'a str, u16, &'a str, &'a [&'a str]);

const WISHLISTS: &[Row<'_>] = &[
    ("", 400, "invalid", &[""]),
    ("{", 400, "invalid", &[""]),
    ("{\"name\":\"x\"} x", 400, "invalid", &[""]),
    ("\u{feff}{\"name\":\"x\"}", 400, "invalid", &[""]),
    ("{\"name\":\"\\ud800\"}", 400, "invalid", &[""]),
    ("{'name':'x'}", 400, "invalid", &[""]),
    ("{\"name\":NaN}", 400, "invalid", &[""]),
    ("null", 400, "invalid", &[""]),
    ("[]", 400, "invalid", &[""]),
    ("\"x\"", 400, "invalid", &[""]),
    ("{}", 400, "invalid", &["/name"]),
    ("{\"name\":null}", 400, "invalid", &["/name"]),
    ("{\"name\":1}", 400, "invalid", &["/name"]),
    ("{\"name\":[\"x\"]}", 400, "invalid", &["/name"]),
    ("{\"name\":\"\"}", 400, "invalid", &["/name"]),
    ("{\"name\":\" \\t \"}", 400, "invalid", &["/name"]),
    ("{\"name\":\"x\",\"name\":\"y\"}", 400, "invalid", &["/name"]),
    ("{\"name\":\"x\",\"description\":null}", 400, "invalid", &["/description"]),
    ("{\"name\":\"x\",\"eventDate\":\"14.5.2027\"}", 400, "invalid", &["/eventDate"]),
    ("{\"name\":\"x\",\"eventDate\":\"2027-02-30\"}", 400, "invalid", &["/eventDate"]),
    ("{\"name\":\"x\",\"currency\":\"euro\",\"occasion\":1}", 400, "invalid", &["/occasion"]),
    ("{\"name\":\"\",\"currency\":\"euro\"}", 400, "invalid", &["/name", "/currency"]),
    ("{\"name\":\"x\",\"event_date\":\"2027-05-14\"}", 400, "invalid", &["/event_date"]),
    ("{\"name\":\"x\",\"role\":\"owner\"}", 400, "invalid", &["/role"]),
    ("{\"name\":\"x\",\"version\":7}", 400, "invalid", &["/version"]),
    ("{\"name\":\"x\",\"createdAt\":\"2020-01-01T00:00:00Z\"}", 400, "invalid", &["/createdAt"]),
    ("{\"name\":\"x\",\"id\":\"0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f\"}", 400, "invalid", &["/id"]),
    ("{\"name\":\"x\",\"PK\":\"USER#x\"}", 400, "invalid", &["/PK"]),
];

const ITEMS: &[Row<'_>] = &[
    ("{}", 400, "invalid", &[""]),
    ("{\"title\":\"\"}", 400, "invalid", &["/title"]),
    ("{\"url\":\"shop.example\"}", 400, "invalid", &["/url"]),
    ("{\"url\":\"javascript:alert(1)\"}", 400, "invalid", &["/url"]),
    ("{\"url\":\"https://user:pw@shop.example/\"}", 400, "invalid", &["/url"]),
    ("{\"title\":\"x\",\"quantity\":0}", 400, "invalid", &["/quantity"]),
    ("{\"title\":\"x\",\"quantity\":-1}", 400, "invalid", &["/quantity"]),
    ("{\"title\":\"x\",\"quantity\":2147483648}", 400, "invalid", &["/quantity"]),
    ("{\"title\":\"x\",\"quantity\":9223372036854775808}", 400, "invalid", &["/quantity"]),
    ("{\"title\":\"x\",\"quantity\":1e400}", 400, "invalid", &[""]),
    ("{\"title\":\"x\",\"quantity\":1.5}", 400, "invalid", &["/quantity"]),
    ("{\"title\":\"x\",\"quantity\":\"1\"}", 400, "invalid", &["/quantity"]),
    ("{\"title\":\"x\",\"priority\":6,\"quantity\":1000}", 400, "invalid", &["/quantity", "/priority"]),
    ("{\"title\":\"x\",\"price\":19.99}", 400, "invalid", &["/price"]),
    ("{\"title\":\"x\",\"price\":{\"amount\":19.99,\"currency\":\"EUR\"}}", 400, "invalid", &["/price/amount"]),
    ("{\"title\":\"x\",\"price\":{\"amount\":\"-0\",\"currency\":\"EUR\"}}", 400, "invalid", &["/price/amount"]),
    ("{\"title\":\"x\",\"price\":{\"amount\":\"12,3\",\"currency\":\"EUR\"}}", 400, "invalid", &["/price/amount"]),
    ("{\"title\":\"x\",\"price\":{\"amount\":\"1e3\",\"currency\":\"EUR\"}}", 400, "invalid", &["/price/amount"]),
    ("{\"title\":\"x\",\"price\":{\"amount\":\"1\",\"currency\":\"euro\"}}", 400, "invalid", &["/price/currency"]),
    ("{\"title\":\"x\",\"price\":{\"amount\":\"1\"}}", 400, "invalid", &["/price/currency"]),
    (
        "{\"title\":\"x\",\"price\":{\"amount\":\"1\",\"currency\":\"EUR\",\"a/~b\":1}}",
        400,
        "invalid",
        &["/price/a~1~0b"],
    ),
    ("{\"title\":\"x\",\"imageUrl\":\"data:image/png;base64,\"}", 400, "invalid", &["/imageUrl"]),
    ("{\"title\":\"x\",\"status\":\"ready\"}", 400, "invalid", &["/status"]),
    ("{\"title\":\"x\",\"claimedQuantity\":1}", 400, "invalid", &["/claimedQuantity"]),
];

fn expect(answer: &Answer, (body, status, code, pointers): &Row<'_>) {
    let seen = (answer.status.as_u16(), answer.code(), answer.pointers());
    let pointers = pointers.iter().map(|pointer| (*pointer).to_owned()).collect();
    assert_eq!(seen, (*status, (*code).to_owned(), pointers), "{body:.80}: {}", answer.text());
}

#[tokio::test]
async fn a_wrong_wishlist_is_refused_by_its_fields_and_changes_nothing() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let before = world.get("/v1/wishlists").by(&alice).is(200).await.json();
    for row in WISHLISTS {
        expect(&world.post("/v1/wishlists").by(&alice).raw(row.0).send().await, row);
        expect(&world.put(&list).by(&alice).raw(row.0).send().await, row);
    }
    assert_eq!(world.get("/v1/wishlists").by(&alice).is(200).await.json(), before);
}

#[tokio::test]
async fn a_wrong_item_is_refused_by_its_fields_and_changes_nothing() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"title": "Kettle"})).await;
    let items = format!("{list}/items");
    let before = world.get(&items).by(&alice).is(200).await.json();
    for row in ITEMS {
        expect(&world.post(&items).by(&alice).raw(row.0).send().await, row);
        expect(&world.put(&item).by(&alice).raw(row.0).send().await, row);
    }
    assert_eq!(world.get(&items).by(&alice).is(200).await.json(), before);
    assert_eq!(world.get(&list).by(&alice).is(200).await.json()["itemCount"], 1);
}

#[tokio::test]
async fn a_field_has_the_length_of_the_contract_and_no_more() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let items = format!("{}/items", world.list(&alice).await);
    let url = |length: usize| format!("https://shop.example/{}", "a".repeat(length - 21));
    let rows = [
        ("/v1/wishlists", "name", "\u{1F381}".repeat(200), "\u{1F381}".repeat(201)),
        ("/v1/wishlists", "description", "x".repeat(2000), "x".repeat(2001)),
        ("/v1/wishlists", "occasion", "x".repeat(100), "x".repeat(101)),
        (&items, "title", "x".repeat(500), "x".repeat(501)),
        (&items, "note", "\u{1F381}".repeat(2000), "x".repeat(2001)),
        (&items, "url", url(2048), url(2049)),
        (&items, "imageUrl", url(2048), url(2049)),
    ];
    for (path, field, longest, too_long) in rows {
        let mut draft = if path == items { json!({"title": "x"}) } else { json!({"name": "x"}) };
        draft[field] = json!(longest);
        assert_eq!(world.post(path).by(&alice).json(&draft).is(201).await.json()[field], longest);
        draft[field] = json!(too_long);
        assert_eq!(world.post(path).by(&alice).json(&draft).is(400).await.pointers(), [format!("/{field}")]);
    }
}

#[tokio::test]
async fn a_body_has_its_limit_whether_or_not_its_length_is_announced() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let batch = format!("{}/items/batch", world.list(&alice).await);
    let rows = [
        ("/v1/wishlists", r#"{"name":"x"}"#, 65_536, 201),
        (batch.as_str(), r#"{"items":[{"title":"x"}]}"#, 262_144, 200),
    ];
    for (path, body, most, status) in rows {
        let call =
            |body: String| world.post(path).by(&alice).header("content-type", "application/json").body(body.into());
        let fits = format!("{body}{}", " ".repeat(most - body.len()));
        call(fits.clone()).is(status).await;
        assert_eq!(call(fits + " ").is(413).await.code(), "too_large");
        let announced = call(String::new()).header("content-length", &(most + 1).to_string());
        assert_eq!(announced.is(413).await.code(), "too_large");
    }
}

#[tokio::test]
async fn a_body_as_deep_as_it_likes_is_refused() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    for open in ["[", "{\"a\":"] {
        let deep = format!("{{\"name\":{}", open.repeat(10_000));
        expect(&world.post("/v1/wishlists").by(&alice).raw(&deep).send().await, &("deep", 400, "invalid", &[""]));
    }
}

#[tokio::test]
async fn only_plain_json_is_taken() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let call = |person: &Person| world.post("/v1/wishlists").by(person).body(Body::from(r#"{"name":"x"}"#));
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json5", "application", "", "json"] {
        let refused = call(&alice).header("content-type", kind).is(415).await;
        assert_eq!(refused.code(), "unsupported_media_type", "{kind}");
    }
    call(&alice).is(415).await;
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"] {
        call(&alice).header("content-type", kind).is(201).await;
    }
    let encoded = call(&alice).header("content-type", "application/json").header("content-encoding", "gzip");
    assert_eq!(encoded.is(415).await.code(), "unsupported_media_type");
}

#[tokio::test]
async fn a_query_parameter_that_is_not_taken_is_named_and_nothing_is_done() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let draft = json!({"name": "Party", "title": "Kettle", "email": "alice@example.com"});
    for (method, path) in [
        ("DELETE", list.clone()),
        ("GET", list.clone()),
        ("POST", format!("{list}/items")),
        ("PUT", "/v1/me".to_owned()),
        ("POST", "/v1/auth/forgot-password".to_owned()),
    ] {
        let call = world.call(&method.parse().unwrap(), &format!("{path}?dryRun=true")).by(&alice).json(&draft);
        let refused = call.is(400).await.json();
        let errors = json!([{"detail": "there is no such field; none is taken", "pointer": "/dryRun"}]);
        assert_eq!((&refused["code"], &refused["errors"]), (&json!("invalid"), &errors), "{method} {path}");
        world.call(&"DELETE".parse().unwrap(), &format!("{list}?dryRun=true")).is(401).await;
    }
    world.get(&list).by(&alice).is(200).await;
    world.get("/openapi.json?v=2").is(200).await;
    world.call(&"TRACE".parse().unwrap(), "/v1/me/export?cursor=0").is(405).await;
}

#[tokio::test]
async fn a_body_where_none_is_taken_is_refused_and_nothing_is_done() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let item = world.item(&alice, &world.list(&alice).await, json!({"title": "Kettle"})).await;
    for verb in ["receive", "restore", "refresh"] {
        let path = format!("{item}/{verb}");
        let refused = world.post(&path).by(&alice).json(&json!({"at": "noon"})).is(400).await.json();
        assert_eq!(refused["errors"][0]["pointer"], "/at", "{verb}");
    }
    world.post("/v1/auth/sign-out").by(&alice).json(&json!({"everywhere": false})).is(400).await;
    assert_eq!(world.get(&item).by(&alice).is(200).await.header("etag"), "\"1\"");
    world.post(&format!("{item}/receive")).by(&alice).json(&json!({})).is(200).await;
    world.post("/v1/auth/sign-out").by(&alice).is(204).await;
}

#[tokio::test]
async fn a_problem_is_written_as_rfc_9457_says() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let item = json!({"url": "x", "quantity": 0, "price": {"amount": "12,3", "currency": "EUR"}});
    let list = world.list(&alice).await;
    let id = |call: crate::world::Call| call.header("x-request-id", "r-1");
    let problems = [
        id(world.post(&format!("{list}/items")).by(&alice).json(&item)).is(400).await,
        id(world.post("/v1/wishlists").by(&alice).raw("{")).is(400).await,
        id(world.post("/v1/wishlists").by(&alice).json(&json!({"name": "x", "nme": "y"}))).is(400).await,
        id(world.get("/v1/me")).is(401).await,
        id(world.get("/v1/wishlists/x").by(&alice)).is(404).await,
        id(world.get("/v1/nothing")).is(404).await,
        id(world.post("/v1/me").by(&alice)).is(405).await,
        id(world.put(&list).by(&alice).header("if-match", "\"9\"").json(&json!({"name": "x"}))).is(412).await,
        id(world.post("/v1/wishlists").by(&alice).raw(&" ".repeat(70_000))).is(413).await,
        id(world.post("/v1/wishlists").by(&alice)).is(415).await,
    ];
    insta::assert_json_snapshot!(problems.map(|problem| problem.json()));
}
