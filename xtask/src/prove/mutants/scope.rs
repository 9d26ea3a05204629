//! What is changed, and how.

/// Files of a package whose conditions guard what is promised.
pub(super) struct Scope {
    pub(super) package: &'static str,
    /// As globs, from the root.
    pub(super) files: &'static [&'static str],
}

/// The table, the visits and the sign-in. The guard of addresses has tables of its own: `cargo xtask prove address`.
pub(super) const SCOPES: &[Scope] = &[
    Scope {
        package: "wishlist-core",
        files: &["wishlist-core/src/table/*.rs", "wishlist-core/src/table/{cost,embedded}/*.rs"],
    },
    Scope { package: "wishlist-scraper", files: &["wishlist-scraper/src/*.rs"] },
    Scope { package: "wishlist-identity", files: &["wishlist-identity/src/**/*.rs"] },
];

/// What is no part of it: lists of promises, which are tests themselves, and what only the features for AWS compile, whose tests need the
/// emulators of the leg `aws` and are too slow to be run for every change.
pub(super) const LEFT_OUT: &[&str] = &["**/conformance.rs", "**/cognito/**", "**/dynamodb/**"];

/// Those of the changes that `cargo mutants` makes that take a condition or a check away: an answer of yes or no that is always the same, a
/// comparison or a junction that is another one, a negation that is gone, a guard or an arm of a match that is gone, and a check that
/// always passes.
pub(super) const CHANGES: &[&str] = &[
    r"-> bool with (true|false)",
    r"replace (==|!=|<|<=|>|>=|&&|\|\|) with",
    r"delete !",
    r"delete match arm",
    r"replace match guard",
    r"-> (\w+::)*Result<bool.*> with Ok\((true|false)\)",
    r"-> (\w+::)*Result<\(\).*> with Ok\(\(\)\)",
];

/// What `cargo mutants` 27.1 makes besides, past its own filters: a field that stays what it was is no condition.
pub(super) const NO_CONDITION: &str = ": delete field ";

/// The package of a file.
pub(super) fn package_of(file: &str) -> Option<&str> {
    let (directory, _) = file.split_once("/src/")?;
    // The two packages of bindings are named otherwise than their directories, and are generated.
    (!directory.contains('/')).then_some(directory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo;

    #[test]
    fn a_file_is_of_the_package_that_has_its_directory() {
        assert_eq!(package_of("wishlist-core/src/table/keys.rs"), Some("wishlist-core"));
        for file in ["Cargo.toml", "bindings/node/src/lib.rs", "wishlist-core/tests/a.rs"] {
            assert_eq!(package_of(file), None, "{file}");
        }
    }

    #[test]
    fn every_scope_is_of_a_package_that_is_there() {
        for Scope { package, files } in SCOPES {
            assert!(cargo::root().join(package).join("Cargo.toml").is_file(), "{package}");
            assert!(files.iter().all(|file| package_of(file) == Some(package)), "{files:?}");
        }
    }
}
