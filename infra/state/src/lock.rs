//! One writer at a time, and a dead one stops nobody.
//!
//! A lock is a lease: it names its owner, and it has a fencing number that goes up each time it
//! changes hands. A store refuses what is written under a lower number, so that an owner who
//! slept through the loss of its lease cannot write over its successor's state.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::error::Error;
use crate::store::Store;

/// How often a waiting command looks again.
const POLL: Duration = Duration::from_millis(100);

/// Who works on an environment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Owner {
    /// The user's name.
    pub user: String,
    /// The machine's name.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// When that process started, in clock ticks since the machine did: tells it from a later
    /// one that got the same number. 0 when unknown.
    pub started: u64,
    /// Which start of the machine that was; empty when unknown.
    pub boot: String,
    /// What it does, as in `deploy`.
    pub command: String,
}

impl Owner {
    /// This process.
    pub fn current(user: impl Into<String>, command: impl Into<String>) -> Self {
        let pid = std::process::id();
        Self {
            user: user.into(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            pid,
            started: start_of(pid).unwrap_or(0),
            boot: boot_id(),
            command: command.into(),
        }
    }

    /// Whether it certainly runs no more: it was on this machine, and its process is gone.
    pub fn is_dead(&self) -> bool {
        let here = rustix::system::uname().nodename().to_string_lossy() == self.host;
        if !here || !std::path::Path::new("/proc/self/stat").exists() {
            return false;
        }
        let rebooted = !self.boot.is_empty() && self.boot != boot_id();
        let other = match start_of(self.pid) {
            None => true,
            Some(started) => self.started != 0 && started != self.started,
        };
        rebooted || other
    }
}

/// The start of a process in clock ticks, field 22 of proc_pid_stat(5); `None` when there is none.
fn start_of(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name (field 2) is in brackets and may hold anything, brackets too.
    let mut rest = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let is_zombie = rest.next()? == "Z";
    if is_zombie { None } else { rest.nth(18)?.parse().ok() }
}

fn boot_id() -> String {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

/// Who has the lock, since when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub owner: Owner,
    /// Since when, RFC 3339.
    pub since: String,
    /// Goes up each time the lock changes hands.
    pub fence: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner: Owner { user, host, pid, command, .. }, since, .. } = self;
        write!(
            f,
            "`{command}` of {user} on {host} (process {pid}) has worked on this environment since \
             {since}; wait for it, or if it cannot run any more, `state unlock`"
        )
    }
}

/// The right to write, as long as nobody takes it over. Free again when dropped.
pub struct Lease {
    /// The number under which this lease writes.
    pub fence: u64,
    /// The dead owner that it follows, if any: what that one left may have to be finished.
    pub recovered: Option<Holder>,
    /// What a store needs to keep it: an open file, a renewing task.
    guard: Box<dyn Any + Send + Sync>,
}

impl Lease {
    /// A lease, for stores. `guard` is dropped with it.
    pub fn new(fence: u64, recovered: Option<Holder>, guard: impl Any + Send + Sync) -> Self {
        Self { fence, recovered, guard: Box::new(guard) }
    }

    /// What the store put in.
    pub fn guard<T: Any>(&self) -> Option<&T> {
        self.guard.downcast_ref()
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("fence", &self.fence)
            .field("recovered", &self.recovered)
            .finish_non_exhaustive()
    }
}

/// Takes the lock; waits up to `patience` for a living owner, telling `waiting` whenever another one has it.
///
/// # Errors
/// [`Error::Locked`] when it is still not free.
pub async fn acquire(
    store: &Arc<dyn Store>,
    owner: &Owner,
    patience: Duration,
    mut waiting: impl FnMut(&Holder) + Send,
) -> Result<Lease, Error> {
    let deadline = Instant::now() + patience;
    let mut told: Option<Holder> = None;
    loop {
        match store.lock(owner).await {
            Err(Error::Locked(holder)) if !patience.is_zero() => {
                if told.as_ref() != Some(&*holder) {
                    waiting(&holder);
                    told = Some(Holder::clone(&holder));
                }
                if Instant::now() >= deadline {
                    return Err(Error::Locked(holder));
                }
                tokio::time::sleep(POLL).await;
            }
            result => return result,
        }
    }
}
