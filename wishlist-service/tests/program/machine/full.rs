//! A disk without room.

use std::fs;
use std::path::Path;
use std::process::Command;

use reqwest::StatusCode;

use super::place::Place;
use super::wisher::Wisher;
use crate::killing::check;
use crate::running::{Running, limited, serve};

const DISK: u64 = 4 << 20;

/// What can be given away later.
const BALLAST: usize = 1 << 20;

/// The longest note.
const NOTE: usize = 1900;

/// Calls while there is no room.
const REFUSED: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_what_is_written_and_nothing_that_is_read_and_takes_more_once_there_is_room() {
    let place = Place::small(DISK);
    let ballast = place.path().join("ballast");
    fs::write(&ballast, vec![0; BALLAST]).unwrap();
    let server = Running::start(&place.data());
    let address = &*server.address;
    let mut wisher = Wisher::sign_up(address).await;
    let taken = wisher.add_until_refused(address, NOTE).await;
    assert!(taken > 10, "{taken}");
    let mut refused = 1;
    for _ in 0..REFUSED {
        refused += usize::from(wisher.add(address, None, NOTE).await == Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    assert!(refused > REFUSED / 2, "{refused}");
    wisher.compare(address).await;
    fs::remove_file(&ballast).unwrap();
    for _ in 0..REFUSED {
        assert_eq!(wisher.add(address, None, NOTE).await, Some(StatusCode::CREATED), "there is room again");
    }
    wisher.compare(address).await;
    // Full once more, to the last byte, and the server is killed so.
    fill(&ballast);
    wisher.add_until_refused(address, NOTE).await;
    server.kill();
    let again = Running::start(&place.data());
    wisher.compare(&again.address).await;
    fs::remove_file(&ballast).unwrap();
    assert_eq!(wisher.add(&again.address, None, NOTE).await, Some(StatusCode::CREATED));
    let (status, logs) = again.terminate();
    assert!(status.success(), "{logs}");
    check(&place.data());
    println!(r#"proof: {{"cases": {}, "done": {}}}"#, refused + 1, wisher.kept.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_names_the_full_disk_and_what_to_do() {
    let place = Place::small(DISK);
    let server = Running::start(&place.data());
    let mut wisher = Wisher::sign_up(&server.address).await;
    wisher.add_until_refused(&server.address, NOTE).await;
    let (_, logs) = server.terminate();
    let expected =
        format!("the disk that holds `{}` is full; free some space", place.data().join("wishlist.db").display());
    assert!(logs.contains(&expected), "{logs}");
    println!(r#"proof: {{"cases": 1}}"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_may_not_grow_are_as_a_full_disk_and_need_no_file_system_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    // In blocks of 512 bytes: two megabytes. The signal that comes with it would end the process.
    let limit = "trap '' XFSZ && ulimit -S -f 4096";
    let server = Running::of(limited(limit, &serve(directory.path())));
    let address = &*server.address;
    let mut wisher = Wisher::sign_up(address).await;
    let taken = wisher.add_until_refused(address, NOTE).await;
    wisher.compare(address).await;
    let unlimited = ["--pid", &server.id().to_string(), "--fsize=unlimited:unlimited"];
    assert!(Command::new("prlimit").args(unlimited).status().unwrap().success());
    for _ in 0..REFUSED {
        assert_eq!(wisher.add(address, None, NOTE).await, Some(StatusCode::CREATED), "there is room again");
    }
    assert_eq!(wisher.kept.len(), taken + REFUSED);
    wisher.compare(address).await;
    assert!(server.terminate().0.success());
    check(directory.path());
    println!(r#"proof: {{"cases": 1, "done": {}}}"#, wisher.kept.len());
}

/// Fills what is left with a file.
fn fill(path: &Path) {
    use std::io::Write;
    let mut file = fs::File::create(path).unwrap();
    while file.write(&[0; 512]).is_ok_and(|written| written > 0) {}
}
