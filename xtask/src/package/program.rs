//! The static binary, of which everything that is deployed is made.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::cargo;

/// What links the C library into the binary. It holds only where the target is named: without it, build scripts and derive
/// macros would be built static too, and the latter cannot be.
///
/// Relative relocations, 46,000 of them, are kept as a bit map: a megabyte less to carry, to read and to walk at each start.
/// Symbols are four megabytes; that the profile leaves them out, cargo forgets of a package with an optimization of its own.
const STATIC: (&str, &str) =
    ("RUSTFLAGS", "-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs -C strip=symbols");

/// Builds it by the profile `dist`, for the processor of this machine, and answers where it is.
///
/// # Errors
/// Where this machine is not Linux, and where the build fails.
pub(crate) fn build() -> Result<PathBuf> {
    let host = cargo::output_of("rustc", &["--print", "host-tuple"])?;
    let target = linux(host.trim())?;
    let choice = ["--package", "wishlist-service", "--features", "aws", "--target", target];
    cargo::run_with(&[&["build", "--locked", "--profile", "dist"], &choice[..]].concat(), &[STATIC])?;
    Ok(cargo::target()?.join(target).join("dist").join("wishlist-service"))
}

/// The target to build for, where it is one that functions and images run.
fn linux(host: &str) -> Result<&str> {
    if !host.ends_with("-linux-gnu") {
        bail!(
            "`{host}` builds no static binary for Linux; build the image instead, by \
             `docker build --file wishlist-service/Dockerfile .`, or name a binary with `--program`"
        );
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_linux_is_told_what_to_do_instead() {
        assert_eq!(linux("aarch64-unknown-linux-gnu").unwrap(), "aarch64-unknown-linux-gnu");
        let told = linux("aarch64-apple-darwin").unwrap_err().to_string();
        assert!(told.contains("`aarch64-apple-darwin`") && told.contains("wishlist-service/Dockerfile"), "{told}");
    }
}
