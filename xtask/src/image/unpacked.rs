//! The image as files, and a script that starts it as AWS Lambda does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::cargo;
use crate::package::{Artifact, IMAGE};

/// All that is in it.
const FILES: [&str; 2] = ["etc/ssl/certs/ca-certificates.crt", "wishlist-service"];

/// What a program finds beside the files of its image, on AWS Lambda as in any container. A static program reads randomness
/// from there, as it has no way to look for the system's call of that name.
const DEVICES: [&str; 3] = ["null", "random", "urandom"];

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
    pub(super) fn of(image: &Artifact, directory: &Path) -> Result<Self> {
        let (layout, bundle) = (directory.join("layout"), directory.join("bundle"));
        fs::create_dir_all(&layout)?;
        let text = |path: &Path| path.to_str().map(str::to_owned).context("the target directory's name is not UTF-8");
        cargo::output_of("tar", &["--extract", "--file", &text(&image.file)?, "--directory", &text(&layout)?])?;
        let (tagged, place) = (format!("{}:{IMAGE}", text(&layout)?), text(&bundle)?);
        let rootless: &[&str] = if cargo::is_root() { &[] } else { &["--rootless"] };
        let arguments = [&["unpack"], rootless, &["--image", &tagged, &place]].concat();
        cargo::output_of("umoci", &arguments)?;
        let config: Value = serde_json::from_slice(&fs::read(bundle.join("config.json"))?)?;
        let files = bundle.join("rootfs");
        let bytes = holds(&files)?;
        ensure!(bytes == image.bytes, "the image is {bytes} bytes unpacked, expected {}", image.bytes);
        fs::create_dir(files.join("dev"))?;
        for device in DEVICES {
            fs::write(files.join("dev").join(device), "")?;
        }
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
        let devices = DEVICES.map(|device| format!(" && mount --bind /dev/{device} \"$0/dev/{device}\"")).concat();
        let text = format!(
            "#!/bin/sh\nexport PATH=/usr/sbin:/usr/bin:/sbin:/bin\n\
             [ -z \"${{_HANDLER:-}}\" ] || set -- \"$_HANDLER\"\nunset _HANDLER\n\
             exec unshare {apart} sh -c 'mount --bind \"$0\" \"$0\"{devices} && mount -o remount,bind,ro \"$0\" && \
             exec {enter} \"$@\"' '{files}' \"$@\"\n"
        );
        fs::write(&script, text)?;
        runnable(&script)?;
        Ok(script)
    }
}

#[cfg(unix)]
fn runnable(script: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    Ok(fs::set_permissions(script, fs::Permissions::from_mode(0o755))?)
}

/// The packages are made on Windows too, by this program.
#[cfg(not(unix))]
fn runnable(_: &Path) -> Result<()> {
    bail!("an image is run on Linux alone")
}

/// The bytes of the image's files, which have to be those that it should have and no others.
fn holds(root: &Path) -> Result<u64> {
    let (mut found, mut bytes) = (Vec::new(), 0);
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += entry.metadata()?.len();
                found.push(entry.path().strip_prefix(root)?.display().to_string());
            }
        }
    }
    found.sort();
    ensure!(found == FILES, "the image holds {found:?}, expected {FILES:?}");
    Ok(bytes)
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
            fs::write(file, "1234").unwrap();
        }
        assert_eq!(holds(directory.path()).unwrap(), 8);
        fs::write(directory.path().join("etc/passwd"), "").unwrap();
        assert!(holds(directory.path()).unwrap_err().to_string().contains("etc/passwd"));
    }
}
