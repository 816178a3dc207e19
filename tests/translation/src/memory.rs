//! What a program holds in memory.

/// Resident anonymous and shared memory of the process `id`, in KiB: what it holds of its own,
/// without the pages of files.
pub fn own_kib(id: u32) -> u64 {
    let path = format!("/proc/{id}/status");
    let status = std::fs::read_to_string(path).expect("the process is there");
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let size = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        size.expect("its size")
    };
    field("RssAnon:") + field("RssShmem:")
}
