//! The client's side: a typed method for each request.
//!
//! Each call has a connection of its own, so that a client needs no task, no
//! lock and no order between calls, and is free to clone. A supervisor that
//! dies in the middle is replaced by its keeper within milliseconds; as every
//! request may be repeated, the client then asks again.

mod start;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::time::Instant;

use crate::clock;
use crate::error::Error;
use crate::keeper;
use crate::paths::Paths;
use crate::protocol::{
    Answer, Call, Failure, Hello, JobResult, LogLine, LogQuery, PROTOCOL, Reply, Request,
};
use crate::spec::Spec;
use crate::status::Status;

/// How long a client waits for the keeper to replace a dead supervisor.
const REPLACED_WITHIN: Duration = Duration::from_secs(5);

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
    /// its session. Two callers at once get the same one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and [`Error::NotStarted`].
    pub async fn connect_or_start(dir: &Path, program: &Path) -> Result<Self, Error> {
        match Self::connect(dir).await {
            Err(Error::NotRunning { .. } | Error::Refused(Failure::ShuttingDown)) => {
                start::start(&Paths::new(dir), program).await
            }
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
        Ok(LogStream { lines: exchange(&self.paths, &request).await.map_err(Broken::into_error)? })
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
    lines: Lines<BufReader<OwnedReadHalf>>,
}

impl LogStream {
    /// The next line; `None` after the last one, or when the supervisor ended.
    ///
    /// # Errors
    /// When the supervisor refuses or cannot be understood.
    pub async fn next(&mut self) -> Result<Option<LogLine>, Error> {
        match read(&mut self.lines).await {
            Ok(Answer::Line(line)) => Ok(Some(line)),
            Ok(Answer::Done) | Err(Broken::Lost(_)) => Ok(None),
            Ok(_) => Err(unexpected("logs")),
            Err(Broken::Final(error)) => Err(error),
        }
    }
}

/// Why an exchange had no answer.
enum Broken {
    /// Nobody listens, or the supervisor died: asking again may help.
    Lost(Error),
    /// Asking again gives the same.
    Final(Error),
}

impl Broken {
    fn into_error(self) -> Error {
        match self {
            Self::Lost(error) | Self::Final(error) => error,
        }
    }
}

async fn call(paths: &Paths, request: &Request) -> Result<Answer, Error> {
    let mut deadline = None;
    loop {
        let answer = match exchange(paths, request).await {
            Ok(mut lines) => {
                deadline = None;
                read(&mut lines).await
            }
            Err(broken) => Err(broken),
        };
        match answer {
            Ok(answer) => return Ok(answer),
            Err(Broken::Final(error)) => return Err(error),
            Err(Broken::Lost(error)) => {
                let until = *deadline.get_or_insert_with(|| Instant::now() + REPLACED_WITHIN);
                if Instant::now() > until || !keeper::alive(paths) {
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// Sends one request and returns the lines of its answer.
async fn exchange(
    paths: &Paths,
    request: &Request,
) -> Result<Lines<BufReader<OwnedReadHalf>>, Broken> {
    let lost = || Broken::Lost(Error::NotRunning { dir: paths.dir().to_owned() });
    if !paths.run().is_dir() {
        return Err(Broken::Final(Error::NotRunning { dir: paths.dir().to_owned() }));
    }
    let socket = paths.socket().map_err(Broken::Final)?;
    let stream =
        UnixStream::connect(socket.as_path()).await.map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused => lost(),
            _ => Broken::Final(Error::io("connect to", paths.run().join("s.sock"))(source)),
        })?;
    let call = Call { protocol: PROTOCOL, request: request.clone() };
    let mut line = serde_json::to_vec(&call).expect("a call has only string keys");
    line.push(b'\n');
    let (read, mut write) = stream.into_split();
    write.write_all(&line).await.map_err(|_| lost())?;
    // Dropping the write half would say "no more requests" before the answer;
    // the supervisor takes a closed connection for a client that went away.
    write.forget();
    Ok(BufReader::new(read).lines())
}

async fn read(lines: &mut Lines<BufReader<OwnedReadHalf>>) -> Result<Answer, Broken> {
    let line = match lines.next_line().await {
        Ok(Some(line)) => line,
        Ok(None) | Err(_) => {
            return Err(Broken::Lost(unexpected("a call")));
        }
    };
    match serde_json::from_str(&line) {
        Ok(Reply::Ok(answer)) => Ok(answer),
        Ok(Reply::Err(failure)) => Err(Broken::Final(failure.into())),
        Err(source) => Err(Broken::Final(Error::Answer { to: "a call", source: Some(source) })),
    }
}

fn unexpected(to: &'static str) -> Error {
    Error::Answer { to, source: None }
}

/// A name for one wish to run a job, unique on this machine.
fn attempt() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{}-{count}", std::process::id(), clock::now_ms())
}
