//! The language between client and supervisor, apart from how it is carried,
//! because the two may be built from different versions of the program: the
//! version number is checked with every call.
//!
//! One connection carries one call: the client writes one [`Call`] as a line of
//! JSON, the supervisor answers with [`Reply`] lines, one for each call but
//! `Logs`, which streams. A client that goes away ends what it waited for,
//! never what it started.

use serde::{Deserialize, Serialize};

use crate::spec::Spec;
use crate::status::{Exit, Status};

/// The version of this language; a supervisor refuses any other.
pub const PROTOCOL: u32 = 1;

/// One question to the supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// [`PROTOCOL`] of the client.
    pub protocol: u32,
    /// What is asked.
    pub request: Request,
}

/// What can be asked of the supervisor. All of it may be repeated safely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Request {
    /// Who are you? Answered with [`Answer::Hello`], also to other versions.
    Hello,
    /// Start a process and keep it running. Answers [`Answer::Status`] when it
    /// is recorded, before it is ready. The same key with the same
    /// specification changes nothing; with another one it is a conflict.
    Start {
        /// Identity within the environment: letters, digits, `.`, `_`, `-`.
        key: String,
        /// What to run.
        spec: Box<Spec>,
    },
    /// Stop a process and forget it. Answers [`Answer::Done`] when it has ended,
    /// also when there was none.
    Stop {
        /// Which.
        key: String,
        /// Time until SIGKILL, in milliseconds, instead of the specification's.
        grace_ms: Option<u64>,
    },
    /// Wait until a process is ready ([`Answer::Status`]) or has failed.
    Wait {
        /// Which.
        key: String,
        /// Ends that are tolerated while waiting; 0 fails at the first.
        patience: u32,
    },
    /// The status of all processes: [`Answer::List`].
    List,
    /// Lines of the logs: [`Answer::Line`] each, then [`Answer::Done`].
    Logs(LogQuery),
    /// Run a program to its end: [`Answer::Job`]. A second call while it runs
    /// waits for the same run.
    Job {
        /// Identity within the environment, as for `Start`.
        key: String,
        /// What to run; `restart` and the probes are not looked at.
        spec: Box<Spec>,
        /// The job is stopped after this time, in milliseconds.
        timeout_ms: u64,
        /// Names this wish to run it: a repeated call with the same attempt
        /// gets the result of the run that has ended meanwhile.
        attempt: String,
    },
    /// End the supervisor itself.
    Shutdown {
        /// Stop all processes, in reverse order, and forget them. Otherwise
        /// they go on running and the next supervisor adopts them.
        stop_all: bool,
    },
    /// Replace the supervisor by another build; the processes go on running.
    /// Answered also to other versions.
    Replace {
        /// Absolute path of the new program.
        program: std::path::PathBuf,
    },
}

/// Which log lines to send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuery {
    /// Names or keys; all when empty.
    #[serde(default)]
    pub of: Vec<String>,
    /// Not older than this, in milliseconds since the Unix epoch.
    #[serde(default)]
    pub since_ms: Option<u64>,
    /// At most this many of the last lines; all when absent.
    #[serde(default)]
    pub lines: Option<usize>,
    /// Go on with new lines until the client goes away.
    #[serde(default)]
    pub follow: bool,
}

/// One line from the supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The call went well.
    Ok(Answer),
    /// It did not.
    Err(Failure),
}

/// What the supervisor answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is done; the last line of `Logs`.
    Done,
    /// Who the supervisor is.
    Hello(Hello),
    /// One process.
    Status(Box<Status>),
    /// All processes, in start order.
    List(Vec<Status>),
    /// One log line.
    Line(LogLine),
    /// A job's end.
    Job(JobResult),
}

/// Who the supervisor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Its [`PROTOCOL`].
    pub protocol: u32,
    /// Its program's build, as given by [`Options`](crate::Options).
    pub build: String,
    /// Its process id.
    pub pid: u32,
    /// The process id of its keeper.
    pub keeper: u32,
}

/// One line that a process wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// RFC 3339, UTC, with milliseconds.
    pub time: String,
    /// The process's name.
    pub name: String,
    /// The process's key.
    pub key: String,
    /// Where it wrote it.
    pub stream: Stream,
    /// The text; what is not UTF-8 is replaced by U+FFFD.
    pub text: String,
    /// The line was too long: it goes on with the next one.
    #[serde(default)]
    pub continues: bool,
}

/// One of a process's two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobResult {
    /// Its end; code 0 is success.
    pub exit: Exit,
    /// The last lines it wrote, oldest first.
    pub last_lines: Vec<LogLine>,
}

impl JobResult {
    /// Whether the job did what it should.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.exit.status == crate::status::ExitStatus::Code(0)
            && self.exit.cause == crate::status::Cause::Itself
    }
}

/// Why the supervisor did not do it. Typed, so that a provider can react.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Failure {
    /// Client and supervisor speak different versions.
    #[error(
        "the supervisor speaks version {supervisor} of the protocol, this program version {client}; replace the supervisor"
    )]
    Protocol {
        /// The supervisor's version.
        supervisor: u32,
        /// The client's version.
        client: u32,
    },
    /// The call could not be understood, or names something impossible.
    #[error("the supervisor refused the call: {why}")]
    Invalid {
        /// The reason.
        why: String,
    },
    /// The key runs with another specification.
    #[error(
        "{key} already runs with another specification ({running}, not {wanted}); stop it first"
    )]
    Conflict {
        /// Which.
        key: String,
        /// Digest of what runs.
        running: String,
        /// Digest of what was asked for.
        wanted: String,
    },
    /// No process has this key.
    #[error("the supervisor knows no process {key}; it was stopped, or never started")]
    Unknown {
        /// Which.
        key: String,
    },
    /// The process ended before it was ready.
    #[error("{name} {exit}{}", tail(last_lines))]
    NotReady {
        /// Its name.
        name: String,
        /// How it ended.
        exit: Exit,
        /// The last lines it wrote, oldest first.
        last_lines: Vec<LogLine>,
    },
    /// The process was stopped while somebody waited for it.
    #[error("{key} was stopped before it was ready")]
    Stopped {
        /// Which.
        key: String,
    },
    /// The supervisor is about to end.
    #[error("the supervisor is shutting down; try again when it has ended")]
    ShuttingDown,
    /// The supervisor itself could not write or read what it must.
    #[error("the supervisor could not {what}: {why}")]
    Internal {
        /// What it tried.
        what: String,
        /// The operating system's reason.
        why: String,
    },
}

fn tail(lines: &[LogLine]) -> String {
    if lines.is_empty() {
        return "; it wrote nothing".into();
    }
    let text: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    format!("; its last lines:\n  {}", text.join("\n  "))
}
