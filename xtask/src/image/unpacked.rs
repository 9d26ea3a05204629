//! The image as files, and a script that starts it as AWS Lambda does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::cargo;
use crate::package::IMAGE;

/// All that is in it.
const FILES: [&str; 2] = ["etc/ssl/certs/ca-certificates.crt", "wishlist-service"];

/// An image that was unpacked.
#[derive(Debug)]
pub(super) struct Unpacked {
    files: PathBuf,
    /// As `uid:gid`.
    user: String,
}

impl Unpacked {
    /// Unpacks an OCI archive into the directory.
    ///
    /// # Errors
    /// Where the image has other files than it should, or is started otherwise.
    pub(super) fn of(archive: &Path, directory: &Path) -> Result<Self> {
        let (layout, bundle) = (directory.join("layout"), directory.join("bundle"));
        fs::create_dir_all(&layout)?;
        let text = |path: &Path| path.to_str().map(str::to_owned).context("the target directory's name is not UTF-8");
        cargo::output_of("tar", &["--extract", "--file", &text(archive)?, "--directory", &text(&layout)?])?;
        let (image, place) = (format!("{}:{IMAGE}", text(&layout)?), text(&bundle)?);
        let rootless: &[&str] = if cargo::is_root() { &[] } else { &["--rootless"] };
        let arguments = [&["unpack"], rootless, &["--image", &image, &place]].concat();
        cargo::output_of("umoci", &arguments)?;
        let config: Value = serde_json::from_slice(&fs::read(bundle.join("config.json"))?)?;
        let files = bundle.join("rootfs");
        holds(&files)?;
        Ok(Self { files, user: user(&config["process"])? })
    }

    /// Writes a script that starts the image: its files cannot be written, its user may do nothing, and what would be the
    /// handler of a function is the argument, as it is of a function that is an image.
    pub(super) fn script(&self, directory: &Path) -> Result<PathBuf> {
        let (script, files, user) = (directory.join("start"), self.files.display(), &self.user);
        let (apart, enter) = if cargo::is_root() {
            ("--mount", format!("chroot --userspec={user} \"$0\" /wishlist-service"))
        } else {
            // Who has no privilege mounts in a user namespace of their own, and leaves it for one in which nothing is theirs.
            let (uid, gid) = user.split_once(':').context("a user is `uid:gid`")?;
            let map = format!("--user --map-user={uid} --map-group={gid}");
            ("--map-root-user --mount", format!("unshare {map} --root=\"$0\" --wd=/ /wishlist-service"))
        };
        let text = format!(
            "#!/bin/sh\nexport PATH=/usr/sbin:/usr/bin:/sbin:/bin\n\
             [ -z \"${{_HANDLER:-}}\" ] || set -- \"$_HANDLER\"\nunset _HANDLER\n\
             exec unshare {apart} sh -c 'mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && \
             exec {enter} \"$@\"' '{files}' \"$@\"\n"
        );
        fs::write(&script, text)?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        Ok(script)
    }
}

/// Whether the files of the image are those that it should have, and no others.
fn holds(root: &Path) -> Result<()> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(root)?.display().to_string());
            }
        }
    }
    found.sort();
    ensure!(found == FILES, "the image holds {found:?}, expected {FILES:?}");
    Ok(())
}

/// The user of the image, which has to start the role `api` as somebody who is not root.
fn user(process: &Value) -> Result<String> {
    ensure!(process["args"] == json!(["/wishlist-service", "api"]), "the image starts {}", process["args"]);
    match (process["user"]["uid"].as_u64(), process["user"]["gid"].as_u64()) {
        (Some(uid @ 1..), Some(gid @ 1..)) => Ok(format!("{uid}:{gid}")),
        _ => bail!("the image's user is {}, expected one without privileges", process["user"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_starts_its_api_as_nobody_in_particular() {
        let process =
            |uid: u64, role: &str| json!({ "args": ["/wishlist-service", role], "user": { "uid": uid, "gid": 7 } });
        assert_eq!(user(&process(65532, "api")).unwrap(), "65532:7");
        user(&process(0, "api")).unwrap_err();
        user(&process(65532, "serve")).unwrap_err();
    }

    #[test]
    fn what_is_in_an_image_beside_its_files_is_named() {
        let directory = tempfile::tempdir().unwrap();
        for file in FILES {
            let file = directory.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        holds(directory.path()).unwrap();
        fs::write(directory.path().join("etc/passwd"), "").unwrap();
        assert!(holds(directory.path()).unwrap_err().to_string().contains("etc/passwd"));
    }
}
