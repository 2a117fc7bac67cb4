//! Starting a program, and following one whoever started it.
//!
//! A process that this supervisor started is its child and can be waited for;
//! one that it adopted cannot. Both are followed by a pidfd (pidfd_open(2)),
//! which names a process for certain; how an adopted one ended, the keeper says.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal};
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep};

use crate::MARKER;
use crate::procfs::{self, Identity};
use crate::readable::readable;
use crate::spec::RunAs;
use crate::status::ExitStatus;

/// How long the keeper's word about an end may take.
pub(crate) const WORD_WITHIN: Duration = Duration::from_millis(500);
/// How long what is left of a process may take to end by itself, as PostgreSQL's
/// backends do when their postmaster is gone.
const REST_WITHIN: Duration = Duration::from_secs(2);

/// What to run, once everything is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program<'a> {
    pub(crate) command: &'a Path,
    pub(crate) args: &'a [String],
    pub(crate) env: &'a BTreeMap<String, String>,
    pub(crate) more_env: Option<&'a BTreeMap<String, String>>,
    pub(crate) cwd: &'a Path,
    pub(crate) run_as: Option<RunAs>,
    /// The value of [`MARKER`].
    pub(crate) mark: &'a str,
}

/// The command for a program, in a process group of its own.
pub(crate) fn command(program: &Program<'_>) -> Command {
    let mut command = Command::new(program.command);
    command.args(program.args).env_clear().envs(program.env);
    command.envs(program.more_env.into_iter().flatten()).env(MARKER, program.mark);
    command.current_dir(program.cwd).process_group(0).stdin(Stdio::null());
    if let Some(RunAs { uid, gid }) = program.run_as {
        command.gid(gid).uid(uid); // Drops the supplementary groups, too.
    }
    command
}

/// How processes ended that are not children of this supervisor, by their id.
pub(crate) type Ends = RefCell<HashMap<u32, ExitStatus>>;

/// A running process.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) identity: Identity,
    pidfd: AsyncFd<OwnedFd>,
    /// Only of a process that this supervisor started.
    child: Option<Child>,
}

impl Running {
    /// Starts a program with these outputs.
    pub(crate) fn start(program: &Program<'_>, out: File, err: File) -> io::Result<Self> {
        let child = command(program).stdout(out).stderr(err).spawn()?;
        let pid = child.id();
        let start_time = procfs::Stat::read(pid).map_or(0, |stat| stat.start_time);
        let identity = Identity { pid, start_time, boot: procfs::boot_id() };
        let pidfd = open(pid)?;
        Ok(Self { identity, pidfd, child: Some(child) })
    }

    /// Follows a process that somebody else started; `None` when it has ended.
    pub(crate) fn adopt(identity: &Identity) -> io::Result<Option<Self>> {
        let pidfd = match open(identity.pid) {
            Err(error) if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) => {
                return Ok(None);
            }
            other => other?,
        };
        // Asked after the descriptor is open: it cannot become somebody else's now.
        let same = identity.alive();
        Ok(same.then(|| Self { identity: identity.clone(), pidfd, child: None }))
    }

    /// Completes when the process has ended. May be asked again.
    pub(crate) async fn ended(&self) {
        // The descriptor stays readable after the end, so the guard keeps it so.
        let _ = self.pidfd.readable().await;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let _ = rustix::process::pidfd_send_signal(self.pidfd.get_ref(), signal);
    }

    /// Kills the process and all in its process group.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
        kill_group(self.identity.pid);
    }

    /// After [`ended`](Self::ended): how, and nothing of it is left afterwards.
    pub(crate) async fn end(mut self, ends: &Ends, mark: &str) -> ExitStatus {
        // Before the process is waited for: until then its group's id is its own.
        kill_group(self.identity.pid);
        let status = match &mut self.child {
            Some(child) => child.wait().map_or(ExitStatus::Unknown, |status| {
                match (status.code(), status.signal()) {
                    (Some(code), _) => ExitStatus::Code(code),
                    (None, Some(signal)) => ExitStatus::Signal(signal),
                    (None, None) => ExitStatus::Unknown,
                }
            }),
            None => word(ends, self.identity.pid, Instant::now() + WORD_WITHIN).await,
        };
        end_rest(mark).await;
        status
    }
}

fn open(pid: u32) -> io::Result<AsyncFd<OwnedFd>> {
    let pid = raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
    readable(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}

fn raw(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

/// Kills a process group; nothing happens when there is none.
pub(crate) fn kill_group(pid: u32) {
    if let Some(pid) = raw(pid) {
        let _ = rustix::process::kill_process_group(pid, Signal::KILL);
    }
}

/// The keeper's word on how a process ended, if it comes in time.
pub(crate) async fn word(ends: &Ends, pid: u32, deadline: Instant) -> ExitStatus {
    loop {
        if let Some(status) = ends.borrow_mut().remove(&pid) {
            return status;
        }
        if Instant::now() > deadline {
            return ExitStatus::Unknown;
        }
        sleep(Duration::from_millis(2)).await;
    }
}

/// Waits for processes that carry this mark and have left the process group, and
/// ends those that stay.
async fn end_rest(mark: &str) {
    let deadline = Instant::now() + REST_WITHIN;
    loop {
        let rest: Vec<u32> =
            marked(|value| value == mark).into_iter().map(|(pid, _)| pid).collect();
        if rest.is_empty() {
            return;
        }
        if Instant::now() > deadline {
            rest.iter().for_each(|pid| kill(*pid));
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// Kills one process.
pub(crate) fn kill(pid: u32) {
    if let Some(pid) = raw(pid) {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
}

/// Living processes by the value of their mark.
pub(crate) fn marked(wanted: impl Fn(&str) -> bool) -> Vec<(u32, String)> {
    let me = std::process::id();
    let mut found = Vec::new();
    for pid in procfs::pids().unwrap_or_default() {
        if pid != me
            && let Some(mark) = procfs::variable(pid, MARKER)
            && wanted(&mark)
            && Identity::of(pid).is_some()
        {
            found.push((pid, mark));
        }
    }
    found
}
