//! What `/proc` says about processes. A process id alone names nobody: ids are
//! used again, and with the start time they are unique until the next boot.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// One process, for as long as the machine runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) pid: u32,
    /// Clock ticks since boot: field 22 of `/proc/PID/stat` (proc(5)).
    pub(crate) start_time: u64,
    /// `/proc/sys/kernel/random/boot_id`: another boot, another process.
    pub(crate) boot: String,
}

impl Identity {
    /// Who has this process id now; `None` when nobody, or only a dead one that
    /// nobody has waited for.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let stat = Stat::read(pid)?;
        (!stat.dead()).then(|| Self { pid, start_time: stat.start_time, boot: boot_id() })
    }

    /// Whether exactly this process still runs.
    pub(crate) fn alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }
}

/// What this crate needs of `/proc/PID/stat`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stat {
    state: u8,
    pub(crate) parent: u32,
    /// The process group.
    pub(crate) group: u32,
    pub(crate) start_time: u64,
}

impl Stat {
    pub(crate) fn read(pid: u32) -> Option<Self> {
        Self::parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(stat: &[u8]) -> Option<Self> {
        // The second field is the program's name in parentheses and may itself
        // hold spaces and parentheses; what follows the last one is regular.
        let end = stat.iter().rposition(|byte| *byte == b')')?;
        let rest = std::str::from_utf8(stat.get(end + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        let parent = fields.next()?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        let start_time = fields.nth(16)?.parse().ok()?;
        Some(Self { state, parent, group, start_time })
    }

    /// A zombie or a process on its way there.
    pub(crate) fn dead(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }
}

/// This boot's name; empty where the kernel tells none.
pub(crate) fn boot_id() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim_end().to_owned()
}

/// All process ids of this moment.
pub(crate) fn pids() -> io::Result<Vec<u32>> {
    let mut pids = Vec::new();
    for entry in fs::read_dir("/proc")? {
        if let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
            pids.push(pid);
        }
    }
    Ok(pids)
}

/// The value of a variable in the environment with which a process was started;
/// `None` also when this user must not read it.
pub(crate) fn variable(pid: u32, name: &str) -> Option<String> {
    let environ = read_up_to(Path::new(&format!("/proc/{pid}/environ")), 1 << 20)?;
    environ.split(|byte| *byte == 0).find_map(|entry| {
        let value = entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        String::from_utf8(value.to_vec()).ok()
    })
}

fn read_up_to(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_a_name_with_parentheses() {
        let line = b"42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987 5 6";
        let stat = Stat::parse(line).unwrap();
        assert_eq!((stat.state, stat.parent, stat.start_time), (b'S', 7, 987));
    }

    #[test]
    fn this_process_is_alive_and_has_its_variables() {
        let me = Identity::of(std::process::id()).unwrap();
        assert!(me.alive());
        assert!(!Identity { start_time: me.start_time + 1, ..me }.alive());
        assert_eq!(variable(std::process::id(), "CARGO_PKG_NAME").unwrap(), "goodgo-supervisor");
        assert!(variable(std::process::id(), "CARGO_PKG_NAM").is_none());
    }
}
