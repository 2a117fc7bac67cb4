//! The way to a server: the `server` input, connections, and what their errors mean.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use goodgo_model::{Map, Value};
use goodgo_provider::Error;
use goodgo_provider::schema::{Property, Shape};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// The input that all resources have; see the [crate].
pub(crate) const SERVER: Property = Property::required(
    "server",
    Shape::Object(&[
        Property::text("database", "postgres"),
        Property::required("host", Shape::Text),
        Property::optional("password", Shape::Text),
        Property::required("port", Shape::Whole(1, 65_535)),
        Property::required("username", Shape::Text),
    ]),
);

/// A server on this machine answers at once; one that does not, is tried again by the engine.
const CONNECT: Duration = Duration::from_secs(5);
/// How long to wait for a lock that an interrupted operation still holds.
const LOCK_TIMEOUT: &str = "10s";

/// Where a server is and who manages it there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    host: String,
    port: u16,
    pub(crate) username: String,
    password: Option<String>,
    database: String,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Server {
    /// Reads the `server` input.
    pub(crate) fn of(inputs: &Map) -> Result<Self, Error> {
        let server = inputs.get("server").and_then(Value::as_map);
        let get = |name: &str| server.and_then(|map| map.get(name));
        let text = |name: &str| get(name).and_then(Value::as_str).map(str::to_owned);
        let port = get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        match (text("host"), port, text("username")) {
            (Some(host), Some(port), Some(username)) => Ok(Self {
                host,
                port,
                username,
                password: text("password"),
                database: text("database").unwrap_or_else(|| "postgres".to_owned()),
            }),
            _ => Err(Error::permanent("it is not known which PostgreSQL server to ask")
                .hint("declare the resource with `server`, then import it")),
        }
    }

    /// The same server, another database.
    pub(crate) fn inside(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    async fn connect(&self) -> Result<PgConnection, Error> {
        let options = PgConnectOptions::new_without_pgpass()
            .host(&self.host)
            .port(self.port)
            .username(&self.username)
            .password(self.password.as_deref().unwrap_or_default())
            .database(&self.database)
            // TLS is not compiled in: targets reach their servers over loopback or a private network.
            .ssl_mode(PgSslMode::Disable)
            .application_name("goodgo")
            .options([("lock_timeout", LOCK_TIMEOUT)])
            .disable_statement_logging();
        let late = |_| Error::transient(format!("PostgreSQL at {self} did not answer in time"));
        let connected = tokio::time::timeout(CONNECT, options.connect()).await.map_err(late)?;
        connected.map_err(|error| self.explain("connecting", error))
    }

    /// What an error of the client means for the engine and for a person.
    pub(crate) fn explain(&self, what: &str, error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::Io(_) => {
                Error::transient(format!("{what}: PostgreSQL at {self} cannot be reached"))
                    .hint("see whether it runs: `status`, `logs`")
                    .source(error)
            }
            sqlx::Error::Database(database) => {
                let database = database.downcast_ref::<PgDatabaseError>();
                self.explain_answer(what, database)
            }
            _ => Error::permanent(format!("{what} on {self} failed")).source(error),
        }
    }

    fn explain_answer(&self, what: &str, answer: &PgDatabaseError) -> Error {
        let code = answer.code();
        let message = format!("{what} on {self}: {} (SQLSTATE {code})", answer.message());
        let error =
            if is_passing(code) { Error::transient(message) } else { Error::permanent(message) };
        match (code, answer.detail()) {
            ("28P01" | "28000", _) => error.hint(format!(
                "the server does not accept `{}` with the password of `server.password`; if it was changed by hand, set it back",
                self.username
            )),
            ("42501", _) => error.hint(format!("give `{}` the rights to do this", self.username)),
            (_, Some(detail)) => error.hint(detail),
            _ => error,
        }
    }
}

/// Whether trying again may help: by SQLSTATE, see PostgreSQL's Appendix A.
fn is_passing(code: &str) -> bool {
    // Connection exceptions, insufficient resources, operator intervention (starting up, shutting down).
    const CLASSES: [&str; 3] = ["08", "53", "57"];
    // Serialization failure, deadlock, in use, lock not available, and an internal error that two
    // concurrent changes of one catalogue row cause ("tuple concurrently updated").
    const CODES: [&str; 5] = ["40001", "40P01", "55006", "55P03", "XX000"];
    CLASSES.iter().any(|class| code.starts_with(class)) || CODES.contains(&code)
}

/// Open connections that nobody uses at the moment.
#[derive(Default)]
pub(crate) struct Connections {
    idle: Mutex<HashMap<Server, Vec<PgConnection>>>,
}

/// A connection for one operation. It is closed when dropped: whoever finished in order gives it
/// back by [`Session::done`], so that one with a half-sent statement is never used again.
pub(crate) struct Session<'a> {
    pub(crate) server: Server,
    connection: PgConnection,
    home: &'a Connections,
}

impl Connections {
    /// An idle connection that still works, or a new one.
    pub(crate) async fn open(&self, server: Server) -> Result<Session<'_>, Error> {
        while let Some(mut connection) = self.take(&server) {
            if connection.ping().await.is_ok() {
                return Ok(Session { server, connection, home: self });
            }
        }
        let connection = server.connect().await?;
        Ok(Session { server, connection, home: self })
    }

    fn take(&self, server: &Server) -> Option<PgConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).get_mut(server)?.pop()
    }
}

impl Session<'_> {
    /// Gives the connection back.
    pub(crate) fn done(self) {
        let mut idle = self.home.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.entry(self.server).or_default().push(self.connection);
    }

    /// Runs statements without parameters. Several are one transaction: PostgreSQL takes a
    /// message of several statements as one (`protocol-flow`, "Multiple Statements in a Simple Query").
    pub(crate) async fn run(&mut self, what: &str, statements: String) -> Result<(), Error> {
        match sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut self.connection).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.server.explain(what, error)),
        }
    }

    /// Waits until no other session works on the create of that token. The server goes on with a
    /// statement whose client has died, and only afterwards one can see what it left behind.
    pub(crate) async fn lock(&mut self, token: &str) -> Result<(), Error> {
        self.advise("SELECT pg_advisory_lock(hashtextextended('goodgo:' || $1, 0))", token).await
    }

    /// Lets others work on the create of that token.
    pub(crate) async fn unlock(&mut self, token: &str) -> Result<(), Error> {
        self.advise("SELECT pg_advisory_unlock(hashtextextended('goodgo:' || $1, 0))", token).await
    }

    async fn advise(&mut self, statement: &'static str, token: &str) -> Result<(), Error> {
        match sqlx::query(statement).bind(token).execute(&mut self.connection).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.server.explain("waiting for an interrupted create", error)),
        }
    }
}

impl Deref for Session<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Session<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
