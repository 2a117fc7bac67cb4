//! Local TCP ports: which are free, and who holds the others.
//!
//! "Address already in use" helps nobody; the name of the program does.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::hash::Fnv;
use crate::{clock, procfs};

/// Who listens on a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Process id; `None` when this user must not see whose socket it is.
    pub pid: Option<u32>,
    /// The command line, as far as it may be seen.
    pub command: Option<String>,
    /// The user's name, or number when it has no name.
    pub user: String,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.command, self.pid) {
            (Some(command), Some(pid)) => {
                write!(f, "{command} (process {pid} of {})", self.user)
            }
            (_, Some(pid)) => write!(f, "process {pid} of {}", self.user),
            _ => write!(f, "a process of {}", self.user),
        }
    }
}

/// A listening socket of `/proc/net/tcp` or `tcp6` (proc_pid_net(5)).
struct Listener {
    port: u16,
    uid: u32,
    inode: u64,
}

/// Whether anybody listens on this port, on any local address.
#[must_use]
pub fn is_listening(port: u16) -> bool {
    listeners().iter().any(|listener| listener.port == port)
}

/// Who listens on this port, on any local address.
#[must_use]
pub fn owner(port: u16) -> Option<Owner> {
    let listeners = listeners();
    let mut all = listeners.iter().filter(|listener| listener.port == port);
    let first = all.next()?;
    let pid = holder(first.inode).or_else(|| all.find_map(|listener| holder(listener.inode)));
    let command = pid.and_then(command_line);
    Some(Owner { pid, command, user: user(first.uid) })
}

/// How often this process asked: within one millisecond the clock tells two calls not apart.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// A port of the loopback address on which nobody listens and which is not in
/// `taken`. It is below the range from which the kernel gives ports to outgoing
/// connections: one of those could not be taken from it after a restart.
///
/// # Errors
/// When all are in use, or the system has no sockets left.
pub fn free(taken: &BTreeSet<u16>) -> io::Result<u16> {
    let range = 20_000..first_ephemeral().clamp(20_001, 32_768);
    // Two environments that ask at the same time should not get the same.
    let seed = Fnv::new().write(&clock::now_ms().to_le_bytes());
    let seed = seed.write(&std::process::id().to_le_bytes());
    let seed = seed.write(&ASKED.fetch_add(1, Ordering::Relaxed).to_le_bytes()).value();
    let count = u64::from(range.end - range.start);
    for step in 0..count {
        let offset = (seed.wrapping_add(step) % count) as u16;
        let port = range.start + offset;
        if taken.contains(&port) {
            continue;
        }
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop) {
            Ok(()) if !is_listening(port) => return Ok(port),
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
    let why = format!("all ports from {} to {} are in use", range.start, range.end - 1);
    Err(io::Error::new(io::ErrorKind::AddrInUse, why))
}

fn first_ephemeral() -> u16 {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    range.split_ascii_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(32_768)
}

fn listeners() -> Vec<Listener> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    tables.iter().flatten().flat_map(|table| table.lines().filter_map(listener)).collect()
}

fn listener(line: &str) -> Option<Listener> {
    const LISTEN: &str = "0A";
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [_, local, _, state, _, _, _, uid, _, inode, ..] = fields[..] else { return None };
    if state != LISTEN {
        return None;
    }
    let port = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()?;
    Some(Listener { port, uid: uid.parse().ok()?, inode: inode.parse().ok()? })
}

/// The first process with this socket among its open files.
fn holder(inode: u64) -> Option<u32> {
    let socket = format!("socket:[{inode}]");
    procfs::pids().ok()?.into_iter().find(|pid| {
        let Ok(files) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
        files
            .flatten()
            .any(|file| fs::read_link(file.path()).is_ok_and(|link| link.as_os_str() == &*socket))
    })
}

fn command_line(pid: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let text = String::from_utf8_lossy(&bytes).replace('\0', " ");
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.chars().take(120).collect())
}

fn user(uid: u32) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("user {uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_owner_of_a_port() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let owner = owner(port).unwrap();
        assert_eq!(owner.pid, Some(std::process::id()));
        assert!(owner.command.is_some_and(|command| command.contains("goodgo_supervisor")));
        assert!(is_listening(port));
    }

    #[test]
    fn a_free_port_is_free_and_not_taken() {
        let first = free(&BTreeSet::new()).unwrap();
        let second = free(&BTreeSet::from([first])).unwrap();
        assert_ne!(first, second);
        assert!(owner(second).is_none());
        TcpListener::bind((Ipv4Addr::LOCALHOST, second)).unwrap();
    }
}
