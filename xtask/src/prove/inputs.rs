//! Whose cases are taken: the project's own tables, or files of others in the same form.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, ensure};

/// Where the cases come from.
#[derive(Debug)]
pub(super) enum Inputs {
    /// The tables beside the tests of each crate.
    Own,
    /// A directory of files.
    Directory(PathBuf),
}

impl Inputs {
    /// # Errors
    /// Where a directory is named and there is none.
    pub(super) fn of(named: Option<PathBuf>) -> Result<Self> {
        let Some(directory) = named else { return Ok(Self::Own) };
        ensure!(
            directory.is_dir(),
            "there is no directory `{}`; without `--cases` our own tables are used",
            directory.display()
        );
        Ok(Self::Directory(std::path::absolute(directory)?))
    }

    /// The file of that name, where the cases are not our own.
    ///
    /// # Errors
    /// Where the directory has no such file: a proof of fewer cases would look like one of all.
    pub(super) fn file(&self, name: &str) -> Result<Option<PathBuf>> {
        let Self::Directory(directory) = self else { return Ok(None) };
        let file = directory.join(name);
        ensure!(file.is_file(), "`{}` has no `{name}`", directory.display());
        Ok(Some(file))
    }
}

impl fmt::Display for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("the project's own tables"),
            // A table that is kept names no place of one machine.
            Self::Directory(directory) => {
                write!(
                    f,
                    "the files of others in `{}` (`--cases`), which are not part of this repository",
                    directory.file_name().unwrap_or_default().display()
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_and_absent_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("ssrf.json"), "[]").unwrap();
        let inputs = Inputs::of(Some(place.path().to_owned())).unwrap();
        assert!(inputs.file("ssrf.json").unwrap().is_some());
        assert!(inputs.file("jwt.json").unwrap_err().to_string().ends_with("has no `jwt.json`"));
        assert!(Inputs::of(Some(place.path().join("nowhere"))).is_err());
        assert!(Inputs::of(None).unwrap().file("ssrf.json").unwrap().is_none());
    }
}
