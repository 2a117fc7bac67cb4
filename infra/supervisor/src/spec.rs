//! What to run: the supervisor is told everything about a process at once, so
//! that it can start it again without asking anybody.
//!
//! A specification holds no secret: it is stored on disk and shown by `List`.
//! Secrets reach a process as files whose paths are in `args` or `env`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::hash::Fnv;

/// A process to keep running, or a job to run once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The component's replica as people know it, e.g. `auth-0`; also the name
    /// of its log file. Several keys may share a name, as during a rollout.
    pub name: String,
    /// Absolute path of the program.
    pub command: PathBuf,
    /// Arguments, without the program's name.
    #[serde(default)]
    pub args: Vec<String>,
    /// The whole environment of the process: nothing is inherited.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Working directory; the environment's directory when absent.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// The user to run as; needs a supervisor that runs as root.
    #[serde(default)]
    pub run_as: Option<RunAs>,
    /// Programs to run to completion before each start, in order.
    #[serde(default)]
    pub prepare: Vec<Prepare>,
    /// Ports by name, for status only: the process gets them by `args` or `env`.
    #[serde(default)]
    pub ports: BTreeMap<String, u16>,
    /// When the process counts as ready; at once after its start when absent.
    #[serde(default)]
    pub readiness: Option<Probe>,
    /// How to see that a ready process still lives; it is restarted when not.
    #[serde(default)]
    pub liveness: Option<Probe>,
    /// Time from its start within which the process must be ready, in
    /// milliseconds. Later it is stopped and counts as failed.
    #[serde(default = "defaults::start_timeout_ms")]
    pub start_timeout_ms: u64,
    /// What to do when the process ends unasked.
    #[serde(default)]
    pub restart: Restart,
    /// The signal that asks the process to end.
    #[serde(default)]
    pub stop_signal: StopSignal,
    /// Time between the stop signal and SIGKILL, in milliseconds.
    #[serde(default = "defaults::grace_ms")]
    pub grace_ms: u64,
    /// How much of its output is kept.
    #[serde(default)]
    pub logs: LogLimits,
    /// Free labels, e.g. component and revision; shown by status.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Keys of processes that must be ready first when the supervisor starts
    /// everything again, e.g. after a reboot. Not looked at by `Start`.
    #[serde(default)]
    pub start_after: Vec<String>,
}

impl Spec {
    /// A process with neither arguments nor probes, and the defaults for the rest.
    pub fn new(name: impl Into<String>, command: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            command: command.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: None,
            run_as: None,
            prepare: Vec::new(),
            ports: BTreeMap::new(),
            readiness: None,
            liveness: None,
            start_timeout_ms: defaults::start_timeout_ms(),
            restart: Restart::default(),
            stop_signal: StopSignal::default(),
            grace_ms: defaults::grace_ms(),
            logs: LogLimits::default(),
            labels: BTreeMap::new(),
            start_after: Vec::new(),
        }
    }

    /// A short name for exactly this specification: 16 hexadecimal digits of
    /// FNV-1a over its JSON. For status and comparison by eye; the supervisor
    /// itself compares whole specifications.
    #[must_use]
    pub fn digest(&self) -> String {
        let json = serde_json::to_vec(self).expect("a spec has only string keys");
        Fnv::new().write(&json).hex()
    }
}

/// A user and group by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAs {
    /// User id.
    pub uid: u32,
    /// Group id; supplementary groups are dropped.
    pub gid: u32,
}

/// Something to run once before a process can start, such as `initdb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prepare {
    /// Absolute path of the program.
    pub command: PathBuf,
    /// Arguments, without the program's name.
    #[serde(default)]
    pub args: Vec<String>,
    /// Added to the environment of the process itself.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The step is skipped when this path exists.
    #[serde(default)]
    pub creates: Option<PathBuf>,
    /// Where the program really writes. It is removed before the step and
    /// renamed to `creates` after success, so that `creates` is never half done.
    #[serde(default)]
    pub temporary: Option<PathBuf>,
    /// The step is killed after this time, in milliseconds.
    #[serde(default = "defaults::prepare_timeout_ms")]
    pub timeout_ms: u64,
}

/// A question that a process is asked again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// The question.
    pub check: Check,
    /// Time between two questions, in milliseconds. Readiness begins with 10 ms
    /// and slows down to this.
    #[serde(default = "defaults::interval_ms")]
    pub interval_ms: u64,
    /// Time within which the answer must come, in milliseconds.
    #[serde(default = "defaults::probe_timeout_ms")]
    pub timeout_ms: u64,
    /// Wrong answers in a row after which a ready process is unhealthy
    /// (readiness) or restarted (liveness).
    #[serde(default = "defaults::failures")]
    pub failures: u32,
}

impl Probe {
    /// A probe with the default interval, timeout and threshold.
    #[must_use]
    pub fn new(check: Check) -> Self {
        Self {
            check,
            interval_ms: defaults::interval_ms(),
            timeout_ms: defaults::probe_timeout_ms(),
            failures: defaults::failures(),
        }
    }

    /// An HTTP probe with the defaults.
    pub fn http(address: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(Check::Http { address: address.into(), path: path.into() })
    }

    /// A TCP probe with the defaults.
    pub fn tcp(address: impl Into<String>) -> Self {
        Self::new(Check::Tcp { address: address.into() })
    }
}

/// How to see that a process is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Check {
    /// `GET path` on `address` (`host:port`) answers 2xx.
    Http {
        /// `host:port`.
        address: String,
        /// Path and query, beginning with `/`.
        path: String,
    },
    /// `address` (`host:port`) accepts a connection.
    Tcp {
        /// `host:port`.
        address: String,
    },
    /// A program ends with code 0; it runs as the process's user, with its
    /// environment and working directory.
    Command {
        /// Absolute path of the program.
        command: PathBuf,
        /// Arguments, without the program's name.
        #[serde(default)]
        args: Vec<String>,
    },
}

/// What to do when a process ends unasked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restart {
    /// Start it again, after 100 ms at first and 30 s at last; the delay begins
    /// anew once the process has run for a minute.
    #[default]
    Always,
    /// Leave it.
    Never,
}

/// The signal that asks a process to end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopSignal {
    /// SIGTERM: what most programs take as "finish what you do and go".
    #[default]
    Term,
    /// SIGINT: PostgreSQL's fast shutdown.
    Int,
    /// SIGQUIT: PostgreSQL's immediate shutdown, other programs' graceful one.
    Quit,
}

/// How much of a process's output is kept; the oldest goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLimits {
    /// Size at which a log file is rotated, in bytes.
    pub bytes: u64,
    /// Files kept, the current one included; at least 1.
    pub files: u32,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self { bytes: 10 * 1024 * 1024, files: 4 }
    }
}

mod defaults {
    pub(super) fn start_timeout_ms() -> u64 {
        60_000
    }
    pub(super) fn grace_ms() -> u64 {
        10_000
    }
    pub(super) fn prepare_timeout_ms() -> u64 {
        120_000
    }
    pub(super) fn interval_ms() -> u64 {
        250
    }
    pub(super) fn probe_timeout_ms() -> u64 {
        1_000
    }
    pub(super) fn failures() -> u32 {
        3
    }
}
