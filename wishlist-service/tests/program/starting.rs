//! What stands in the way of a start is named, with what to do, and left as it is.

use std::path::Path;

use crate::running::{Running, program, serve};

fn refused(mut command: std::process::Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn an_address_in_use_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let first = Running::start(directory.path());
    let mut second = program();
    second.args(["serve", "--listen", &first.address, "--data-dir"]).arg(directory.path());
    let message = refused(second);
    assert!(message.contains(&format!("cannot listen on `{}`", first.address)), "{message}");
    assert!(message.contains("--listen"), "{message}");
}

#[test]
fn a_file_that_is_not_ours_is_named_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("wishlist.db");
    std::fs::write(&file, "not a database, and long enough to be looked at\n".repeat(20)).unwrap();
    let before = std::fs::read(&file).unwrap();
    let message = refused(serve(directory.path()));
    assert!(
        message.contains(&file.display().to_string()) && message.contains("is not a Smart Wishlist database"),
        "{message}"
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_place_that_is_no_directory_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let message = refused(serve(&file.join("data")));
    assert!(
        message.contains(&file.display().to_string()) && message.contains("choose another data directory"),
        "{message}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_takes_no_files_is_named() {
    // Nobody can make a directory there, not even who may write everywhere.
    let message = refused(serve(Path::new("/sys/kernel/wishlist-data")));
    assert!(message.contains("cannot be written") && message.contains("mend its rights"), "{message}");
}

#[test]
fn a_newer_schema_is_named() {
    let directory = tempfile::tempdir().unwrap();
    assert!(Running::start(directory.path()).terminate().0.success());
    newer_schema(&directory.path().join("wishlist.db"));
    let message = refused(serve(directory.path()));
    assert!(message.contains("newer version") && message.contains("upgrade this program"), "{message}");
}

/// Writes 99 into `user_version`: the four bytes at offset 60 of an SQLite file (file format, section 1.3).
fn newer_schema(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn a_wrong_flag_says_what_was_expected() {
    for (arguments, expected) in [
        (vec!["serve", "--listen", "nowhere"], "--listen"),
        (vec!["serve", "--visits-at-once", "0"], "1..=256"),
        (vec!["sereve"], "serve"),
        (vec!["serve", "--listen", "0.0.0.0:0"], "`--confirm smtp`"),
        (vec!["serve", "--listen", "0.0.0.0:0", "--confirm", "auto"], "listen on `127.0.0.1`"),
        (vec!["serve", "--confirm", "smtp"], "`--smtp-url` and `--mail-from`"),
        (vec!["extract", "/does/not/exist.html"], "cannot be read"),
    ] {
        let mut command = program();
        command.args(&arguments);
        let message = refused(command);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[test]
fn the_password_of_a_mail_server_is_not_repeated() {
    for (variable, value) in [("WISHLIST_SMTP_URL", "nonsense:canary"), ("WISHLIST_SMTP_URL", "smtps://me:canary@[")] {
        let mut command = program();
        command.args(["serve", "--confirm", "smtp", "--mail-from", "a@b.example"]).env(variable, value);
        let message = refused(command);
        assert!(message.contains("expected `--smtp-url`") && !message.contains("canary"), "{message}");
    }
}

#[test]
fn a_variable_sets_what_its_flag_sets() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("wishlist.db");
    std::fs::write(&file, "not a database, and long enough to be looked at\n".repeat(20)).unwrap();
    let mut command = program();
    command.arg("serve").env("WISHLIST_LISTEN", "127.0.0.1:0").env("WISHLIST_DATA_DIR", directory.path());
    let message = refused(command);
    assert!(message.contains(&file.display().to_string()), "{message}");
    let mut command = program();
    command.arg("serve").env("WISHLIST_LISTEN", "nowhere");
    assert!(refused(command).contains("nowhere"));
}
