//! Places for data that are as small, or as frail, as a test asks for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The disk that [`Place::frail`] is on.
const IMAGE_BYTES: u64 = 24 << 20;

/// A file system of its own, gone with the value.
pub(super) struct Place {
    mounted: PathBuf,
    /// What the file system is in, where it is in a file.
    image: PathBuf,
    _directory: TempDir,
}

impl Place {
    /// One that takes so many bytes and no more.
    pub(super) fn small(bytes: u64) -> Self {
        let place = Self::prepare();
        place.mount(&["-t", "tmpfs", "-o", &format!("size={bytes},mode=0777"), "tmpfs"]);
        place
    }

    /// One that [`break_down`](Self::break_down) makes read-only, whoever has files open.
    pub(super) fn frail() -> Self {
        let place = Self::prepare();
        fs::File::create(&place.image).unwrap().set_len(IMAGE_BYTES).unwrap();
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&place.image));
        place.mount_image();
        place
    }

    fn prepare() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mounted = directory.path().join("mounted");
        fs::create_dir(&mounted).unwrap();
        Self { image: directory.path().join("disk.img"), mounted, _directory: directory }
    }

    /// Where a server has its data.
    pub(super) fn data(&self) -> PathBuf {
        self.mounted.join("data")
    }

    pub(super) fn path(&self) -> &Path {
        &self.mounted
    }

    /// Has it be mounted so that nothing can be written. Nobody may have a file open for that.
    pub(super) fn forbid_writes(&self) {
        run(as_root("mount").args(["-o", "remount,ro"]).arg(&self.mounted));
    }

    /// Has the disk fail: ext4 takes no write from then on, as it is mounted.
    pub(super) fn break_down(&self) {
        let device = output(Command::new("findmnt").args(["-n", "-o", "SOURCE"]).arg(&self.mounted));
        let name = device.trim().trim_start_matches("/dev/");
        let trigger = format!("echo 1 > /sys/fs/ext4/{name}/trigger_fs_error");
        run(as_root("sh").args(["-c", &trigger]));
    }

    /// Has it looked through and mended, as after a start of the machine.
    pub(super) fn mend(&self) {
        run(as_root("umount").arg(&self.mounted));
        // 1 says that it has mended what it found.
        let status = Command::new("e2fsck").args(["-f", "-p"]).arg(&self.image).output().unwrap().status;
        assert!(matches!(status.code(), Some(0 | 1)), "e2fsck: {status}");
        self.mount_image();
    }

    fn mount_image(&self) {
        self.mount(&["-o", "loop,errors=remount-ro", self.image.to_str().unwrap()]);
        run(as_root("chmod").arg("0777").arg(&self.mounted));
    }

    fn mount(&self, arguments: &[&str]) {
        run(as_root("mount").args(arguments).arg(&self.mounted));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Also where a test failed and left a file open.
        let _ = as_root("umount").arg("--lazy").arg(&self.mounted).status();
    }
}

/// A command that only the administrator may give: as one, or as somebody who may be one without being asked.
fn as_root(program: &str) -> Command {
    if output(Command::new("id").arg("-u")).trim() == "0" {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "this test has a file system of its own, for which it has to be root or may have `sudo -n mount`: {command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    String::from_utf8(output.stdout).unwrap()
}
