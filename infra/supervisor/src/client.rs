//! The client's side: a typed method for each request.
//!
//! Each call has a connection of its own, so that a client needs no task, no
//! lock and no order between calls, and is free to clone. A supervisor that
//! dies in the middle is replaced by its keeper within milliseconds; as every
//! request may be repeated, the client then asks again.

mod exchange;
mod start;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock;
use crate::error::Error;
use crate::paths::Paths;
use crate::protocol::{Answer, Failure, Hello, JobResult, LogLine, LogQuery, PROTOCOL, Request};
use crate::spec::Spec;
use crate::status::Status;
use exchange::{Broken, Replies, call, open, read, unexpected};

/// A way to one environment's supervisor.
#[derive(Debug, Clone)]
pub struct Client {
    paths: Paths,
    hello: Hello,
}

impl Client {
    /// Connects to the supervisor of the environment in `dir`.
    ///
    /// # Errors
    /// [`Error::NotRunning`] when there is none; [`Error::Refused`] with
    /// [`Failure::Protocol`](crate::Failure::Protocol) when it speaks another
    /// version.
    pub async fn connect(dir: &Path) -> Result<Self, Error> {
        let paths = Paths::new(dir);
        let hello = match call(&paths, &Request::Hello).await? {
            Answer::Hello(hello) => hello,
            _ => return Err(unexpected("hello")),
        };
        if hello.protocol != PROTOCOL {
            let supervisor = hello.protocol;
            return Err(Failure::Protocol { supervisor, client: PROTOCOL }.into());
        }
        Ok(Self { paths, hello })
    }

    /// Connects, and starts a supervisor (`<program> __supervise <dir>`) when
    /// there is none. It is detached: it outlives the caller, its terminal and
    /// its session. Two callers at once get the same one. One that speaks another
    /// version is replaced by `program`; its processes run on.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and [`Error::NotStarted`].
    pub async fn connect_or_start(dir: &Path, program: &Path) -> Result<Self, Error> {
        match Self::connect(dir).await {
            Err(
                Error::NotRunning { .. }
                | Error::Refused(Failure::ShuttingDown | Failure::Protocol { .. }),
            ) => start::start(&Paths::new(dir), program).await,
            other => other,
        }
    }

    /// Who the supervisor was when this client connected.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The environment's directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.paths.dir()
    }

    /// Starts a process; see [`Request::Start`]. Does not wait until it is ready.
    ///
    /// # Errors
    /// [`Failure::Conflict`](crate::Failure::Conflict) when the key runs with
    /// another specification.
    pub async fn start(&self, key: &str, spec: &Spec) -> Result<Status, Error> {
        let request = Request::Start { key: key.into(), spec: Box::new(spec.clone()) };
        self.status_of("start", request).await
    }

    /// Waits until a process is ready. `patience` ends of the process are
    /// tolerated meanwhile.
    ///
    /// # Errors
    /// [`Failure::NotReady`](crate::Failure::NotReady) with its end and last lines.
    pub async fn wait(&self, key: &str, patience: u32) -> Result<Status, Error> {
        self.status_of("wait", Request::Wait { key: key.into(), patience }).await
    }

    /// Stops a process and waits for its end; also right when there is none.
    ///
    /// # Errors
    /// Only when the supervisor cannot be reached.
    pub async fn stop(&self, key: &str, grace: Option<Duration>) -> Result<(), Error> {
        let grace_ms = grace.map(clock::millis);
        self.done("stop", Request::Stop { key: key.into(), grace_ms }).await
    }

    /// All processes, in start order.
    ///
    /// # Errors
    /// Only when the supervisor cannot be reached.
    pub async fn list(&self) -> Result<Vec<Status>, Error> {
        match self.call(&Request::List).await? {
            Answer::List(list) => Ok(list),
            _ => Err(unexpected("list")),
        }
    }

    /// Runs a program to its end, whatever that is: see [`JobResult::succeeded`].
    ///
    /// # Errors
    /// [`Failure::Conflict`](crate::Failure::Conflict) when the key runs with
    /// another specification.
    pub async fn job(&self, key: &str, spec: &Spec, timeout: Duration) -> Result<JobResult, Error> {
        let request = Request::Job {
            key: key.into(),
            spec: Box::new(spec.clone()),
            timeout_ms: clock::millis(timeout),
            attempt: attempt(),
        };
        match self.call(&request).await? {
            Answer::Job(result) => Ok(result),
            _ => Err(unexpected("job")),
        }
    }

    /// Reads log lines, and follows them when the query says so.
    ///
    /// # Errors
    /// Only when the supervisor cannot be reached.
    pub async fn logs(&self, query: LogQuery) -> Result<LogStream, Error> {
        let request = Request::Logs(query);
        Ok(LogStream { lines: open(&self.paths, &request).await? })
    }

    /// Ends the supervisor. With `stop_all` every process is stopped first, in
    /// reverse start order, and forgotten; otherwise they run on and the next
    /// supervisor adopts them.
    ///
    /// # Errors
    /// Only when the supervisor cannot be reached.
    pub async fn shutdown(&self, stop_all: bool) -> Result<(), Error> {
        match self.done("shutdown", Request::Shutdown { stop_all }).await {
            // The answer is lost when the end is quicker.
            Ok(()) | Err(Error::NotRunning { .. }) => start::gone(&self.paths).await,
            Err(error) => Err(error),
        }
    }

    /// Replaces the supervisor and its keeper by another build of the program;
    /// the processes run on. Returns the client of the new one.
    ///
    /// # Errors
    /// [`Failure::Invalid`](crate::Failure::Invalid) when there is no such program.
    pub async fn replace(&self, program: &Path) -> Result<Self, Error> {
        self.done("replace", Request::Replace { program: program.to_owned() }).await?;
        start::replaced(&self.paths, self.hello.pid).await
    }

    async fn status_of(&self, what: &'static str, request: Request) -> Result<Status, Error> {
        match self.call(&request).await? {
            Answer::Status(status) => Ok(*status),
            _ => Err(unexpected(what)),
        }
    }

    async fn done(&self, what: &'static str, request: Request) -> Result<(), Error> {
        match self.call(&request).await? {
            Answer::Done => Ok(()),
            _ => Err(unexpected(what)),
        }
    }

    async fn call(&self, request: &Request) -> Result<Answer, Error> {
        call(&self.paths, request).await
    }
}

/// Log lines as they come.
#[derive(Debug)]
pub struct LogStream {
    lines: Replies,
}

impl LogStream {
    /// The next line; `None` after the last one, or when the supervisor ended.
    ///
    /// # Errors
    /// When the supervisor refuses or cannot be understood.
    pub async fn next(&mut self) -> Result<Option<LogLine>, Error> {
        match read(&mut self.lines).await {
            Ok(Answer::Line(line)) => Ok(Some(line)),
            Ok(Answer::Done) | Err(Broken::Lost) => Ok(None),
            Ok(_) => Err(unexpected("logs")),
            Err(Broken::Final(error)) => Err(error),
        }
    }
}

/// A name for one wish to run a job, unique on this machine.
fn attempt() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{}-{count}", std::process::id(), clock::now_ms())
}
