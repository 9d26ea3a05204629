//! SQLite's way to the files, through [`Machine`]s: the only unsafe code of these tests.
//!
//! The file system of the operating system opens the files, locks them and shares their memory. Of a file that it
//! opened within the directory of a machine the methods that write are replaced by ours, which ask the machine and pass
//! on what it lets through.

#![expect(unsafe_code, reason = "a file system of SQLite is a table of C functions")]

use std::collections::HashMap;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, LazyLock, Mutex, Once};

use rusqlite::ffi;

use crate::machine::{Directory, Machine, Verdict};

/// The operating system's file system.
static UNIX: AtomicPtr<ffi::sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

/// The methods that are put in the place of others, by the address of those: it has some for files that are locked, and
/// others.
static METHODS: LazyLock<Mutex<HashMap<usize, &'static ffi::sqlite3_io_methods>>> = LazyLock::new(Mutex::default);

/// The open files of machines, by the address of what SQLite knows of each.
static OPEN: LazyLock<Mutex<HashMap<usize, File>>> = LazyLock::new(Mutex::default);

/// An open file of a machine.
#[derive(Clone)]
struct File {
    machine: Arc<Machine>,
    name: Arc<str>,
    /// The methods that it had.
    theirs: &'static ffi::sqlite3_io_methods,
}

/// Has every file that is opened from now on go this way.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: SQLite answers its default file system, which lives as long as the process; the copy is leaked, so it
        // does too. It has the size and the data of the original, whose functions are called with it.
        unsafe {
            assert_eq!(ffi::sqlite3_initialize(), ffi::SQLITE_OK);
            let unix = ffi::sqlite3_vfs_find(ptr::null());
            let mut ours = *unix;
            ours.zName = c"power".as_ptr();
            ours.pNext = ptr::null_mut();
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            UNIX.store(unix, Ordering::Release);
            assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1), ffi::SQLITE_OK);
        }
    });
}

/// The machine of a path that SQLite names, and its name there.
///
/// # Safety
/// `path` is null or a string that ends in a zero.
unsafe fn placed(path: *const c_char) -> Option<(Arc<Machine>, Arc<str>)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: it is no null pointer, and the caller says the rest.
    let path = Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(path) }.to_bytes()));
    let machine = Machine::of(path.parent()?)?;
    Some((machine, path.file_name()?.to_str()?.into()))
}

fn opened(file: *mut ffi::sqlite3_file) -> File {
    OPEN.lock().unwrap().get(&file.addr()).expect("the file is open").clone()
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let unix = UNIX.load(Ordering::Acquire);
    // SAFETY: SQLite calls it with what the original function takes, and `file` has as much room as that asks for.
    let (placed, code) =
        unsafe { (placed(path), (*unix).xOpen.expect("it opens files")(unix, path, file, flags, out)) };
    let Some((machine, name)) = placed.filter(|_| code == ffi::SQLITE_OK) else { return code };
    // SAFETY: a file that was opened has its methods, which are constants.
    let theirs: &'static ffi::sqlite3_io_methods = unsafe { &*(*file).pMethods };
    machine.opens(&name);
    OPEN.lock().unwrap().insert(file.addr(), File { machine, name, theirs });
    let ours = *METHODS.lock().unwrap().entry(ptr::from_ref(theirs).addr()).or_insert_with(|| replaced(theirs));
    // SAFETY: `file` is SQLite's, and nobody else knows it yet.
    unsafe { (*file).pMethods = ours };
    code
}

/// The methods with ours for those that write. Without the third version's, which are about files in memory.
fn replaced(theirs: &ffi::sqlite3_io_methods) -> &'static ffi::sqlite3_io_methods {
    Box::leak(Box::new(ffi::sqlite3_io_methods {
        iVersion: 2,
        xClose: Some(close),
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        xShmLock: Some(lock_shared),
        ..*theirs
    }))
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let File { theirs, .. } = OPEN.lock().unwrap().remove(&file.addr()).expect("the file is open");
    // SAFETY: the call is SQLite's own.
    unsafe { theirs.xClose.expect("it closes files")(file) }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, bytes: *const c_void, length: c_int, at: i64) -> c_int {
    let File { machine, name, theirs } = opened(file);
    // SAFETY: SQLite writes `length` bytes from there.
    let data = unsafe { slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(length).unwrap()) };
    let (written, verdict) = machine.write(&name, usize::try_from(at).unwrap(), data);
    if written > 0 {
        // SAFETY: the call is SQLite's own, of no more bytes than it has.
        let code = unsafe { theirs.xWrite.expect("it writes")(file, bytes, c_int::try_from(written).unwrap(), at) };
        assert_eq!(code, ffi::SQLITE_OK, "the disk beneath takes what the machine took");
    }
    code_of(verdict, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    let File { machine, name, theirs } = opened(file);
    let verdict = machine.truncate(&name, usize::try_from(size).unwrap());
    if verdict == Verdict::Done {
        // SAFETY: the call is SQLite's own.
        return unsafe { theirs.xTruncate.expect("it truncates")(file, size) };
    }
    code_of(verdict, ffi::SQLITE_IOERR_TRUNCATE)
}

/// Not passed on: only what the machine says outlasts a loss.
unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let File { machine, name, .. } = opened(file);
    code_of(machine.sync(&name), ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn lock_shared(file: *mut ffi::sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    let (File { machine, theirs, .. }, taken) = (opened(file), ffi::SQLITE_SHM_LOCK | ffi::SQLITE_SHM_EXCLUSIVE);
    if flags & taken == taken && machine.is_held() {
        return ffi::SQLITE_BUSY;
    }
    // SAFETY: the call is SQLite's own.
    unsafe { theirs.xShmLock.expect("it locks")(file, offset, count, flags) }
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, sync: c_int) -> c_int {
    let unix = UNIX.load(Ordering::Acquire);
    let directory = if sync == 0 { Directory::AsItIs } else { Directory::Synced };
    // SAFETY: SQLite names the file.
    let verdict = unsafe { placed(path) }.map_or(Verdict::Done, |(machine, name)| machine.delete(&name, directory));
    if verdict == Verdict::Done {
        // SAFETY: the call is SQLite's own.
        return unsafe { (*unix).xDelete.expect("it deletes files")(unix, path, sync) };
    }
    code_of(verdict, ffi::SQLITE_IOERR_DELETE)
}

fn code_of(verdict: Verdict, fails: c_int) -> c_int {
    match verdict {
        Verdict::Done => ffi::SQLITE_OK,
        Verdict::Fails => fails,
        Verdict::Full => ffi::SQLITE_FULL,
    }
}
