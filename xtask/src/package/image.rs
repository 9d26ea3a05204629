//! The image, built from `wishlist-service/Dockerfile` with the binary that is there already in place of its first stage.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::artifact::Artifact;
use crate::cargo;

/// The most that it may be, unpacked.
const MOST: u64 = 20_000_000;

/// The name of the image.
pub(crate) const IMAGE: &str = "smart-wishlist";

const DOCKERFILE: &str = "wishlist-service/Dockerfile";

/// An image with the binary where the first stage of the Dockerfile puts it.
const BINARY: &str = "localhost/smart-wishlist-binary";

const BINARY_DOCKERFILE: &str = "FROM scratch\nCOPY . /\n";

/// Where systems keep the roots that they trust: Debian and Alpine, Fedora, SUSE.
const ROOTS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

/// What builds images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builder {
    /// Needs its daemon.
    Docker,
    /// Needs no daemon and, with `chroot`, no privilege that a container lacks.
    Buildah,
}

impl Builder {
    /// One that works here.
    pub(super) fn present() -> Option<Self> {
        let works = |(_, program, question): &(Self, &str, &str)| cargo::succeeds(program, &[question]);
        let known = [(Self::Docker, "docker", "info"), (Self::Buildah, "buildah", "--version")];
        known.iter().find(|known| works(known)).map(|(builder, ..)| *builder)
    }

    /// Builds the image and writes it into the directory as an archive. What counts is its size unpacked, which is that of
    /// the files that its last stage copies. What building leaves elsewhere is removed.
    pub(crate) fn build(self, program: &Path, directory: &Path) -> Result<Artifact> {
        let context = directory.join("binary");
        let bytes = lay_out(program, &context)?;
        let file = directory.join("image.tar");
        if file.exists() {
            fs::remove_file(&file)?;
        }
        let archive = path(&file)?;
        match self {
            Self::Docker => docker(path(&context)?, archive),
            Self::Buildah => buildah(path(&context)?, archive, directory),
        }?;
        fs::remove_dir_all(context)?;
        Artifact::of(file, bytes, MOST)
    }
}

/// Puts what the first stage of the Dockerfile makes at the same places, and answers how many bytes it is.
fn lay_out(program: &Path, context: &Path) -> Result<u64> {
    let mut bytes = 0;
    let roots = ROOTS.iter().find(|file| Path::new(file).exists());
    let roots = roots.context(
        "this machine has no CA roots to copy; install them, on Debian by `apt-get install ca-certificates`",
    )?;
    for (from, to) in [(program, "out/wishlist-service"), (Path::new(roots), "etc/ssl/certs/ca-certificates.crt")] {
        let to = context.join(to);
        fs::create_dir_all(to.parent().context("a place has a folder")?)?;
        bytes += fs::copy(from, to).with_context(|| format!("`{}` cannot be copied", from.display()))?;
    }
    Ok(bytes)
}

fn docker(context: &str, archive: &str) -> Result<()> {
    fs::write(Path::new(context).join("Dockerfile"), BINARY_DOCKERFILE)?;
    call("docker", &["build", "--quiet", "--tag", BINARY, context])?;
    let builder = format!("BUILDER={BINARY}");
    // AWS Lambda refuses the index of images that attestations make of one.
    let single = ["--provenance=false", "--sbom=false"];
    let build = ["build", "--quiet", "--tag", IMAGE, "--build-arg", &builder, "--file", DOCKERFILE];
    call("docker", &[&build[..], &single, &["."]].concat())?;
    call("docker", &["save", "--output", archive, IMAGE])
}

fn buildah(context: &str, archive: &str, directory: &Path) -> Result<()> {
    // Of its own, so that it can be removed whole. `vfs` works on every file system.
    let storage = directory.join("storage");
    let (root, run) = (storage.join("root"), storage.join("run"));
    let own = ["--root", path(&root)?, "--runroot", path(&run)?, "--storage-driver", "vfs"];
    let build = ["build", "--quiet", "--isolation", "chroot"];
    let dockerfile = directory.join("binary.Dockerfile");
    fs::write(&dockerfile, BINARY_DOCKERFILE)?;
    let builder = format!("BUILDER={BINARY}");
    let image = format!("localhost/{IMAGE}");
    call("buildah", &[&own, &build[..], &["--tag", BINARY, "--file", path(&dockerfile)?, context]].concat())?;
    let choice = ["--tag", &image, "--build-arg", &builder, "--file", DOCKERFILE, "."];
    call("buildah", &[&own, &build[..], &choice].concat())?;
    let place = format!("oci-archive:{archive}:{IMAGE}");
    call("buildah", &[&own[..], &["push", "--quiet", &image, &place]].concat())?;
    fs::remove_file(dockerfile)?;
    fs::remove_dir_all(storage).context("the storage of `buildah` cannot be removed")
}

fn call(program: &str, arguments: &[&str]) -> Result<()> {
    println!("$ {program} {}", arguments.join(" "));
    let status = cargo::command(program).args(arguments).stderr(std::io::stdout()).status();
    let status = status.with_context(|| format!("`{program}` does not start"))?;
    if !status.success() {
        bail!("`{program} {}` failed ({status})", arguments.join(" "));
    }
    Ok(())
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("the target directory's name is not UTF-8")
}
