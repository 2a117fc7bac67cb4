//! Bringing a supervisor up, waiting for another one, and for its end.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::fs::FlockOperation;
use tokio::time::{Instant, sleep};

use super::Client;
use crate::error::Error;
use crate::keeper;
use crate::paths::Paths;
use crate::protocol::{Failure, Request};

/// How long a new supervisor may take until it answers. It adopts and restarts
/// in parallel, so that this is much.
const WITHIN: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(2);

/// Starts a supervisor unless somebody else just did, and connects to it.
pub(super) async fn start(paths: &Paths, program: &Path) -> Result<Client, Error> {
    paths.create()?;
    let lock = lock(paths).await?;
    let client = loop {
        match Client::connect(paths.dir()).await {
            Err(Error::Refused(Failure::ShuttingDown)) => sleep(POLL).await,
            Err(Error::NotRunning { .. }) => {
                launch(paths, program).await?;
                break answering(paths, |_| true).await;
            }
            Err(Error::Refused(Failure::Protocol { .. })) => {
                let program = std::path::absolute(program).map_err(Error::io("find", program))?;
                super::call(paths, &Request::Replace { program }).await?;
                break answering(paths, |_| true).await;
            }
            other => break other,
        }
    };
    drop(lock);
    client
}

/// Waits for the supervisor that follows the one with this process id.
pub(super) async fn replaced(paths: &Paths, old: u32) -> Result<Client, Error> {
    answering(paths, |client| client.hello.pid != old).await
}

/// Waits until no supervisor is left.
pub(super) async fn gone(paths: &Paths) -> Result<(), Error> {
    while keeper::alive(paths) {
        sleep(POLL).await;
    }
    Ok(())
}

/// The lock is released when the file is closed, also by the end of the process.
async fn lock(paths: &Paths) -> Result<File, Error> {
    let path = paths.start_lock();
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(Error::io("open the lock", &path))?;
    loop {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) => sleep(POLL).await,
            Err(errno) => return Err(Error::io("lock", &path)(errno.into())),
        }
    }
}

/// Runs the launcher, which leaves the keeper behind and ends at once.
async fn launch(paths: &Paths, program: &Path) -> Result<(), Error> {
    let mut child = Command::new(program)
        .arg("__supervise")
        .arg(paths.dir())
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Error::io("start", program))?;
    let deadline = Instant::now() + WITHIN;
    loop {
        match child.try_wait().map_err(Error::io("wait for", program))? {
            Some(status) if status.success() => return Ok(()),
            Some(_) => break,
            None if Instant::now() > deadline => break,
            None => sleep(Duration::from_millis(1)).await,
        }
    }
    Err(not_started(paths))
}

async fn answering(paths: &Paths, wanted: impl Fn(&Client) -> bool) -> Result<Client, Error> {
    let deadline = Instant::now() + WITHIN;
    loop {
        match Client::connect(paths.dir()).await {
            Ok(client) if wanted(&client) => return Ok(client),
            Ok(_)
            | Err(
                Error::NotRunning { .. }
                | Error::Refused(Failure::ShuttingDown | Failure::Protocol { .. }),
            ) => {
                if Instant::now() > deadline {
                    return Err(not_started(paths));
                }
                sleep(POLL).await;
            }
            Err(error) => return Err(error),
        }
    }
}

fn not_started(paths: &Paths) -> Error {
    let within_ms = crate::clock::millis(WITHIN);
    Error::NotStarted { dir: paths.dir().to_owned(), within_ms }
}
