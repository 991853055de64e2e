//! What the operating system says of this process.

use std::fs;

use metrics::{counter, gauge};

/// Clock ticks of a second in `/proc`, the same on every Linux.
const TICKS: f64 = 100.0;

/// Notes the share of one core that is used, and the seconds of use since the process began.
pub fn note_processor(share: f64, seconds: f64) {
    gauge!("process_cpu_usage").set(share * 100.0);
    counter!("process_cpu_seconds_total").absolute(seconds as u64);
}

/// Notes how much memory is resident.
pub fn note_memory() {
    if let Some(bytes) = resident_bytes() {
        gauge!("process_memory_bytes").set(bytes);
    }
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// User and system time of this process; nothing where there is no `/proc`.
pub fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the program's name in parentheses and may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}
