//! Directories that a leg makes anew or copies.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The same directory, with nothing in it.
pub(crate) fn emptied(directory: PathBuf) -> Result<PathBuf> {
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("`{}` cannot be emptied", directory.display()))?;
    }
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

/// Copies what is in a directory, where its own name is wanted, and all that is below it.
pub(crate) fn copy(from: &Path, to: &Path, is_wanted: &dyn Fn(&str) -> bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("`{}` cannot be read", from.display()))? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if !name.to_str().is_some_and(is_wanted) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name), &|_| true)?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_leaves_out_what_is_not_wanted_at_the_top() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        fs::create_dir_all(from.join("kept/src")).unwrap();
        fs::create_dir_all(from.join("src")).unwrap();
        fs::write(from.join("kept/src/a"), "a").unwrap();
        copy(&from, &to, &|name| name != "src").unwrap();
        assert_eq!(fs::read_to_string(to.join("kept/src/a")).unwrap(), "a");
        assert!(!to.join("src").exists());
        assert_eq!(fs::read_dir(emptied(to).unwrap()).unwrap().count(), 0);
    }
}
