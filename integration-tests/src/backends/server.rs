//! What both parts have in common: a process with a log, polled until it
//! answers, and stopped by a signal.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, timeout};

use super::Error;

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(10);
/// One question and answer; a busy machine needs longer than a socket does.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const LOG_LINES: usize = 15;

/// A running part.
#[derive(Debug)]
pub(super) struct Server {
    name: &'static str,
    child: Child,
    port: u16,
    log: PathBuf,
}

/// What a part is asked to see whether it is ready.
pub(super) struct Question<'a> {
    pub(super) send: &'a [u8],
    /// How its answer starts once it is ready.
    pub(super) expect: &'a [u8],
}

impl Server {
    /// Starts a part that writes to the log file `log`.
    pub(super) fn spawn(
        name: &'static str,
        mut command: Command,
        port: u16,
        log: PathBuf,
    ) -> Result<Self, Error> {
        let file = File::create(&log).map_err(Error::io(&log))?;
        let errors = file.try_clone().map_err(Error::io(&log))?;
        let program = PathBuf::from(command.as_std().get_program());
        // A group of its own: a Ctrl-C at the terminal is for the command under
        // test, which may still need this part while it cleans up.
        command.process_group(0).kill_on_drop(true).stdout(file).stderr(errors);
        let child = command.spawn().map_err(Error::io(program))?;
        Ok(Self { name, child, port, log })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Asks until the answer is the expected one.
    pub(super) async fn ready(&mut self, question: Question<'_>) -> Result<(), Error> {
        let deadline = Instant::now() + READY_WITHIN;
        let mut tick = interval(Duration::from_millis(10));
        loop {
            tick.tick().await;
            if let Some(status) = self.child.try_wait().map_err(Error::io(&self.log))? {
                return Err(Error::Ended {
                    name: self.name,
                    status: status.to_string(),
                    log: last_lines(&self.log),
                });
            }
            if let Ok(true) = timeout(ANSWER_WITHIN, answers(self.port, &question)).await {
                return Ok(());
            }
            if Instant::now() > deadline {
                let (seconds, log) = (READY_WITHIN.as_secs(), last_lines(&self.log));
                return Err(Error::Silent { name: self.name, port: self.port, seconds, log });
            }
        }
    }

    /// Asks the part to stop, and kills it if it does not.
    pub(super) async fn stop(mut self, signal: Signal) {
        if let Some(pid) = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            // It may have ended by itself; then there is nothing to stop.
            let _ = kill_process(pid, signal);
        }
        if timeout(STOPPED_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

async fn answers(port: u16, question: &Question<'_>) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(question.send).await?;
        let mut answer = vec![0; question.expect.len()];
        stream.read_exact(&mut answer).await?;
        std::io::Result::Ok(answer == question.expect)
    };
    asked.await.unwrap_or(false)
}

/// A port of the loopback address that nobody listens on. Somebody else may
/// take it before the part does, so starting is tried again (see [`retried`]).
pub(super) fn free_port() -> Result<u16, Error> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(listener.map_err(Error::io("127.0.0.1"))?.port())
}

/// Calls `start` with free ports until one is not taken meanwhile.
pub(super) async fn retried<T>(start: impl AsyncFn(u16) -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..4 {
        match start(free_port()?).await {
            Err(Error::Ended { log, .. }) if log.contains("Address already in use") => {}
            other => return other,
        }
    }
    start(free_port()?).await
}

/// A command of an installed component, with its variables and closed input.
pub(super) fn command(
    installed: &goodgo_catalogue::Installed,
    program: &str,
    dir: &Path,
) -> Command {
    let path = installed.binary(program).expect("the catalogue has every required program");
    let mut command = Command::new(path);
    command.envs(&installed.env).current_dir(dir).stdin(Stdio::null());
    command
}

/// The last lines of a log.
pub(super) fn last_lines(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}
