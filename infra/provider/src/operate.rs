//! What a target can tell about what runs, beside creating it: status, logs, what is missing.

use std::ffi::OsString;
use std::path::PathBuf;

use async_trait::async_trait;
use goodgo_model::Target;
use serde::Serialize;

use crate::{Error, Registry};

/// Where an environment lives on this machine. Resolved at the edge and handed down.
#[derive(Clone, Debug)]
pub struct Context {
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// Everything of the environment: state, data, logs, sockets. Removed when it is destroyed.
    pub directory: PathBuf,
    /// What can be got again: downloaded components.
    pub cache: PathBuf,
    /// The root of the workspace that declares the environment.
    pub workspace: PathBuf,
    /// Where the built programs of the workspace are.
    pub binaries: PathBuf,
    /// The running program, which becomes the supervisor where one is needed.
    pub program: PathBuf,
    /// Where installed programs are searched, as in `PATH`.
    pub search_path: OsString,
}

/// A target as the command line uses it: how parts are lowered, which providers make them,
/// and what can be asked of what runs.
pub trait Runtime: Send + Sync {
    /// How parts become resources.
    fn target(&self) -> &dyn Target;
    /// The providers of those resources.
    fn providers(&self) -> Registry;
    /// What can be asked of what runs.
    fn operate(&self) -> &dyn Operate;
}

/// Questions about what runs. None of them changes anything, except [`Operate::clean`].
#[async_trait]
pub trait Operate: Send + Sync {
    /// Every replica of every workload. Empty when nothing runs.
    ///
    /// # Errors
    /// When the world cannot be looked at.
    async fn status(&self) -> Result<Vec<ReplicaStatus>, Error>;

    /// Sends log lines in order of time to `sink` until all asked for are sent, or for ever when following.
    ///
    /// # Errors
    /// When the logs cannot be read, or a component is not known (the message names the known ones).
    async fn logs(
        &self,
        request: &LogRequest,
        sink: &mut (dyn FnMut(LogLine) + Send),
    ) -> Result<(), Error>;

    /// What is missing on this machine and how to get it. Blocking work is done elsewhere.
    async fn doctor(&self) -> Vec<Finding>;

    /// Removes what belongs to no resource (a supervisor, empty folders) once everything is destroyed.
    ///
    /// # Errors
    /// When something cannot be removed.
    async fn clean(&self) -> Result<(), Error>;
}

/// One running (or failing) copy of a workload.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaStatus {
    /// The component's name.
    pub component: String,
    /// The replica's name, as in the logs.
    pub replica: String,
    /// `ready`, `starting`, `unhealthy`, `backoff`, `exited`, `stopped`.
    pub state: String,
    /// The process, where there is one.
    pub pid: Option<u32>,
    /// Where it listens, by port name.
    pub addresses: Vec<(String, String)>,
    /// How often it was started again.
    pub restarts: u32,
    /// In this state since, seconds since 1970.
    pub since: i64,
    /// Resident memory in bytes, when it can be told.
    pub memory: Option<u64>,
    /// Why it is not ready, in a few words.
    pub detail: Option<String>,
}

/// Which log lines.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LogRequest {
    /// Components or replicas by name; empty for all.
    pub components: Vec<String>,
    /// From then on, seconds since 1970.
    pub since: Option<i64>,
    /// At most so many from the end.
    pub lines: Option<usize>,
    /// Wait for more.
    pub follow: bool,
}

/// One line that a workload printed.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LogLine {
    /// When, RFC 3339 in UTC with milliseconds.
    pub time: String,
    /// Who.
    pub replica: String,
    /// What.
    pub text: String,
}

/// One thing that `doctor` looked at.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found.
    pub found: String,
    /// What to do when it is not.
    pub hint: Option<String>,
}
