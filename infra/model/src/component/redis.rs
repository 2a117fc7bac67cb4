//! A Redis server for caches and sessions.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Component, Report, Scope};
use crate::part::{Generated, Part, text};
use crate::value::{Map, Value};
use crate::workload::{
    ConfigFile, Health, Kind, Port, Probe, ProbeKind, Source, Stop, Volume, Workload, bind, file,
    port, volume,
};

const PORT: &str = "redis";
const CONFIG: &str = "redis.conf";

/// A Redis server with a generated password.
#[derive(Clone, Debug)]
pub struct Redis {
    name: String,
    version: u16,
    memory_mib: u32,
    durable: bool,
}

/// What others may use of a [`Redis`].
#[derive(Clone, Debug)]
pub struct RedisRef {
    pub(super) url: Value,
    pub(super) password: Value,
}

impl Redis {
    /// Redis 7 with 64 MiB that forgets everything when it restarts.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), version: 7, memory_mib: 64, durable: false }
    }

    /// The major version, 7 or newer.
    #[must_use]
    pub fn version(mut self, version: u16) -> Self {
        self.version = version;
        self
    }

    /// Memory for data, in MiB.
    #[must_use]
    pub fn memory(mut self, mebibytes: u32) -> Self {
        self.memory_mib = mebibytes;
        self
    }

    /// Keep an append-only file, synced each second: what is in it survives a restart, and
    /// nothing is evicted. For sessions.
    #[must_use]
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    fn password(&self) -> String {
        format!("{}-password", self.name)
    }

    /// The whole file is secret: the password is in it.
    fn config(&self, scope: &Scope<'_>) -> Value {
        let (append, policy) =
            if self.durable { ("yes", "noeviction") } else { ("no", "allkeys-lfu") };
        let rest = format!(
            "\nbind {}\nport {}\ndir \"{}\"\nmaxmemory {}mb\nmaxmemory-policy {policy}\n\
             appendonly {append}\nappendfsync everysec\nsave \"\"\ndaemonize no\nlogfile \"\"\n",
            bind(PORT),
            port(PORT),
            volume("data"),
            self.memory_mib,
        );
        let password = scope.generated(&self.password()).output("value");
        text(["requirepass ".into(), password, rest.into()])
    }

    fn workload(&self, scope: &Scope<'_>) -> Workload {
        let ready = Probe::new(ProbeKind::Tcp { port: PORT.to_owned() });
        Workload {
            args: vec![file(CONFIG).into()],
            files: BTreeMap::from([(
                CONFIG.to_owned(),
                ConfigFile { content: self.config(scope) },
            )]),
            ports: vec![Port { name: PORT.to_owned(), number: 6379, published: None }],
            volumes: vec![Volume {
                name: "data".to_owned(),
                mount: "/data".to_owned(),
                precious: self.durable,
            }],
            health: Health { readiness: Some(ready.clone()), liveness: Some(ready) },
            stop: Stop { grace: Duration::from_secs(30), drain: Duration::ZERO, ..Stop::default() },
            ..Workload::new(
                &self.name,
                Kind::Singleton,
                Source::Image(format!("redis:{}", self.version)),
            )
        }
    }
}

impl Component for Redis {
    type Handle = RedisRef;

    fn kind(&self) -> &'static str {
        "Redis"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn handle(&self, scope: &Scope<'_>) -> RedisRef {
        let address = scope.workload(&self.name).output(&format!("ports.{PORT}.address"));
        RedisRef {
            url: text(["redis://".into(), address, "/".into()]),
            password: scope.generated(&self.password()).output("value"),
        }
    }

    fn parts(&self, scope: &Scope<'_>) -> Vec<Part> {
        let password =
            Part::Generated { name: self.password(), what: Generated::Password { length: 32 } };
        vec![password, Part::Workload(Box::new(self.workload(scope)))]
    }

    fn outputs(&self, scope: &Scope<'_>) -> Map {
        let handle = self.handle(scope);
        Map::from([("url".into(), handle.url), ("password".into(), handle.password)])
    }

    fn check(&self, report: &mut Report<'_>) {
        report.name(&self.name);
        if self.version < 7 {
            let message = format!("Redis {} is older than what the services need", self.version);
            report.add(message, "use version 7 or newer");
        }
        if self.memory_mib < 1 {
            report.add(format!("`{}` has no memory", self.name), "give it at least 1 MiB");
        }
    }
}
