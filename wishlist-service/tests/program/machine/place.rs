//! Places for data that are as small, or as frail, as a test asks for.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

/// The disk that [`Place::frail`] is on.
const IMAGE_BYTES: u64 = 24 << 20;

/// Waits for the end of its input, which the end of a process is too, however it ends; then leaves nothing of a place.
/// Signals that a terminal sends to everybody are not for it.
const GUARD: &str = r#"trap '' INT TERM HUP; cat > /dev/null; $1 umount --lazy "$2/mounted"; rm -rf "$2""#;

/// A file system of its own, gone with the value, and with the process that has it though it be killed: a mount outlives both.
pub(super) struct Place {
    mounted: PathBuf,
    /// What the file system is in, where it is in a file.
    image: PathBuf,
    directory: PathBuf,
    guard: Child,
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
        let directory = tempfile::tempdir().unwrap().keep();
        let mounted = directory.join("mounted");
        fs::create_dir(&mounted).unwrap();
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard", &AS_ROOT.join(" ")])
            .arg(&directory)
            .stdin(Stdio::piped())
            // Who reads what the tests print waits until nobody has it open.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What a test runner kills is the group of the test.
            .process_group(0)
            .spawn()
            .unwrap();
        Self { image: directory.join("disk.img"), mounted, directory, guard }
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
        // Of the mount alone: within a user namespace the options of a file system cannot be given anew.
        run(as_root("mount").args(["-o", "remount,bind,ro"]).arg(&self.mounted));
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
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// How a command is begun that only the administrator may give: as one, or as somebody who may be one without being asked.
static AS_ROOT: LazyLock<&[&str]> =
    LazyLock::new(|| if output(Command::new("id").arg("-u")).trim() == "0" { &[] } else { &["sudo", "-n"] });

fn as_root(program: &str) -> Command {
    let words = [*AS_ROOT, &[program]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
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

#[test]
fn a_place_is_gone_with_the_process_that_had_it_whatever_that_was_sent() {
    let mut place = Place::small(1 << 20);
    let is_mounted =
        |place: &Place| fs::read_to_string("/proc/mounts").unwrap().contains(place.path().to_str().unwrap());
    let guard = place.guard.id().to_string();
    for signal in ["-INT", "-TERM", "-HUP"] {
        run(Command::new("kill").args([signal, &guard]));
    }
    fs::write(place.path().join("open"), "as it was left").unwrap();
    assert!(is_mounted(&place) && place.guard.try_wait().unwrap().is_none());
    // The end of a process closes what it had open, and does no more.
    drop(place.guard.stdin.take());
    place.guard.wait().unwrap();
    assert!(!is_mounted(&place) && !place.directory.exists());
    println!(r#"proof: {{"cases": 1}}"#);
}
