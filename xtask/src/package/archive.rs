//! The zip of a function on AWS Lambda's `provided` runtime: the binary under the one name that the runtime starts.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::artifact::Artifact;

/// The most that it may be.
const MOST: u64 = 8_000_000;

/// The first level of zopfli's, which looks longer for what is shorter than zlib does: 1.5 % less, for a minute.
const ONE_ROUND: i64 = 10;

/// What the runtime starts.
const NAME: &str = "bootstrap";

/// Writes `bootstrap.zip` into the directory.
pub(crate) fn zip(program: &Path, directory: &Path) -> Result<Artifact> {
    let bytes = fs::read(program).with_context(|| format!("`{}` cannot be read", program.display()))?;
    let file = directory.join("bootstrap.zip");
    write(&bytes, File::create(&file)?)?;
    Artifact::weigh(file, MOST)
}

/// Unpacks it into the directory, and answers where its program is.
pub(crate) fn unzip(zip: &Artifact, directory: &Path) -> Result<PathBuf> {
    ZipArchive::new(File::open(&zip.file)?)?.extract(directory)?;
    Ok(directory.join(NAME))
}

/// The same binary makes the same bytes: a deployment is what it was as long as the program is.
fn write(program: &[u8], to: impl Write + Seek) -> Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(ONE_ROUND))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(to);
    zip.start_file(NAME, options)?;
    zip.write_all(program)?;
    zip.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    fn written(program: &[u8]) -> Vec<u8> {
        let mut zip = Cursor::new(Vec::new());
        write(program, &mut zip).unwrap();
        zip.into_inner()
    }

    #[test]
    fn it_holds_the_program_alone_as_one_that_may_be_run() {
        let mut zip = ZipArchive::new(Cursor::new(written(b"\x7fELF and so on"))).unwrap();
        assert_eq!(zip.len(), 1);
        let mut bootstrap = zip.by_name("bootstrap").unwrap();
        assert_eq!(bootstrap.unix_mode(), Some(0o100_755));
        let mut bytes = Vec::new();
        bootstrap.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"\x7fELF and so on");
    }

    #[test]
    fn the_same_program_makes_the_same_bytes_and_another_one_others() {
        assert_eq!(written(b"one"), written(b"one"));
        assert_ne!(written(b"one"), written(b"two"));
    }
}
