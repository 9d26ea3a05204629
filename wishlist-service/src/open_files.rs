//! The files that the process may have open, of which every connection is one.

use std::io;

/// What is open beside connections and visits: the table's files and threads, the runtime, logs, whoever looks at metrics. Some twenty
/// are measured.
const OWN: u64 = 64;

/// What a visit has open: its connection, and a question for a name.
const OF_A_VISIT: u64 = 2;

/// Raises the limit as far as this process may, and answers it.
///
/// Programs are started with 1,024 for the sake of those that call select(2), which knows no larger number; nothing here does
/// (<https://0pointer.net/blog/file-descriptor-limits.html>).
///
/// # Errors
/// Where the system does not tell the limit, or refuses another one.
pub(crate) fn allowed() -> io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}

/// How many connections can be taken of those that were asked for, so that what is done for them can open its files too. Where there are
/// hardly any files it is half of them.
pub(crate) fn connections(asked: u16, visits_at_once: usize, files: u64) -> usize {
    let others = OWN + OF_A_VISIT * visits_at_once as u64;
    let most = files.saturating_sub(others).max(files / 2).max(1);
    usize::from(asked).min(usize::try_from(most).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_what_may_be_and_stays_so() {
        let files = allowed().unwrap();
        assert_eq!(rlimit::Resource::NOFILE.get_soft().unwrap(), files);
        assert_eq!(allowed().unwrap(), files);
    }

    #[test]
    fn connections_leave_files_for_everything_else() {
        for (asked, visits, files, expected) in [
            (1024, 8, 65_536, 1024),
            (1024, 8, 1024, 944),
            (1024, 100, 1024, 760),
            (100, 8, 1024, 100),
            (1024, 8, 64, 32),
            (1024, 8, 0, 1),
            (u16::MAX, 8, u64::MAX, 65_535),
        ] {
            assert_eq!(connections(asked, visits, files), expected, "{asked} {visits} {files}");
        }
    }
}
