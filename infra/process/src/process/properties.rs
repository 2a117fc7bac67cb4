//! The properties of processes and jobs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Inputs of a process. Texts may hold the placeholders of `goodgo_model`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inputs {
    /// The replica's name.
    pub(crate) name: String,
    /// The component that it belongs to.
    pub(crate) component: String,
    /// Absolute path of the program.
    pub(crate) program: PathBuf,
    /// What the program needs in its environment to run at all.
    #[serde(default)]
    pub(crate) program_env: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) args: Vec<String>,
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// Contents by name.
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, String>,
    /// Texts, or structures that are written as JSON, by name.
    #[serde(default)]
    pub(crate) files: BTreeMap<String, serde_json::Value>,
    /// Numbers by name; 0 for one that is free at the start.
    #[serde(default)]
    pub(crate) ports: BTreeMap<String, u16>,
    /// Paths by name.
    #[serde(default)]
    pub(crate) volumes: BTreeMap<String, PathBuf>,
    #[serde(default)]
    pub(crate) readiness: Option<Probe>,
    #[serde(default)]
    pub(crate) liveness: Option<Probe>,
    #[serde(default)]
    pub(crate) prepare: Option<Prepare>,
    /// Whether to drop privileges when root.
    #[serde(default)]
    pub(crate) unprivileged: bool,
    #[serde(default)]
    pub(crate) strategy: Strategy,
    #[serde(default)]
    pub(crate) stop_signal: Option<String>,
    #[serde(default)]
    pub(crate) grace_ms: Option<u64>,
    #[serde(default)]
    pub(crate) drain_ms: Option<u64>,
    /// For jobs: they fail when they run longer.
    #[serde(default)]
    pub(crate) timeout_ms: Option<u64>,
    /// For jobs: digests of the migrations by file.
    #[expect(
        dead_code,
        reason = "read here for its form; the diff must do with unknowns around it"
    )]
    #[serde(default)]
    pub(crate) migrations: BTreeMap<String, String>,
    /// For jobs: what the migrations may break, by file.
    #[expect(
        dead_code,
        reason = "read here for its form; the diff must do with unknowns around it"
    )]
    #[serde(default)]
    pub(crate) migration_risks: BTreeMap<String, Vec<String>>,
}

/// How a changed process takes the place of the running one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Strategy {
    /// The new one starts beside the old one.
    Rolling,
    /// The old one stops first.
    #[default]
    Restart,
}

/// A probe.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Probe {
    /// `http`, `tcp` or `command`.
    #[serde(rename = "type")]
    pub(crate) kind: ProbeKind,
    /// The port's name, for `http` and `tcp`.
    #[serde(default)]
    pub(crate) port: String,
    /// For `http`.
    #[serde(default)]
    pub(crate) path: String,
    /// For `command`.
    #[serde(default)]
    pub(crate) command: Vec<String>,
    pub(crate) interval_ms: u64,
    pub(crate) timeout_ms: u64,
    pub(crate) failures: u32,
    pub(crate) start_ms: u64,
}

/// What a probe asks.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProbeKind {
    Http,
    Tcp,
    Command,
}

/// What has to run once before the first start.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Prepare {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) creates: String,
    pub(crate) temporary: String,
}

/// Outputs of a process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Outputs {
    /// Its identity for the supervisor.
    pub(crate) key: String,
    /// Numbers by name.
    pub(crate) ports: BTreeMap<String, u16>,
    /// `host:number` by name.
    pub(crate) addresses: BTreeMap<String, String>,
    /// `http://host:number` by name.
    pub(crate) urls: BTreeMap<String, String>,
}
