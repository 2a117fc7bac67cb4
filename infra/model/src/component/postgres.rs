//! A PostgreSQL server for the databases of the services.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Component, Report, Scope};
use crate::part::{Generated, Part, text};
use crate::value::{Map, Value};
use crate::workload::{Health, Kind, Port, Probe, ProbeKind, Source, Stop, Volume, Workload};

const ADMIN: &str = "postgres";
const PORT: &str = "postgres";

/// A PostgreSQL server. Each service that names it gets a database and a role of its own.
#[derive(Clone, Debug)]
pub struct Postgres {
    name: String,
    version: u16,
    max_connections: u16,
    shared_buffers_mib: u32,
    settings: BTreeMap<String, String>,
    protect: bool,
}

/// What others may use of a [`Postgres`].
#[derive(Clone, Debug)]
pub struct PostgresRef {
    pub(super) host: Value,
    pub(super) port: Value,
    pub(super) admin: &'static str,
    pub(super) admin_password: Value,
}

impl Postgres {
    /// PostgreSQL 17 with 100 connections and 128 MiB of shared buffers.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: 17,
            max_connections: 100,
            shared_buffers_mib: 128,
            settings: BTreeMap::new(),
            protect: false,
        }
    }

    /// The major version, 17 or 18.
    #[must_use]
    pub fn version(mut self, version: u16) -> Self {
        self.version = version;
        self
    }

    /// How many connections at most.
    #[must_use]
    pub fn max_connections(mut self, connections: u16) -> Self {
        self.max_connections = connections;
        self
    }

    /// Memory for cached pages, in MiB.
    #[must_use]
    pub fn shared_buffers(mut self, mebibytes: u32) -> Self {
        self.shared_buffers_mib = mebibytes;
        self
    }

    /// Any other setting of `postgresql.conf`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Refuse every deploy that would delete the databases.
    #[must_use]
    pub fn protect(mut self) -> Self {
        self.protect = true;
        self
    }

    fn password(&self) -> String {
        format!("{}-password", self.name)
    }

    fn args(&self) -> Vec<Value> {
        let mut settings = self.settings.clone();
        let mut default = |name: &str, value: String| {
            settings.entry(name.to_owned()).or_insert(value);
        };
        default("max_connections", self.max_connections.to_string());
        default("shared_buffers", format!("{}MB", self.shared_buffers_mib));
        default("password_encryption", "scram-sha-256".to_owned());
        default("log_min_duration_statement", "500ms".to_owned());
        default("idle_in_transaction_session_timeout", "60s".to_owned());
        let pairs = settings.into_iter();
        pairs.flat_map(|(name, value)| ["-c".into(), format!("{name}={value}").into()]).collect()
    }

    fn workload(&self, scope: &Scope<'_>) -> Workload {
        let ready = Probe::new(ProbeKind::Tcp { port: PORT.to_owned() });
        Workload {
            args: self.args(),
            env: BTreeMap::from([("POSTGRES_USER".to_owned(), ADMIN.into())]),
            secrets: BTreeMap::from([(
                "POSTGRES_PASSWORD".to_owned(),
                scope.generated(&self.password()).output("value"),
            )]),
            ports: vec![Port { name: PORT.to_owned(), number: 5432, published: None }],
            volumes: vec![Volume {
                name: "data".to_owned(),
                mount: "/var/lib/postgresql/data".to_owned(),
                precious: true,
            }],
            health: Health { readiness: Some(ready), liveness: None },
            // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
            stop: Stop {
                signal: "SIGINT".to_owned(),
                grace: Duration::from_secs(60),
                drain: Duration::ZERO,
            },
            ..Workload::new(
                &self.name,
                Kind::Singleton,
                Source::Image(format!("postgres:{}", self.version)),
            )
        }
    }
}

impl Component for Postgres {
    type Handle = PostgresRef;

    fn kind(&self) -> &'static str {
        "Postgres"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn handle(&self, scope: &Scope<'_>) -> PostgresRef {
        let server = scope.workload(&self.name);
        PostgresRef {
            host: server.output(&format!("ports.{PORT}.host")),
            port: server.output(&format!("ports.{PORT}.number")),
            admin: ADMIN,
            admin_password: scope.generated(&self.password()).output("value"),
        }
    }

    fn parts(&self, scope: &Scope<'_>) -> Vec<Part> {
        let password =
            Part::Generated { name: self.password(), what: Generated::Password { length: 32 } };
        vec![password, Part::Workload(Box::new(self.workload(scope)))]
    }

    fn outputs(&self, scope: &Scope<'_>) -> Map {
        let handle = self.handle(scope);
        let url = text([
            format!("postgres://{ADMIN}@").into(),
            handle.host,
            ":".into(),
            handle.port,
            "/postgres".into(),
        ]);
        Map::from([("url".into(), url), ("password".into(), handle.admin_password)])
    }

    fn check(&self, report: &mut Report<'_>) {
        report.name(&self.name);
        if !(17..=18).contains(&self.version) {
            let message = format!("PostgreSQL {} is not one that is supported", self.version);
            report.add(message, "use version 17 or 18");
        }
        if self.shared_buffers_mib == 0 || self.max_connections == 0 {
            report.add(
                format!("`{}` has no connections or no memory", self.name),
                "give max_connections and shared_buffers at least 1",
            );
        }
    }
}
