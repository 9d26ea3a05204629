//! What stands in the way of a start is named, with what to do, and left as it is.

use std::os::unix::ffi::OsStrExt;
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
    assert!(refused(command).contains("WISHLIST_LISTEN cannot be used"));
}

/// What a start that is refused says, with these variables.
fn refused_with(arguments: &[&str], variables: &[(&str, &[u8])]) -> String {
    let mut command = program();
    command.args(arguments);
    for (variable, value) in variables {
        command.env(variable, std::ffi::OsStr::from_bytes(value));
    }
    refused(command)
}

#[test]
fn every_variable_that_cannot_be_read_is_named_at_once_with_what_it_is_for() {
    let message = refused_with(
        &["serve"],
        &[
            ("WISHLIST_CONNECTIONS", b"canary"),
            ("WISHLIST_TABLE", b"canary"),
            ("WISHLIST_CORS_ORIGIN", b"https://\xff.example"),
            ("WISHLIST_SMTP_URL", b"smtps://me:canary\xff@host"),
        ],
    );
    for named in [
        "`serve` cannot start",
        "\n  WISHLIST_CONNECTIONS cannot be used, invalid digit found in string: Connections at a time",
        "\n  WISHLIST_TABLE is none of `embedded`, `dynamodb`: Where the records are kept",
        "\n  WISHLIST_CORS_ORIGIN is not UTF-8: The origin",
        "\n  WISHLIST_SMTP_URL is not UTF-8: The server",
    ] {
        assert!(message.contains(named), "{named} in {message}");
    }
    assert!(!message.contains("canary"), "{message}");
}

#[test]
fn a_flag_wins_over_its_variable_and_is_named_where_it_is_wrong() {
    let variable: (&str, &[u8]) = ("WISHLIST_CONNECTIONS", b"many");
    let message = refused_with(&["serve", "--connections", "few"], &[variable]);
    assert!(message.contains("--connections") && !message.contains("WISHLIST_CONNECTIONS"), "{message}");
    let message = refused_with(&["serve", "--connections", "5", "--listen", "0.0.0.0:0"], &[variable]);
    assert!(message.contains("`--confirm smtp`"), "{message}");
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = serve(directory.path());
    for variable in [
        "AWS_CA_BUNDLE",
        "AWS_REGION",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "WISHLIST_ALLOW_PRIVATE_ADDRESSES",
        "WISHLIST_CONFIRM",
        "WISHLIST_CONNECTIONS",
        "WISHLIST_CORS_ORIGIN",
        "WISHLIST_LOG_LEVEL",
        "WISHLIST_METRICS_LISTEN",
        "WISHLIST_PUBLIC_URL",
        "WISHLIST_TABLE",
        "WISHLIST_TRUSTED_PROXY",
    ] {
        command.env(variable, "");
    }
    assert!(Running::of(command).terminate().0.success());
}
