//! The hidden subcommand: which of the three processes this one is, and the
//! supervisor's main loop.
//!
//! The first call is the launcher: it starts the keeper and returns, so that
//! nothing ties the keeper to whoever wanted it. Keeper and supervisor are the
//! same program under other names (`argv[0]`), which also `ps` shows.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::process::parent_id;
use std::path::Path;
use std::rc::Rc;

use rustix::fs::FlockOperation;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

use crate::context::Context;
use crate::error::Error;
use crate::events;
use crate::keeper;
use crate::paths::Paths;
use crate::readable::readable;
use crate::server;
use crate::status::ExitStatus;
use crate::supervisor::Supervisor;
use crate::{KEEPER, SUPERVISOR};

/// Ends of processes that are remembered until somebody asks for them.
const ENDS_KEPT: usize = 4096;

/// What the program knows and a library does not.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Names this build of the program, e.g. version and commit; clients see it
    /// in [`Hello`](crate::Hello) and may decide to replace the supervisor.
    pub build: String,
}

/// Runs the supervisor of the environment in `dir`: what the program does when
/// it is called as `<program> __supervise <dir>`.
///
/// Returns at once where the supervisor was only launched, and when it was asked
/// to end where it ran. Must be called before any thread or runtime exists.
///
/// # Errors
/// When the directory cannot be used or the system has no resources left. The
/// program must then exit with a code other than 0.
pub fn run(dir: &Path, options: Options) -> Result<(), Error> {
    let dir = std::path::absolute(dir).map_err(Error::io("find", dir))?;
    let paths = Paths::new(&dir);
    let name = std::env::args_os().next().unwrap_or_default();
    if name == KEEPER {
        keeper::run(&paths)
    } else if name == SUPERVISOR {
        supervise(&paths, options)
    } else {
        keeper::detach(&paths)
    }
}

fn supervise(paths: &Paths, options: Options) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start the runtime for", paths.dir()))?;
    let result = LocalSet::new().block_on(&runtime, main(paths, options));
    // Threads of the runtime that wait for nothing must not hold up the end.
    runtime.shutdown_background();
    result
}

async fn main(paths: &Paths, options: Options) -> Result<(), Error> {
    let _lock = alone(paths).await?;
    let context = Context::new(paths.clone())?;
    let keeper_lost = tokio::task::spawn_local(listen_to_keeper(Rc::clone(&context)));
    context.events.write("supervisor", "", Some(std::process::id()), &options.build);
    let supervisor = Rc::new(Supervisor::new(Rc::clone(&context)));
    let recovered = supervisor.recover().await;
    if let Err(error) = recovered {
        context.events.write("supervisor failed", "", None, &error.to_string());
        return Err(error);
    }
    let listener = server::listen(paths)?;
    tokio::task::spawn_local(server::serve(listener, Rc::clone(&supervisor), options.build));
    let failed = |source| Error::io("listen to signals for", paths.dir())(source);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let reason = tokio::select! {
        () = supervisor.end.notified() => "asked",
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = keeper_lost => "the keeper is gone",
    };
    if reason != "asked" {
        context.events.write("stopping everything", "", None, reason);
        supervisor.stop_all(false).await;
    }
    context.events.write("supervisor ends", "", Some(std::process::id()), reason);
    Ok(())
}

/// Waits until the last supervisor has let go. A process that it has forked and
/// that has not yet become its program holds the lock, too: afterwards, every
/// process of the last supervisor can be seen for what it is.
async fn alone(paths: &Paths) -> Result<File, Error> {
    let path = paths.run().join("supervisor.lock");
    let file = events::open(&path)?;
    loop {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) => {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            Err(errno) => return Err(Error::io("lock", path)(errno.into())),
        }
    }
}

/// Hears from the keeper how processes end; returns when the keeper is gone.
async fn listen_to_keeper(context: Rc<Context>) {
    let started_by = parent_id();
    let Ok(stdin) = io::stdin().as_fd().try_clone_to_owned() else { return };
    let Ok(lines) = stdin.try_clone() else { return };
    let Ok(pipe) = readable(stdin) else { return };
    let mut lines = BufReader::new(File::from(lines));
    let mut line = String::new();
    loop {
        match lines.read_line(&mut line) {
            Ok(0) => return,
            Ok(_) => {
                if let Some((pid, status)) = word(&line) {
                    let mut ends = context.ends.borrow_mut();
                    if ends.len() > ENDS_KEPT {
                        ends.clear(); // Of processes that nobody asked about.
                    }
                    ends.insert(pid, status);
                }
                line.clear();
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let Ok(mut ready) = pipe.readable().await else { return };
                ready.clear_ready();
                if parent_id() != started_by {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

/// What the keeper writes: `PID code CODE` or `PID signal SIGNAL`.
fn word(line: &str) -> Option<(u32, ExitStatus)> {
    let mut fields = line.split_ascii_whitespace();
    let pid = fields.next()?.parse().ok()?;
    let kind = fields.next()?;
    let number = fields.next()?.parse().ok()?;
    match kind {
        "code" => Some((pid, ExitStatus::Code(number))),
        "signal" => Some((pid, ExitStatus::Signal(number))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_the_keeper() {
        assert_eq!(word("12 code 3\n"), Some((12, ExitStatus::Code(3))));
        assert_eq!(word("12 signal 9\n"), Some((12, ExitStatus::Signal(9))));
        assert_eq!(word("12 signal\n"), None);
    }
}
