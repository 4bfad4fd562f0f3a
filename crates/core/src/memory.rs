//! How much memory this process has held.

/// The most memory this process has held at once, in bytes; `None` where the system does not tell (all but Linux). Reads
/// a file of the system's: not for a thread that draws.
#[must_use]
pub fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    #[test]
    fn memory_in_use_is_counted() {
        const MIB: usize = 1 << 20;
        let held = std::hint::black_box(vec![1_u8; 64 * MIB]);
        let peak = super::peak_bytes().unwrap();
        assert!(peak >= held.len() as u64, "{peak}");
        assert!(peak < 64 << 30, "bytes, not another unit: {peak}");
    }
}
