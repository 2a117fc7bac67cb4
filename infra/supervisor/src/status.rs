//! What is so: the answer to "how is it", the same for people and programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One process as the supervisor sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Its identity within the environment.
    pub key: String,
    /// The replica's name; see [`Spec::name`](crate::Spec::name).
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// Process id while it runs.
    pub pid: Option<u32>,
    /// [`Spec::digest`](crate::Spec::digest) of what runs.
    pub digest: String,
    /// Starts after the first one.
    pub restarts: u32,
    /// When the state was entered, in milliseconds since the Unix epoch.
    pub since_ms: u64,
    /// When the running process was started, in milliseconds since the Unix epoch.
    pub started_ms: Option<u64>,
    /// Ports by name.
    pub ports: BTreeMap<String, u16>,
    /// Labels of the specification.
    pub labels: BTreeMap<String, String>,
    /// How it ended the last time, if it ever did.
    pub last_exit: Option<Exit>,
    /// Whether this is a job that runs once.
    #[serde(default)]
    pub job: bool,
}

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for others to be ready, or for its preparation.
    Preparing,
    /// Runs, not yet ready.
    Starting,
    /// Runs and is ready.
    Ready,
    /// Runs, was ready, and now fails its readiness probe.
    Unhealthy,
    /// Ended unasked and will be started again.
    Backoff,
    /// Was asked to end and still runs.
    Stopping,
    /// Ended and stays so.
    Exited,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preparing => "preparing",
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Unhealthy => "unhealthy",
            Self::Backoff => "backoff",
            Self::Stopping => "stopping",
            Self::Exited => "exited",
        })
    }
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What the kernel said.
    pub status: ExitStatus,
    /// Why it ended.
    pub cause: Cause,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Itself => write!(f, "{}", self.status),
            Cause::Asked => write!(f, "was stopped ({})", self.status),
            Cause::NeverReady { within_ms, last } => {
                write!(f, "was not ready within {within_ms} ms ({last}) and was stopped")
            }
            Cause::NotAlive { last } => {
                write!(f, "failed its liveness probe ({last}) and was stopped")
            }
            Cause::TimedOut { after_ms } => {
                write!(f, "did not end within {after_ms} ms and was stopped")
            }
            Cause::NotStarted { why } => write!(f, "could not be started: {why}"),
        }
    }
}

/// What the kernel said about a process's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitStatus {
    /// It ended with this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
    /// It ended while nobody could be told, or it never ran.
    Unknown,
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exited with code {code}"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::Unknown => f.write_str("ended, nobody saw how"),
        }
    }
}

/// Why a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Cause {
    /// By itself, or by a signal from elsewhere.
    Itself,
    /// It was asked to stop.
    Asked,
    /// It was stopped since it did not become ready in time.
    NeverReady {
        /// The time it had, in milliseconds.
        within_ms: u64,
        /// What the probe said last.
        last: String,
    },
    /// It was stopped since its liveness probe failed.
    NotAlive {
        /// What the probe said last.
        last: String,
    },
    /// A job that took too long.
    TimedOut {
        /// The time it had, in milliseconds.
        after_ms: u64,
    },
    /// It, or what prepares it, could not be run.
    NotStarted {
        /// The reason, for people.
        why: String,
    },
}
