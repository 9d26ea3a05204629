//! How the process gets its memory.

/// Blocks of at least this many bytes come from the system and go back to it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BLOCK: i32 = 1 << 20;

/// Keeps glibc from holding on to large blocks.
///
/// A password's hash takes 19 MiB for some milliseconds, a page up to 4. After the first such block glibc raises the size
/// from which it asks the system, and from then on each thread's arena keeps its largest: measured, 200 sign-ins left 469 MB
/// behind, and leave 13 with a fixed size.
///
/// With that size fixed glibc gives back what is free at the end of its heap from 128 KiB on, and asks for as little: a call
/// that reads a page of a list would get and give back the same memory each time. It keeps one large block's worth.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a call of libc without a safe face; it takes two numbers")]
pub(crate) fn give_back_large_blocks() {
    // SAFETY: `mallopt` takes no pointer and may be called at any time; here no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BLOCK);
        libc::mallopt(libc::M_TRIM_THRESHOLD, LARGE_BLOCK);
    }
}

/// Other allocators give large blocks back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back_large_blocks() {}
