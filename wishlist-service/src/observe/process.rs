//! What the system knows of this process, under the names that Prometheus' own clients give it.

/// Brings the figures up to date. One that the system does not tell keeps its last value.
#[cfg(target_os = "linux")]
pub(super) fn refresh() {
    use metrics::gauge;
    use procfs::WithCurrentSystemInfo;
    use procfs::process::{LimitValue, Process};

    use super::sampled::to_float;

    let Ok(process) = Process::myself() else { return };
    if let Ok(stat) = process.stat() {
        let per_second = to_float(procfs::ticks_per_second());
        gauge!("process_cpu_seconds_total").set(to_float(stat.utime + stat.stime) / per_second);
        gauge!("process_resident_memory_bytes").set(to_float(stat.rss_bytes().get()));
        if let Ok(booted) = procfs::boot_time_secs() {
            gauge!("process_start_time_seconds").set(to_float(booted) + to_float(stat.starttime) / per_second);
        }
    }
    if let Ok(open) = process.fd_count() {
        gauge!("process_open_fds").set(to_float(open as u64));
    }
    if let Ok(LimitValue::Value(most)) = process.limits().map(|limits| limits.max_open_files.soft_limit) {
        gauge!("process_max_fds").set(to_float(most));
    }
}

/// Other systems are not asked: servers run on Linux.
#[cfg(not(target_os = "linux"))]
pub(super) fn refresh() {}
