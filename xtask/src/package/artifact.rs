//! A file that is deployed, and the most that it may be.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// A file that was made and is not too large.
#[derive(Debug)]
pub(crate) struct Artifact {
    pub(crate) file: PathBuf,
    /// What a start has to read.
    pub(crate) bytes: u64,
    most: u64,
}

impl Artifact {
    /// Weighs a file.
    ///
    /// # Errors
    /// As [`Self::of`], and where there is no such file.
    pub(super) fn weigh(file: PathBuf, most: u64) -> Result<Self> {
        let bytes = fs::metadata(&file).with_context(|| format!("`{}` was not made", file.display()))?.len();
        Self::of(file, bytes, most)
    }

    /// A file that is so many bytes when it is unpacked.
    ///
    /// # Errors
    /// Where these are more than `most`: every start of a function pays for its size.
    pub(super) fn of(file: PathBuf, bytes: u64, most: u64) -> Result<Self> {
        let artifact = Self { file, bytes, most };
        if bytes > most {
            bail!("{artifact}: too large; `cargo bloat --profile dist` shows what grew");
        }
        Ok(artifact)
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, most) = (megabytes(self.bytes), megabytes(self.most));
        write!(f, "{}  {bytes} MB of at most {most} MB", self.file.display())
    }
}

/// With one decimal, rounded up, so that what is shown is never less than what counts.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_an_error_that_names_it_with_both_sizes() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("bootstrap.zip");
        fs::write(&file, vec![0; 250_001]).unwrap();
        let told = Artifact::weigh(file.clone(), 250_000).unwrap_err().to_string();
        assert!(told.contains("bootstrap.zip  0.3 MB of at most 0.3 MB: too large"), "{told}");
        let kept = Artifact::weigh(file, 8_000_000).unwrap().to_string();
        assert!(kept.ends_with("bootstrap.zip  0.3 MB of at most 8.0 MB"), "{kept}");
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let told = Artifact::weigh(PathBuf::from("nowhere"), 1).unwrap_err().to_string();
        assert_eq!(told, "`nowhere` was not made");
    }
}
