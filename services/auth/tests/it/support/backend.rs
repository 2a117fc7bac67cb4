//! The backends that the environment names, and a fresh database in one.

use std::str::FromStr as _;

use goodgo_auth::schema::MIGRATIONS;
use goodgo_service_kit::config::{Environment, read};
use goodgo_service_kit::database::{DatabaseSettings, migrate};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use uuid::Uuid;

/// A server by its parts.
#[derive(Debug, Clone)]
pub(crate) struct Backend {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) address: String,
    pub(crate) rest: String,
}

impl Backend {
    fn from_variable(name: &str) -> Self {
        let url = std::env::var(name)
            .unwrap_or_else(|_| panic!("{name} is not set: run them with ./just test"));
        let (_, url) = url.split_once("://").unwrap_or_else(|| panic!("{name} is not a URL"));
        let (authority, rest) = url.split_once('/').unwrap_or((url, ""));
        let (login, address) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let [user, password, address, rest] = [user, password, address, rest].map(str::to_owned);
        Self { user, password, address, rest }
    }

    pub(crate) fn postgres() -> Self {
        Self::from_variable("TEST_DATABASE_URL")
    }

    pub(crate) fn redis() -> Self {
        Self::from_variable("TEST_REDIS_URL")
    }

    fn options(&self) -> PgConnectOptions {
        let Self { user, address, rest, password } = self;
        let url = format!("postgres://{user}@{address}/{rest}");
        PgConnectOptions::from_str(&url).unwrap().password(password)
    }
}

/// A database with the service's schema, dropped at the end of the test.
pub(crate) struct TestDatabase {
    pub(crate) server: Backend,
    pub(crate) name: String,
    /// The test's own connections, to look behind the service.
    pub(crate) pool: PgPool,
}

impl TestDatabase {
    /// A database with the schema.
    pub(crate) async fn new() -> Self {
        let database = Self::empty().await;
        migrate(&database.settings(), MIGRATIONS).await.unwrap();
        database
    }

    /// A database with nothing in it.
    pub(crate) async fn empty() -> Self {
        let server = Backend::postgres();
        let name = format!("auth_test_{}", Uuid::new_v4().simple());
        let mut admin = server.options().connect().await.unwrap();
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut admin).await.unwrap();
        let options = server.options().database(&name);
        let pool = PgPoolOptions::new().max_connections(4).connect_lazy_with(options);
        Self { server, name, pool }
    }

    /// The settings that reach it.
    pub(crate) fn variables(&self) -> [(String, String); 2] {
        let Backend { user, address, password, .. } = &self.server;
        let url = format!("postgres://{user}@{address}/{}", self.name);
        [("DATABASE_URL".to_owned(), url), ("DATABASE_PASSWORD".to_owned(), password.clone())]
    }

    pub(crate) fn settings(&self) -> DatabaseSettings {
        read(&Environment::from_iter(self.variables())).unwrap()
    }

    /// Runs a statement behind the service's back and answers how many rows it
    /// changed.
    pub(crate) async fn run(&self, sql: &'static str) -> u64 {
        sqlx::query(sql).execute(&self.pool).await.unwrap().rows_affected()
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let options = self.server.options();
        let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // A thread of its own: the test's runtime may be ending.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                if let Ok(mut admin) = options.connect().await {
                    let _ = sqlx::raw_sql(drop).execute(&mut admin).await;
                }
            });
        });
        let _ = dropping.join();
    }
}
