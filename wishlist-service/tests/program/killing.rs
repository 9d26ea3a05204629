//! Many kills in a row, under writers that send every call again until it is answered.

#![expect(clippy::print_stdout, reason = "the seed and the figures of a run, shown where it fails")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;
use wishlist_core::clock::{Random, SeededRandom, SystemRandom};

use crate::person::Person;
use crate::running::{Running, program, serve};
use crate::shop;
use crate::writer::{Caller, Known, KnownList, Writer, known};

/// Lives of the server that end by SIGKILL, where nobody says how many.
const ROUNDS: usize = 25;

/// A life ends behind fewer answers than this, wherever the other calls are then: by answers and not by time, so that a slow
/// machine has as much to lose as a quick one.
const ANSWERS: u64 = 30;

/// A life ends after so long at the latest, and no sooner than so much of it as chance has it behind its last answer.
const LIFE: Duration = Duration::from_millis(400);
const LAST_MILLIS: u64 = 12;

/// After so many rounds the file is looked at as the kill left it.
const LOOKED_AT: usize = 10;

const WRITERS: usize = 4;

const BATCH_WRITERS: usize = 2;

/// Longer than the lease of a visit or of a batch that a kill cut off, 90 s, and than the sweeper's pause.
const SETTLED_WITHIN: Duration = Duration::from_secs(150);

pub(crate) fn living(directory: &Path) -> Running {
    let mut command = serve(directory);
    command.args(["--visits-per-hour", "0", "--refresh-every", "15min"]);
    Running::of(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_many_times_the_server_has_each_effect_once_and_its_records_go_together() {
    let place = tempfile::tempdir().unwrap();
    let (data, seed) = (place.path().join("data"), seed());
    let shop = shop::open().await.to_string();
    let server = living(&data);
    let person = Person::sign_up(&server.address).await;
    let shared = person.list(&server.address).await;
    let (lives, address) = watch::channel(server.address.clone());
    let caller = Caller { person: person.clone(), address, answered: Arc::default(), resent: Arc::default() };
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|name| tokio::spawn(Writer::new(caller.clone(), name, &shared, &shop, seed).work(Arc::clone(&stop))))
        .collect();
    let batches: Vec<_> = (0..BATCH_WRITERS)
        .map(|name| tokio::spawn(add_batches(caller.clone(), name, shop.clone(), Arc::clone(&stop))))
        .collect();
    let rounds = rounds_or(ROUNDS);
    let server = kill_and_start(rounds, server, &data, &lives, &caller.answered, seed).await;
    stop.store(true, Ordering::Relaxed);
    let (mut lists, mut deleted, mut added) = (Vec::new(), Vec::new(), BTreeSet::new());
    for writer in writers {
        let mut writer = writer.await.unwrap();
        lists.append(&mut writer.lists);
        deleted.append(&mut writer.deleted);
        let before = added.len();
        added.extend(writer.added.iter().cloned());
        assert_eq!(added.len(), before + writer.added.len(), "one item answered two calls");
    }
    for batch in batches {
        lists.append(&mut batch.await.unwrap());
    }
    println!(
        "{} lists, {} deleted, {} items, {} in the list of all",
        lists.len(),
        deleted.len(),
        lists.iter().map(|list| list.items.len()).sum::<usize>(),
        added.len()
    );
    let (answered, resent) = (caller.answered.load(Ordering::Relaxed), caller.resent.load(Ordering::Relaxed));
    assert!(resent > rounds / 4, "the kills met no calls");
    settle(&person, &server.address, lists.iter().map(|list| &list.id).chain([&shared])).await;
    for list in &lists {
        compare(&person, &server.address, list).await;
    }
    let in_shared = person.items(&server.address, &shared).await;
    assert_eq!(in_shared.len(), added.len());
    assert_eq!(in_shared.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), added);
    let listed = person.walk(&server.address, "/wishlists?limit=100").await;
    let listed: BTreeSet<_> = listed.iter().map(|list| list["id"].as_str().unwrap()).collect();
    let expected: BTreeSet<_> = lists.iter().map(|list| &*list.id).chain([&*shared]).collect();
    assert_eq!(listed, expected);
    for list in &deleted {
        let (status, answer) =
            person.send(Method::GET, &server.address, &format!("/wishlists/{list}"), None).await.unwrap();
        assert_eq!(status, 404, "{answer}");
    }
    let exported = person.export(&server.address).await;
    assert!(server.terminate().0.success());
    check(&data);
    restores_to(&data, &place.path().join("backup.db"), &place.path().join("restored"), &person, &exported).await;
    println!("proof: {}", json!({"rounds": rounds, "answered": answered, "resent": resent}));
}

/// How many lives end: as many as the command that proves it says, or these.
#[expect(clippy::disallowed_methods, reason = "`cargo xtask prove` tells its tests so")]
pub(crate) fn rounds_or(these: usize) -> usize {
    std::env::var("WISHLIST_TEST_ROUNDS").map_or(these, |rounds| rounds.parse().expect("a number of rounds"))
}

/// The seed of this run: another one every time, and printed, so that a failure can be looked into.
pub(crate) fn seed() -> u64 {
    let seed = SystemRandom.below(u64::MAX);
    println!("the seed is {seed}");
    seed
}

/// Ends life after life at a random moment, tells the writers of each new one, and answers the last.
pub(crate) async fn kill_and_start(
    rounds: usize,
    mut server: Running,
    data: &Path,
    lives: &watch::Sender<String>,
    answered: &AtomicUsize,
    seed: u64,
) -> Running {
    let (random, started) = (SeededRandom::new(seed), Instant::now());
    for round in 1..=rounds {
        let (born, enough) = (Instant::now(), answered.load(Ordering::Relaxed) as u64 + random.below(ANSWERS));
        while (answered.load(Ordering::Relaxed) as u64) < enough && born.elapsed() < LIFE {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(random.below(LAST_MILLIS))).await;
        server.kill();
        if round % LOOKED_AT == 0 {
            check(data);
        }
        server = living(data);
        lives.send_replace(server.address.clone());
    }
    println!("{rounds} rounds in {:?}", started.elapsed());
    server
}

/// Adds lists of 60 to 100 items in one call each: of several commits, so that kills cut them in two.
async fn add_batches(caller: Caller, name: usize, shop: String, stop: Arc<AtomicBool>) -> Vec<KnownList> {
    let mut lists = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let number = lists.len();
        let key = |what: &str| format!("batch-{name}-{number}-{what}");
        let body = json!({ "name": "Batch" });
        let (_, list, _) = caller.call(Method::POST, "/wishlists", Some(&body), Some(&key("list"))).await;
        let id = list["id"].as_str().unwrap().to_owned();
        let drafts: Vec<_> = (0..60 + number * 7 % 41)
            .map(|nth| match nth % 5 {
                0 => json!({ "url": format!("http://{shop}/{}", 1000 * (name + 1) + nth) }),
                _ => json!({ "title": format!("Item {nth}") }),
            })
            .collect();
        let (path, body) = (format!("/wishlists/{id}/items/batch"), json!({ "items": drafts }));
        let (status, answer, _) = caller.call(Method::POST, &path, Some(&body), Some(&key("items"))).await;
        assert_eq!(status, 200, "{answer}");
        let items: Vec<Known> = answer["results"].as_array().unwrap().iter().map(|each| known(&each["item"])).collect();
        assert_eq!(items.len(), drafts.len());
        lists.push(KnownList { id, items });
    }
    lists
}

/// Waits until no item of the lists is pending.
async fn settle(person: &Person, address: &str, lists: impl Iterator<Item = &String>) {
    let started = Instant::now();
    for list in lists {
        let path = format!("/wishlists/{list}/items?state=all&status=pending&limit=1");
        while person.get(address, &path).await["items"] != json!([]) {
            assert!(started.elapsed() < SETTLED_WITHIN, "an item of {list} is still pending");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    println!("settled in {:?}", started.elapsed());
}

/// Holds what is there against what the writer knows: each item once, in its order, in its state, as typed or as visited.
async fn compare(person: &Person, address: &str, list: &KnownList) {
    for (item, known) in compare_typed(person, address, list).await.iter().zip(&list.items) {
        let page = known.url.as_ref().map(|url| url.rsplit('/').next().unwrap().parse().unwrap());
        let title = known.title.clone().unwrap_or_else(|| shop::title(page.unwrap()));
        let status = if page.is_some() { "ready" } else { "none" };
        assert_eq!((item["title"].as_str(), item["status"].as_str()), (Some(&*title), Some(status)), "{item}");
    }
}

/// The same, less what comes by visits. Answers the items.
pub(crate) async fn compare_typed(person: &Person, address: &str, list: &KnownList) -> Vec<Value> {
    let items = person.walk(address, &format!("/wishlists/{}/items?state=all&limit=100", list.id)).await;
    let ids: Vec<_> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    let expected: Vec<_> = list.items.iter().map(|item| &*item.id).collect();
    assert_eq!(ids, expected, "the items of {}", list.id);
    for (item, known) in items.iter().zip(&list.items) {
        assert_eq!((item["state"].as_str(), item["url"].as_str()), (Some(known.state), known.url.as_deref()), "{item}");
        let typed = known.title.as_deref();
        assert!(typed.is_none() || item["title"].as_str() == typed, "{item}");
    }
    let active = list.items.iter().filter(|item| item.state == "active").count();
    let found = person.get(address, &format!("/wishlists/{}", list.id)).await;
    assert_eq!(found["itemCount"], active, "{found}");
    items
}

/// Looks at a directory that no server has open: nothing is wrong, and there is nothing that nobody looked at.
pub(crate) fn check(directory: &Path) -> Value {
    let output = program().args(["check", "--json", "--data-dir"]).arg(directory).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told} {}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&report["unknown"], &report["unchecked"]), (&json!({}), &json!(0)), "{report}");
    report
}

/// Copies, puts back elsewhere, and exports there what was exported here.
async fn restores_to(data: &Path, file: &Path, other: &Path, person: &Person, exported: &[Value]) {
    for (verb, directory) in [("backup", data), ("restore", other)] {
        let output = program().args([verb, "--data-dir"]).arg(directory).arg(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let restored = living(other);
    let again = person.export(&restored.address).await;
    assert_eq!(again.len(), exported.len());
    for (again, exported) in again.iter().zip(exported) {
        assert_eq!(again, exported);
    }
}
