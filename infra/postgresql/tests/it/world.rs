//! The server of the tests, and resources on it that no two tests share.

use std::time::Duration;

use goodgo_model::{Map, Type, Urn, Value};
use goodgo_postgresql::Postgresql;
use goodgo_provider::{
    Create, Created, Delete, Error, Find, Inspect, Observed, Provider, Read, Update, Updated,
};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};
use uuid::Uuid;

pub(crate) const ROLE: &str = "postgresql:index/role:Role";
pub(crate) const DATABASE: &str = "postgresql:index/database:Database";

/// The server that `with-backends` started: `postgres://<user>:<password>@<host>:<port>/<database>`.
pub(crate) struct Server {
    pub(crate) url: String,
    username: String,
    password: String,
    host: String,
    port: u16,
}

impl Server {
    pub(crate) fn of_tests() -> Self {
        let url = std::env::var("TEST_DATABASE_URL")
            .expect("these tests need a PostgreSQL: run them with ./just test");
        let rest = url.split_once("://").expect("a URL").1;
        let (login, place) = rest.split_once('@').expect("a user in the URL");
        let (username, password) = login.split_once(':').expect("a password in the URL");
        let (host, port) =
            place.split(['/', '?']).next().and_then(|at| at.split_once(':')).expect("a port");
        Self {
            username: username.to_owned(),
            password: password.to_owned(),
            host: host.to_owned(),
            port: port.parse().expect("a port"),
            url,
        }
    }

    pub(crate) fn input(&self) -> Value {
        self.input_with(&self.host, self.port, &self.password)
    }

    pub(crate) fn input_with(&self, host: &str, port: u16, password: &str) -> Value {
        Value::map([
            ("host", Value::from(host)),
            ("port", port.into()),
            ("username", self.username.as_str().into()),
            ("password", Value::from(password).secret()),
        ])
    }

    pub(crate) fn with_wrong_password(&self) -> Value {
        self.input_with(&self.host, self.port, "wrong")
    }

    /// What a person would do with `psql`.
    pub(crate) async fn by_hand(&self, statement: &str) {
        let mut connection = self.connect().await;
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    }

    pub(crate) async fn ask(&self, query: &str) -> bool {
        let query = sqlx::query_scalar(AssertSqlSafe(query.to_owned()));
        query.fetch_one(&mut self.connect().await).await.unwrap()
    }

    /// A session of the administrator.
    pub(crate) async fn connect(&self) -> PgConnection {
        self.url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
    }

    /// Logs in as somebody else.
    pub(crate) async fn log_in(
        &self,
        role: &str,
        password: &str,
        database: &str,
    ) -> Result<PgConnection, sqlx::Error> {
        let options = self.url.parse::<PgConnectOptions>()?;
        options.username(role).password(password).database(database).connect().await
    }
}

/// A name that no other test and no earlier run used.
pub(crate) fn unique(prefix: &str) -> String {
    format!("{prefix}_{}", &Uuid::new_v4().simple().to_string()[..12])
}

/// A token as the engine makes them.
pub(crate) fn token() -> String {
    Uuid::new_v4().simple().to_string()
}

/// One resource, and the calls of the engine on it.
pub(crate) struct Subject {
    pub(crate) provider: Postgresql,
    pub(crate) kind: Type,
    urn: Urn,
}

const TIMEOUT: Duration = Duration::from_secs(60);

impl Subject {
    pub(crate) fn new(kind: &str) -> Self {
        let urn = Urn::new("test", "goodgo", kind, "subject");
        Self { provider: Postgresql::new(), kind: Type::new(kind), urn }
    }

    pub(crate) fn check(&self, pairs: &[(&str, Value)]) -> Map {
        let inputs = pairs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        self.provider.check(&self.kind, inputs).unwrap()
    }

    pub(crate) async fn create(&self, token: &str, inputs: &Map) -> Result<Created, Error> {
        let (urn, kind) = (&self.urn, &self.kind);
        let request = Create { urn, kind, token, inputs, timeout: TIMEOUT, log: &|_| {} };
        self.provider.create(request).await
    }

    pub(crate) async fn read(&self, id: &str, inputs: &Map) -> Result<Option<Observed>, Error> {
        let outputs = &Map::new();
        let request = Read { urn: &self.urn, kind: &self.kind, id, inputs, outputs };
        self.provider.read(request).await
    }

    pub(crate) async fn find(&self, token: &str, inputs: &Map) -> Result<Option<Observed>, Error> {
        let request = Find { urn: &self.urn, kind: &self.kind, token, inputs };
        self.provider.find(request).await
    }

    pub(crate) async fn update(&self, id: &str, old: &Map, new: &Map) -> Result<Updated, Error> {
        let request = Update {
            urn: &self.urn,
            kind: &self.kind,
            id,
            old_inputs: old,
            old_outputs: old,
            new_inputs: new,
            timeout: TIMEOUT,
            log: &|_| {},
        };
        self.provider.update(request).await
    }

    pub(crate) async fn delete(&self, id: &str, inputs: &Map) -> Result<(), Error> {
        let request = Delete {
            urn: &self.urn,
            kind: &self.kind,
            id,
            inputs,
            outputs: inputs,
            timeout: TIMEOUT,
            log: &|_| {},
        };
        self.provider.delete(request).await
    }

    /// The properties in which the world differs from what was applied.
    pub(crate) async fn drift(&self, id: &str, inputs: &Map) -> Vec<String> {
        let seen = self.read(id, inputs).await.unwrap().expect("it is there");
        goodgo_provider::changes(inputs, &seen.inputs)
            .iter()
            .map(|change| change.path.to_string())
            .collect()
    }
}
