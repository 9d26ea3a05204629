//! A disk that takes no writes: from the start, or from one moment to the other.

use reqwest::StatusCode;

use super::place::Place;
use super::wisher::Wisher;
use crate::killing::check;
use crate::running::{Running, serve};

#[tokio::test]
async fn a_directory_that_takes_no_writes_is_named_at_the_start() {
    let place = Place::small(8 << 20);
    let server = Running::start(&place.data());
    let wisher = Wisher::sign_up(&server.address).await;
    assert!(server.terminate().0.success());
    place.forbid_writes();
    for data in [place.data(), place.path().join("new")] {
        let output = serve(&data).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{message}");
        for named in
            [&*data.display().to_string(), "cannot be written", "choose another data directory or mend its rights"]
        {
            assert!(message.contains(named), "{named} in {message}");
        }
    }
    drop(wisher);
    println!(r#"proof: {{"cases": 2}}"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_disk_takes_no_writes_any_more_reads_go_on_and_what_was_acknowledged_is_there_once_it_is_mended() {
    let place = Place::frail();
    let server = Running::start(&place.data());
    let address = &*server.address;
    let mut wisher = Wisher::sign_up(address).await;
    for _ in 0..20 {
        assert_eq!(wisher.add(address, None, 100).await, Some(StatusCode::CREATED));
    }
    place.break_down();
    for _ in 0..20 {
        assert_eq!(wisher.add(address, None, 100).await, Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    wisher.compare(address).await;
    let (status, logs) = server.terminate();
    assert!(status.success() && logs.contains("could not be read or written; check the disk"), "{logs}");
    place.mend();
    let again = Running::start(&place.data());
    wisher.compare(&again.address).await;
    assert_eq!(wisher.add(&again.address, None, 100).await, Some(StatusCode::CREATED));
    assert!(again.terminate().0.success());
    check(&place.data());
    println!(r#"proof: {{"cases": 21, "done": {}}}"#, wisher.kept.len());
}
