//! Backup, restore and check, as an operator has them.

use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::person::Person;
use crate::running::{Running, program};

fn run(arguments: &[&str], paths: &[&Path]) -> Output {
    program().args(arguments).args(paths).output().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn backup(directory: &Path, file: &Path) -> Output {
    run(&["backup", "--data-dir"], &[directory, file])
}

fn restore(directory: &Path, file: &Path) -> Output {
    run(&["restore", "--data-dir"], &[directory, file])
}

fn check(directory: &Path) -> Output {
    run(&["check", "--data-dir"], &[directory])
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A directory with one person, a list and two items, which no server has open, and the list's id.
async fn filled(directory: &Path) -> String {
    let server = Running::start(directory);
    let person = Person::sign_up(&server.address).await;
    let list = person.list(&server.address).await;
    for item in [json!({ "title": "A walk" }), json!({ "url": "http://127.0.0.1:9/kettle" })] {
        person.post(&server.address, &format!("/wishlists/{list}/items"), &item).await;
    }
    assert!(server.terminate().0.success());
    list
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_servers_write_restores_to_what_was_acknowledged_before_it() {
    let place = tempfile::tempdir().unwrap();
    let (data, file, other) = (place.path().join("data"), place.path().join("backup.db"), place.path().join("other"));
    let server = Running::start(&data);
    let person = Person::sign_up(&server.address).await;
    let list = person.list(&server.address).await;
    let items = format!("/wishlists/{list}/items");
    for number in 0..20 {
        person.post(&server.address, &items, &json!({ "title": format!("Before {number}") })).await;
    }
    let (writer, address, path) = (person.clone(), server.address.clone(), items.clone());
    let writing = tokio::spawn(async move {
        for number in 0..60 {
            writer.post(&address, &path, &json!({ "title": format!("Meanwhile {number}") })).await;
        }
    });
    let (source, target) = (data.clone(), file.clone());
    let made = tokio::task::spawn_blocking(move || backup(&source, &target)).await.unwrap();
    writing.await.unwrap();
    assert!(made.status.success(), "{}", text(&made));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(check(&data).status.code(), Some(0));
    assert_eq!(person.items(&server.address, &list).await.len(), 80);
    let in_use = restore(&data, &file);
    assert!(!in_use.status.success() && text(&in_use).contains("stop every one of them first"), "{}", text(&in_use));

    let restored = restore(&other, &file);
    assert!(restored.status.success(), "{}", text(&restored));
    let checked = run(&["check", "--backup"], &[&file]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked));
    assert_eq!(names(place.path()), ["backup.db", "data", "other"]);
    assert_eq!(names(&other), ["wishlist.db", "wishlist.db-lock"]);
    let second = Running::start(&other);
    let kept = person.items(&second.address, &list).await.len();
    assert!((20..=80).contains(&kept), "{kept}");
    assert_eq!(person.get(&second.address, &format!("/wishlists/{list}")).await["itemCount"], kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_stays_until_it_is_told_to_go() {
    let place = tempfile::tempdir().unwrap();
    let (data, file) = (place.path().join("data"), place.path().join("backup.db"));
    filled(&data).await;
    assert!(backup(&data, &file).status.success());
    let before = std::fs::read(&file).unwrap();
    let again = backup(&data, &file);
    assert!(!again.status.success() && text(&again).contains("--force"), "{}", text(&again));
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(run(&["backup", "--force", "--data-dir"], &[&data, &file]).status.success());
    let refused = restore(&data, &file);
    assert!(!refused.status.success() && text(&refused).contains("--force"), "{}", text(&refused));
    assert!(run(&["restore", "--force", "--data-dir"], &[&data, &file]).status.success());
    let kept = names(&data).into_iter().find(|name| name.starts_with("wishlist.db.before-restore-")).unwrap();
    let old = run(&["check", "--backup"], &[&data.join(kept)]);
    assert_eq!(old.status.code(), Some(0), "{}", text(&old));
    assert_eq!(check(&data).status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_backup_is_named_and_nothing_is_changed() {
    let place = tempfile::tempdir().unwrap();
    let (data, good, fresh) = (place.path().join("data"), place.path().join("good.db"), place.path().join("fresh"));
    filled(&data).await;
    assert!(backup(&data, &good).status.success());
    let bytes = std::fs::read(&good).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let file = place.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let mut newer = bytes.clone();
    // `user_version`: the four bytes at offset 60 of an SQLite file (file format, section 1.3).
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    let mut torn = bytes.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 4096].fill(0x5a);
    let foreign = place.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE diary (day TEXT)").unwrap();
    let rows: [(PathBuf, &str); 8] = [
        (
            write("notes.txt", "dear diary, this is no database at all; ".repeat(100).as_bytes()),
            "is not a Smart Wishlist database",
        ),
        (write("empty.db", b""), "is not a Smart Wishlist database"),
        (foreign, "is not a Smart Wishlist database"),
        (write("newer.db", &newer), "upgrade this program"),
        (write("cut.db", &bytes[..bytes.len() - 8192]), "is damaged or cut off"),
        (write("torn.db", &torn), "is damaged or cut off"),
        (place.path().join("missing.db"), "cannot be read"),
        (place.path().join("data"), "is not a regular file"),
    ];
    for (file, expected) in rows {
        let refused = restore(&fresh, &file);
        let told = text(&refused);
        assert!(!refused.status.success() && told.contains(expected), "{}: {told}", file.display());
        assert!(told.contains(&file.display().to_string()), "{told}");
        assert!(!fresh.join("wishlist.db").exists(), "{}", file.display());
        assert_ne!(run(&["check", "--backup"], &[&file]).status.code(), Some(0), "{}", file.display());
    }
    assert!(restore(&fresh, &good).status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_names_what_is_wrong_by_ids_and_says_so_by_its_exit_code() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let list = filled(&data).await;
    let clean = check(&data);
    assert_eq!(clean.status.code(), Some(0), "{}", text(&clean));
    assert!(text(&clean).contains(": clean; ") && text(&clean).contains(" 0 not checked"), "{}", text(&clean));
    let planted = "UPDATE records SET body = json_set(body, '$.ItemCount', 7) WHERE sk = 'WISHLIST';
        DELETE FROM records WHERE pk LIKE 'LOGIN#%'";
    rusqlite::Connection::open(data.join("wishlist.db")).unwrap().execute_batch(planted).unwrap();
    let found = check(&data);
    let told = text(&found);
    assert_eq!(found.status.code(), Some(1), "{told}");
    let counted = format!("wishlist WISHLIST#{list} WISHLIST: it counts another number of items than there are\n");
    assert!(told.contains(&counted) && told.contains("it does not lead to its user's login"), "{told}");
    for content in ["A walk", "kettle", "alice", "Birthday"] {
        assert!(!told.contains(content), "{told}");
    }
    let document: Value = serde_json::from_slice(&run(&["check", "--json", "--data-dir"], &[&data]).stdout).unwrap();
    let places: Vec<_> = document["violations"].as_array().unwrap().iter().map(|fault| &fault["pk"]).collect();
    assert_eq!((&document["found"], places[2]), (&json!(3), &json!(format!("WISHLIST#{list}"))));
    let nowhere = check(&place.path().join("nowhere"));
    assert_eq!(nowhere.status.code(), Some(2), "{}", text(&nowhere));
    assert!(!place.path().join("nowhere").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_drill_of_the_runbook_works_as_it_is_written() {
    let place = tempfile::tempdir().unwrap();
    filled(&place.path().join("data")).await;
    let runbook = include_str!("../../../docs/operations.md");
    let drill = runbook.split("<!-- drill:begin -->\n```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_wishlist-service")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut shell = Command::new("/bin/sh");
    let output = shell.args(["-eu", "-c", drill]).env("PATH", path).current_dir(place.path()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(text(&output).matches(": clean; ").count(), 2, "{}", text(&output));
}

#[test]
fn a_backup_that_is_asked_to_end_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let (data, target) = (place.path().join("data"), place.path().join("to"));
    std::fs::create_dir(&target).unwrap();
    assert!(Running::start(&data).terminate().0.success());
    // Large enough that the copy takes some hundred steps.
    let grow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO records (pk, sk, revision, write_id, body)
        SELECT 'GOSSIP#' || i, 'X', 1, '00000000-0000-0000-0000-000000000001', hex(randomblob(4000)) FROM n";
    rusqlite::Connection::open(data.join("wishlist.db")).unwrap().execute_batch(grow).unwrap();
    let mut command = program();
    command.args(["backup", "--data-dir"]).args([&data, &target.join("backup.db")]).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    while names(&target).is_empty() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success(), "the copy was quicker than the signal");
    assert!(text(&output).contains("nothing is left of it"), "{}", text(&output));
    assert!(names(&target).is_empty(), "{:?}", names(&target));
}

#[test]
fn a_backup_never_goes_onto_the_data_that_it_is_of() {
    let place = tempfile::tempdir().unwrap();
    let (data, linked) = (place.path().join("data"), place.path().join("linked"));
    assert!(Running::start(&data).terminate().0.success());
    std::os::unix::fs::symlink(&data, &linked).unwrap();
    let file = data.join("wishlist.db");
    let same = place.path().join("same.db");
    std::fs::hard_link(&file, &same).unwrap();
    // Held open, so that its log and that log's index are there.
    let open = rusqlite::Connection::open(&file).unwrap();
    open.execute_batch("BEGIN; SELECT count(*) FROM records").unwrap();
    let before = names(&data);
    assert!(before.contains(&"wishlist.db-wal".to_owned()), "{before:?}");
    let beside = |ending: &str| linked.join(format!("../data/wishlist.db{ending}"));
    let targets = [beside(""), beside("-wal"), beside("-shm"), beside("-journal"), beside("-lock"), same];
    let state = || before.iter().map(|name| std::fs::metadata(data.join(name)).unwrap().ino()).collect::<Vec<_>>();
    let inodes = state();
    for target in &targets {
        for arguments in [&["backup", "--data-dir"][..], &["backup", "--force", "--data-dir"]] {
            let refused = run(arguments, &[&data, target]);
            let told = text(&refused);
            assert!(!refused.status.success(), "{}: {told}", target.display());
            assert!(told.contains("belongs to the data directory") && told.contains("name a file"), "{told}");
            assert_eq!((names(&data), state()), (before.clone(), inodes.clone()), "{}", target.display());
        }
    }
}

#[test]
fn only_a_regular_file_is_ever_replaced() {
    let place = tempfile::tempdir().unwrap();
    let (data, pipe, folder) = (place.path().join("data"), place.path().join("pipe"), place.path().join("folder"));
    assert!(Running::start(&data).terminate().0.success());
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::fs::create_dir(&folder).unwrap();
    let (link, socket) = (place.path().join("link"), place.path().join("socket"));
    std::os::unix::fs::symlink(place.path().join("nowhere"), &link).unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for target in [&pipe, &folder, &link, &socket] {
        let kind = std::fs::symlink_metadata(target).unwrap().file_type();
        let refused = run(&["backup", "--force", "--data-dir"], &[&data, target]);
        assert!(text(&refused).contains("is not a regular file"), "{}: {}", target.display(), text(&refused));
        assert!(!refused.status.success());
        assert_eq!(std::fs::symlink_metadata(target).unwrap().file_type(), kind);
    }
    let (backed_up, other) = (place.path().join("backup.db"), place.path().join("other"));
    assert!(backup(&data, &backed_up).status.success());
    std::fs::create_dir(&other).unwrap();
    std::fs::rename(&pipe, other.join("wishlist.db")).unwrap();
    let refused = run(&["restore", "--force", "--data-dir"], &[&other, &backed_up]);
    assert!(!refused.status.success() && text(&refused).contains("is not a regular file"), "{}", text(&refused));
    assert!(std::fs::symlink_metadata(other.join("wishlist.db")).unwrap().file_type().is_fifo());
}

#[test]
fn what_is_foreign_in_a_file_is_told_and_not_restored() {
    let place = tempfile::tempdir().unwrap();
    let (data, fresh) = (place.path().join("data"), place.path().join("fresh"));
    assert!(Running::start(&data).terminate().0.success());
    let rows = [
        ("CREATE TRIGGER evil AFTER INSERT ON records BEGIN DELETE FROM records; END", "trigger `evil`"),
        ("CREATE VIEW spy AS SELECT body FROM records", "view `spy`"),
        ("CREATE TABLE diary (day TEXT)", "table `diary`"),
        ("CREATE INDEX more ON records (body)", "index `more`"),
        ("DROP INDEX records_due", "index `records_due`"),
    ];
    for (number, (planted, expected)) in rows.into_iter().enumerate() {
        let file = place.path().join(format!("backup-{number}.db"));
        assert!(backup(&data, &file).status.success());
        assert_eq!(run(&["check", "--backup"], &[&file]).status.code(), Some(0));
        rusqlite::Connection::open(&file).unwrap().execute_batch(planted).unwrap();
        let checked = run(&["check", "--backup"], &[&file]);
        assert_eq!(checked.status.code(), Some(1), "{}", text(&checked));
        assert!(text(&checked).contains(expected) && text(&checked).contains(": not clean; "), "{}", text(&checked));
        let refused = restore(&fresh, &file);
        assert!(!refused.status.success() && text(&refused).contains(expected), "{}", text(&refused));
        assert!(!fresh.exists());
    }
    rusqlite::Connection::open(data.join("wishlist.db")).unwrap().execute_batch(rows[0].0).unwrap();
    let live = run(&["check", "--json", "--data-dir"], &[&data]);
    let document: Value = serde_json::from_slice(&live.stdout).unwrap();
    assert_eq!((live.status.code(), document["foreign"].as_array().unwrap().len()), (Some(1), 1), "{document}");
}

#[test]
fn a_check_that_cannot_look_says_why_in_the_form_it_was_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (file, expected) in [
        (place.path().to_owned(), "is not a regular file"),
        (pipe, "is not a regular file"),
        (place.path().join("missing.db"), "cannot be read"),
    ] {
        let told = run(&["check", "--backup"], &[&file]);
        assert_eq!(told.status.code(), Some(2), "{}", text(&told));
        assert!(text(&told).contains(expected) && !text(&told).contains("data directory or"), "{}", text(&told));
        let asked = run(&["check", "--json", "--backup"], &[&file]);
        assert_eq!((asked.status.code(), &*asked.stderr), (Some(2), &b""[..]), "{}", text(&asked));
        let document: Value = serde_json::from_slice(&asked.stdout).unwrap();
        assert!(document["error"].as_str().unwrap().contains(expected), "{document}");
        assert_eq!(document["file"], json!(file));
    }
}
