//! What runs, target-neutral: the middle of the four layers.
//!
//! A component says what it runs once, in these words; each target says once how it runs
//! them. Ports, volumes, files and secrets are named here and placed by the target, so
//! texts refer to them by placeholders that the target fills in: [`port`], [`listen`],
//! [`volume`], [`file`], [`secret_file`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::urn::Urn;
use crate::value::Value;

/// Something that runs.
#[derive(Clone, PartialEq, Debug)]
pub struct Workload {
    /// Unique within the environment.
    pub name: String,
    /// How it lives.
    pub kind: Kind,
    /// What to run.
    pub source: Source,
    /// After the program or the image's entry point. May hold placeholders.
    pub args: Vec<Value>,
    /// Environment variables without secrets. May hold placeholders.
    pub env: BTreeMap<String, Value>,
    /// Contents by name. Each is a file, whose path the program finds in `<NAME>_FILE`
    /// or, in texts, by [`secret_file`].
    pub secrets: BTreeMap<String, Value>,
    /// Configuration files by name.
    pub files: BTreeMap<String, ConfigFile>,
    /// What it listens on.
    pub ports: Vec<Port>,
    /// What outlives it.
    pub volumes: Vec<Volume>,
    /// When it can be used and when it has to be restarted.
    pub health: Health,
    /// What it may use at most.
    pub limits: Limits,
    /// How it is stopped.
    pub stop: Stop,
    /// Must be ready, or finished, before it starts, besides whose outputs it uses.
    pub depends_on: Vec<Urn>,
}

impl Workload {
    /// Nothing but a program: no arguments, files, ports or volumes, the defaults for the rest.
    pub fn new(name: &str, kind: Kind, source: Source) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            source,
            args: Vec::new(),
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            files: BTreeMap::new(),
            ports: Vec::new(),
            volumes: Vec::new(),
            health: Health::default(),
            limits: Limits::default(),
            stop: Stop::default(),
            depends_on: Vec::new(),
        }
    }
}

/// How a workload lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Replicas without data of their own: new ones take over before old ones go.
    Replicated {
        /// How many.
        replicas: u32,
    },
    /// One, with data or a fixed address: it stops before its successor starts.
    Singleton,
    /// Runs to its end, once for each change of what it is declared to be.
    Job {
        /// The migrations that it applies, if that is what it does.
        migrations: Vec<Migration>,
        /// Fails when it runs longer.
        timeout: Duration,
    },
}

/// A database migration that a job applies, so that a plan can name it and its risk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Migration {
    /// The file's name.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub digest: String,
    /// What it may break, one sentence each.
    pub risks: Vec<String>,
}

/// What to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// An image by its upstream name and tag, `postgres:17`. The process target takes the
    /// same program from its catalogue.
    Image(String),
    /// A program of this workspace, by the name of its binary.
    Binary(String),
}

/// A configuration file.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfigFile {
    /// A text, or a structure that is written as JSON (which is also YAML). May hold placeholders.
    pub content: Value,
}

/// A port that the workload listens on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Port {
    /// Unique within the workload.
    pub name: String,
    /// The number where the workload has an address of its own.
    pub number: u16,
    /// The number that users of the platform reach it by, if they may.
    pub published: Option<u16>,
}

/// Data that outlives the workload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Volume {
    /// Unique within the workload.
    pub name: String,
    /// Where an image expects it.
    pub mount: String,
    /// Whether losing it loses what users entrusted to the platform.
    pub precious: bool,
}

/// When a workload can be used and when it has to be restarted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Health {
    /// Passes when it can be used.
    pub readiness: Option<Probe>,
    /// Fails when it has to be restarted.
    pub liveness: Option<Probe>,
}

/// A repeated question to a workload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Probe {
    /// What is asked.
    pub kind: ProbeKind,
    /// Between two questions, once it has answered well.
    pub interval: Duration,
    /// For one answer.
    pub timeout: Duration,
    /// So many bad answers in a row count as a failure.
    pub failures: u32,
    /// How long it may take until the first good answer.
    pub start: Duration,
}

/// What a probe asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProbeKind {
    /// GET answers with a 2xx.
    Http {
        /// The port's name.
        port: String,
        /// The path, with `/`.
        path: String,
    },
    /// A connection is accepted.
    Tcp {
        /// The port's name.
        port: String,
    },
    /// A program of the workload's image ends with 0. May hold placeholders.
    Command {
        /// The program's name and its arguments.
        command: Vec<String>,
    },
}

impl Probe {
    /// The defaults: every 5 s, 2 s for an answer, 3 failures, 30 s to start.
    pub fn new(kind: ProbeKind) -> Self {
        Self {
            kind,
            interval: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            failures: 3,
            start: Duration::from_secs(30),
        }
    }
}

/// What a workload may use at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// Bytes.
    pub memory: Option<u64>,
    /// Thousandths of a core.
    pub cpu_millis: Option<u32>,
}

/// How a workload is stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stop {
    /// The signal's name: `SIGTERM`.
    pub signal: String,
    /// After this it is killed.
    pub grace: Duration,
    /// Between the moment that traffic has moved away and the signal.
    pub drain: Duration,
}

impl Default for Stop {
    /// SIGTERM, 10 s, 100 ms.
    fn default() -> Self {
        Self {
            signal: "SIGTERM".to_owned(),
            grace: Duration::from_secs(10),
            drain: Duration::from_millis(100),
        }
    }
}

/// Stands for the number of one of the workload's own ports.
pub fn port(name: &str) -> String {
    format!("${{port.{name}}}")
}

/// Stands for the address, `host:port`, that the workload is to listen on for one of its own ports.
pub fn listen(name: &str) -> String {
    format!("${{listen.{name}}}")
}

/// Stands for the host that the workload is to listen on for one of its own ports.
pub fn bind(name: &str) -> String {
    format!("${{bind.{name}}}")
}

/// Stands for the path of one of the workload's own volumes.
pub fn volume(name: &str) -> String {
    format!("${{volume.{name}}}")
}

/// Stands for the path of one of the workload's own configuration files.
pub fn file(name: &str) -> String {
    format!("${{file.{name}}}")
}

/// Stands for the path of a file with one of the workload's own secrets.
pub fn secret_file(name: &str) -> String {
    format!("${{secret.{name}}}")
}
