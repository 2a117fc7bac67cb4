//! The keeper: the supervisor's parent, so small that nothing in it can fail.
//!
//! Processes must neither be orphaned nor die when the supervisor is killed.
//! So their ancestor is a second process that does nothing but wait: it is the
//! subreaper of everything below it (prctl(2), `PR_SET_CHILD_SUBREAPER`), starts
//! a new supervisor when the old one dies unasked, and tells it by a pipe how
//! the processes end whose parent has gone. When the keeper itself dies, the
//! pipe's other end closes, and the supervisor stops everything.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use rustix::pipe::PipeFlags;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};

use crate::error::Error;
use crate::paths::Paths;
use crate::procfs::Identity;
use crate::{KEEPER, SUPERVISOR};

/// A supervisor that ran this long was well: the next one starts at once.
const WELL_AFTER: Duration = Duration::from_secs(10);
const FIRST_DELAY: Duration = Duration::from_millis(2);
const LAST_DELAY: Duration = Duration::from_secs(5);

/// Whether this environment's keeper lives.
pub(crate) fn alive(paths: &Paths) -> bool {
    identity(paths).is_some_and(|keeper| keeper.alive())
}

/// Who this environment's keeper is, or was.
pub(crate) fn identity(paths: &Paths) -> Option<Identity> {
    serde_json::from_slice(&fs::read(paths.keeper()).ok()?).ok()
}

/// Starts the keeper as a process that nothing ties to this one, and returns.
pub(crate) fn detach(paths: &Paths) -> Result<(), Error> {
    paths.create()?;
    let errors = crate::events::open(&paths.events())?;
    let mut child = Command::new("/proc/self/exe");
    child.arg0(KEEPER).arg("__supervise").arg(paths.dir());
    child.env_clear();
    child.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
    child.spawn().map_err(Error::io("start the keeper for", paths.dir()))?;
    Ok(())
}

/// Keeps a supervisor running until one ends well, which is when it was asked to.
pub(crate) fn run(paths: &Paths) -> Result<(), Error> {
    // Fails only for the leader of a process group, which a keeper that has
    // replaced another one is: then it has its session already.
    let _ = rustix::process::setsid();
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let lock = paths.keeper_lock();
    let file = crate::events::open(&lock)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Ok(()), // Another keeper is at work.
        Err(errno) => return Err(Error::io("lock", lock)(errno.into())),
    }
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .map_err(|errno| Error::io("become the subreaper for", paths.dir())(errno.into()))?;
    announce(paths)?;
    let pipe = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)
        .map_err(|errno| Error::io("make a pipe for", paths.dir())(errno.into()))?;
    keep(paths, &pipe)?;
    match replacement(paths) {
        Some(program) => Err(become_next(paths, &program)),
        None => {
            let _ = fs::remove_file(paths.run().join("s.sock"));
            let _ = fs::remove_file(paths.keeper());
            Ok(())
        }
    }
}

fn announce(paths: &Paths) -> Result<(), Error> {
    let me = Identity::of(std::process::id());
    let json = serde_json::to_vec(&me).expect("an identity has only string keys");
    crate::records::replace(&paths.keeper(), &json)
}

fn keep(paths: &Paths, (read, write): &(OwnedFd, OwnedFd)) -> Result<(), Error> {
    let mut delay = FIRST_DELAY;
    loop {
        let begun = Instant::now();
        let ended_well = match supervisor(paths, read) {
            Ok(child) => reap_until(&child, write),
            Err(_) => false, // No memory, no process left: try again later.
        };
        if ended_well || !paths.run().is_dir() {
            return Ok(());
        }
        if begun.elapsed() > WELL_AFTER {
            delay = FIRST_DELAY;
        }
        std::thread::sleep(delay);
        delay = (delay * 2).min(LAST_DELAY);
    }
}

fn supervisor(paths: &Paths, read: &OwnedFd) -> io::Result<Child> {
    let mut command = Command::new("/proc/self/exe");
    command.arg0(SUPERVISOR).arg("__supervise").arg(paths.dir());
    command.stdin(Stdio::from(read.try_clone()?)).stdout(Stdio::null());
    command.spawn()
}

/// Waits for every child until the supervisor ends; true when it ended well.
fn reap_until(supervisor: &Child, exits: &OwnedFd) -> bool {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status)))
                if pid.as_raw_nonzero().get().unsigned_abs() == supervisor.id() =>
            {
                return status.exit_status() == Some(0);
            }
            Ok(Some((pid, status))) => tell(exits, pid, status),
            Ok(None) | Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// Tells the supervisor how a process ended that is no child of its own. The
/// pipe never blocks: a supervisor that does not read learns it by itself, late.
fn tell(exits: &OwnedFd, pid: Pid, status: WaitStatus) {
    // What is left of the process's group ends with it. Its id cannot be somebody
    // else's while the group has members, and nobody is hit when it has none.
    let _ = rustix::process::kill_process_group(pid, Signal::KILL);
    let how = match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => format!("{pid} code {code}\n", pid = pid.as_raw_nonzero()),
        (_, Some(signal)) => format!("{pid} signal {signal}\n", pid = pid.as_raw_nonzero()),
        _ => return,
    };
    let _ = rustix::io::write(exits.as_fd(), how.as_bytes());
}

/// The program that was asked for by `Replace`, once.
fn replacement(paths: &Paths) -> Option<PathBuf> {
    let mut text = String::new();
    fs::File::open(paths.replacement()).ok()?.read_to_string(&mut text).ok()?;
    fs::remove_file(paths.replacement()).ok()?;
    Some(PathBuf::from(text))
}

/// Becomes the new program in the same process, so that it stays the parent of
/// all; returns only when that fails, and then goes on as it was.
fn become_next(paths: &Paths, program: &Path) -> Error {
    let arguments = |command: &mut Command| {
        command.arg0(KEEPER).arg("__supervise").arg(paths.dir());
        command.exec()
    };
    let why = arguments(&mut Command::new(program));
    let _ = writeln!(io::stderr(), "could not become {}: {why}", program.display());
    Error::io("become", "/proc/self/exe")(arguments(&mut Command::new("/proc/self/exe")))
}
