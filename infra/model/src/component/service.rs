//! A service of the product: replicas behind the gateway, with what they need.

use std::collections::BTreeMap;
use std::time::Duration;

use super::gateway::GatewayRef;
use super::postgres::PostgresRef;
use super::redis::RedisRef;
use super::{Component, Report, Scope};
use crate::part::{Database, Generated, Part, identifier};
use crate::urn::Urn;
use crate::value::{Map, Value};
use crate::workload::{
    Health, Kind, Limits, Migration, Port, Probe, ProbeKind, Source, Stop, Workload, listen,
};

const PORT: &str = "http";

/// A service. It is told where to listen in `LISTEN_ADDRESS`, its database in `DATABASE_URL`
/// and `DATABASE_PASSWORD_FILE`, its cache in `REDIS_URL` and `REDIS_PASSWORD_FILE`.
#[derive(Clone, Debug)]
pub struct Service {
    name: String,
    binary: String,
    routes: Vec<(GatewayRef, String)>,
    database: Option<(PostgresRef, String)>,
    cache: Option<RedisRef>,
    env: BTreeMap<String, Value>,
    secrets: BTreeMap<String, Value>,
    replicas: u32,
    ready_path: String,
    live_path: String,
    migrate: Option<(Vec<String>, Vec<Migration>)>,
    limits: Limits,
    stop: Stop,
    start: Duration,
}

/// What others may use of a [`Service`].
#[derive(Clone, Debug)]
pub struct ServiceRef {
    urn: Urn,
    servers: Value,
}

impl Service {
    /// One replica of the workspace's program of the same name, ready when `/health/ready` says so.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            binary: name.to_owned(),
            routes: Vec::new(),
            database: None,
            cache: None,
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            replicas: 1,
            ready_path: "/health/ready".to_owned(),
            live_path: "/health/live".to_owned(),
            migrate: None,
            limits: Limits::default(),
            stop: Stop::default(),
            start: Duration::from_secs(30),
        }
    }

    /// The program to run, when it is not named like the service.
    #[must_use]
    pub fn binary(mut self, name: &str) -> Self {
        self.binary = name.to_owned();
        self
    }

    /// Takes every request under a path prefix of the gateway.
    #[must_use]
    pub fn route(mut self, gateway: &GatewayRef, prefix: &str) -> Self {
        self.routes.push((gateway.clone(), prefix.to_owned()));
        self
    }

    /// Gives it a database and a role of its own, named like the service.
    #[must_use]
    pub fn database(self, postgres: &PostgresRef) -> Self {
        let name = self.name.clone();
        self.database_named(postgres, &name)
    }

    /// Gives it a database and a role of another name: what a renamed service keeps its data by.
    #[must_use]
    pub fn database_named(mut self, postgres: &PostgresRef, name: &str) -> Self {
        self.database = Some((postgres.clone(), identifier(name).as_ref().to_owned()));
        self
    }

    /// Gives it a Redis.
    #[must_use]
    pub fn cache(mut self, redis: &RedisRef) -> Self {
        self.cache = Some(redis.clone());
        self
    }

    /// Adds an environment variable; may be an output of another component.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    /// Passes a secret as a file whose path is in `<name>_FILE`.
    #[must_use]
    pub fn secret(mut self, name: &str, value: Value) -> Self {
        self.secrets.insert(name.to_owned(), value);
        self
    }

    /// How many copies run side by side.
    #[must_use]
    pub fn replicas(mut self, replicas: u32) -> Self {
        self.replicas = replicas;
        self
    }

    /// The path that answers 2xx when a replica can take requests.
    #[must_use]
    pub fn ready(mut self, path: &str) -> Self {
        self.ready_path = path.to_owned();
        self
    }

    /// The path that answers 2xx unless a replica has to be restarted.
    #[must_use]
    pub fn live(mut self, path: &str) -> Self {
        self.live_path = path.to_owned();
        self
    }

    /// Runs its program with these arguments before each rollout whose migrations differ.
    #[must_use]
    pub fn migrate<'a>(
        mut self,
        args: impl IntoIterator<Item = &'a str>,
        migrations: Vec<Migration>,
    ) -> Self {
        self.migrate = Some((args.into_iter().map(str::to_owned).collect(), migrations));
        self
    }

    /// What each replica may use at most.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long a replica may take until it is ready.
    #[must_use]
    pub fn start_within(mut self, limit: Duration) -> Self {
        self.start = limit;
        self
    }

    fn password(&self) -> String {
        format!("{}-database-password", self.name)
    }

    fn job(&self) -> String {
        format!("{}-migrate", self.name)
    }

    fn database_part(&self, scope: &Scope<'_>, postgres: &PostgresRef, name: &str) -> [Part; 2] {
        let database = Database {
            name: name.to_owned(),
            password: scope.generated(&self.password()).output("value"),
            host: postgres.host.clone(),
            port: postgres.port.clone(),
            admin: postgres.admin.to_owned(),
            admin_password: postgres.admin_password.clone(),
            protect: false,
        };
        let what = Generated::Password { length: 32 };
        [Part::Generated { name: self.password(), what }, Part::Database(Box::new(database))]
    }

    /// What the service and its migrations share: where things are, and the secrets to get in.
    fn surroundings(
        &self,
        scope: &Scope<'_>,
    ) -> (BTreeMap<String, Value>, BTreeMap<String, Value>) {
        let mut env = self.env.clone();
        let mut secrets = self.secrets.clone();
        if let Some((_, name)) = &self.database {
            let database = scope.database(name);
            env.insert("DATABASE_URL".to_owned(), database.output("url"));
            let password = scope.generated(&self.password()).output("value");
            secrets.insert("DATABASE_PASSWORD".to_owned(), password);
        }
        if let Some(cache) = &self.cache {
            env.insert("REDIS_URL".to_owned(), cache.url.clone());
            secrets.insert("REDIS_PASSWORD".to_owned(), cache.password.clone());
        }
        (env, secrets)
    }

    fn migration_part(&self, scope: &Scope<'_>) -> Option<Part> {
        let (args, migrations) = self.migrate.clone()?;
        let (env, secrets) = self.surroundings(scope);
        let timeout = Duration::from_secs(600);
        Some(Part::Workload(Box::new(Workload {
            name: self.job(),
            kind: Kind::Job { migrations, timeout },
            args: args.into_iter().map(Value::from).collect(),
            env,
            secrets,
            ports: Vec::new(),
            health: Health::default(),
            depends_on: Vec::new(),
            ..self.workload(scope)
        })))
    }

    fn workload(&self, scope: &Scope<'_>) -> Workload {
        let (mut env, secrets) = self.surroundings(scope);
        env.insert("LISTEN_ADDRESS".to_owned(), listen(PORT).into());
        let probe = |path: &str| ProbeKind::Http { port: PORT.to_owned(), path: path.to_owned() };
        let readiness = Probe { start: self.start, ..Probe::new(probe(&self.ready_path)) };
        Workload {
            env,
            secrets,
            ports: vec![Port { name: PORT.to_owned(), number: 8000, published: None }],
            health: Health {
                readiness: Some(readiness),
                liveness: Some(Probe::new(probe(&self.live_path))),
            },
            limits: self.limits,
            stop: self.stop.clone(),
            depends_on: self.migrate.iter().map(|_| scope.workload(&self.job()).urn()).collect(),
            ..Workload::new(
                &self.name,
                Kind::Replicated { replicas: self.replicas },
                Source::Binary(self.binary.clone()),
            )
        }
    }

    fn servers(&self, scope: &Scope<'_>) -> Value {
        scope.workload(&self.name).output(&format!("servers.{PORT}"))
    }

    fn route_name(&self, index: usize) -> String {
        if index == 0 { self.name.clone() } else { format!("{}-{}", self.name, index + 1) }
    }
}

impl ServiceRef {
    /// For `depends_on` of another component.
    pub fn urn(&self) -> Urn {
        self.urn.clone()
    }

    /// Where its replicas listen: a list of `{"url": …}`.
    pub fn servers(&self) -> Value {
        self.servers.clone()
    }
}

impl Component for Service {
    type Handle = ServiceRef;

    fn kind(&self) -> &'static str {
        "Service"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn handle(&self, scope: &Scope<'_>) -> ServiceRef {
        ServiceRef { urn: scope.urn(), servers: self.servers(scope) }
    }

    fn parts(&self, scope: &Scope<'_>) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some((postgres, name)) = &self.database {
            parts.extend(self.database_part(scope, postgres, name));
        }
        parts.extend(self.migration_part(scope));
        parts.push(Part::Workload(Box::new(self.workload(scope))));
        for (index, (gateway, prefix)) in self.routes.iter().enumerate() {
            let name = self.route_name(index);
            // Liveness, not readiness: while a database is away no replica is ready, and
            // their own answers say more than the gateway's.
            parts.push(gateway.route(&name, prefix, self.servers(scope), &self.live_path));
        }
        parts
    }

    fn outputs(&self, _scope: &Scope<'_>) -> Map {
        let url = |(gateway, prefix): &(GatewayRef, String)| {
            Value::concat([gateway.url(), prefix.as_str().into()])
        };
        self.routes.first().map(|route| ("url".into(), url(route))).into_iter().collect()
    }

    fn check(&self, report: &mut Report<'_>) {
        report.name(&self.name);
        if self.replicas == 0 && !self.routes.is_empty() {
            let message = format!("`{}` has a route and no replica", self.name);
            report.add(message, "give it at least one replica, or drop the route");
        }
        for (_, prefix) in &self.routes {
            if !prefix.starts_with('/') || prefix.contains('`') || prefix.ends_with('/') {
                let message = format!("`{prefix}` is no path prefix");
                report.add(message, "begin it with `/` and end it without, as in /api/v1/orders");
            }
        }
        if self.migrate.is_some() && self.database.is_none() {
            let message = format!("`{}` has migrations and no database", self.name);
            report.add(message, "add `.database(&postgres)`, or drop `.migrate(…)`");
        }
        for path in [&self.ready_path, &self.live_path].iter().filter(|path| !path.starts_with('/'))
        {
            report.add(format!("`{path}` is no path"), "begin it with `/`");
        }
    }

    fn claims(&self) -> Vec<(Urn, String)> {
        let claim =
            |(gateway, prefix): &(GatewayRef, String)| (gateway.urn.clone(), prefix.clone());
        self.routes.iter().map(claim).collect()
    }
}
