//! Two servers on one file, one of which dies over and over while people write by both.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::killing::{check, compare_typed, kill_and_start, living, rounds_or, seed};
use crate::person::Person;
use crate::shop;
use crate::writer::{Caller, Writer};

/// Deaths where nobody says how many.
const ROUNDS: usize = 10;

/// Writers by each of the two.
const WRITERS: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_over_and_over_costs_its_neighbour_on_the_same_file_nothing() {
    let place = tempfile::tempdir().unwrap();
    let (data, seed, rounds) = (place.path().join("data"), seed(), rounds_or(ROUNDS));
    let shop = shop::open().await.to_string();
    let (steady, dying) = (living(&data), living(&data));
    let person = Person::sign_up(&steady.address).await;
    let shared = person.list(&steady.address).await;
    let (_, of_steady) = watch::channel(steady.address.clone());
    let (lives, of_dying) = watch::channel(dying.address.clone());
    let callers = [of_steady, of_dying].map(|address| Caller {
        person: person.clone(),
        address,
        answered: Arc::default(),
        resent: Arc::default(),
    });
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..2 * WRITERS)
        .map(|name| Writer::new(callers[name % 2].clone(), name, &shared, &shop, seed).work(Arc::clone(&stop)))
        .map(tokio::spawn)
        .collect();
    let dying = kill_and_start(rounds, dying, &data, &lives, &callers[1].answered, seed).await;
    stop.store(true, Ordering::Relaxed);
    let (mut lists, mut added) = (Vec::new(), 0);
    for writer in writers {
        let mut writer = writer.await.unwrap();
        lists.append(&mut writer.lists);
        added += writer.added.len();
    }
    let [by_steady, by_dying] = callers.map(|caller| caller.answered.load(Ordering::Relaxed));
    assert!(by_steady > rounds && by_dying > rounds, "{by_steady} and {by_dying}");
    for server in [&steady, &dying] {
        for list in &lists {
            // What pages say comes later, where a visit died with its server.
            compare_typed(&person, &server.address, list).await;
        }
        assert_eq!(person.items(&server.address, &shared).await.len(), added);
    }
    for server in [dying, steady] {
        let (status, logs) = server.terminate();
        assert!(status.success(), "{logs}");
    }
    check(&data);
    println!(r#"proof: {{"cases": {rounds}, "done": {}}}"#, by_steady + by_dying);
}
