//! The service's PostgreSQL database: a small pool that gives up quickly, and
//! migrations that replicas may start at the same time.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::migrate::{MigrateError, Migration as Step, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};

use crate::config::{Secret, Setting, within};

crate::settings! {
    /// Where the database is and how it is used.
    pub struct DatabaseSettings {
        /// The database: `postgres://user@host:port/name`, without the password.
        "DATABASE_URL" => url: DatabaseUrl,
        /// The password of the database's user.
        "DATABASE_PASSWORD" => password: Option<Secret>,
        /// The most connections that are open at once.
        "DATABASE_CONNECTIONS" => connections: u32 = "8" where within(1..=200),
        /// How long a request waits for a connection before it is answered with 503.
        "DATABASE_WAIT" => wait: Duration = "800ms"
            where within(Duration::from_millis(10)..=Duration::from_secs(10)),
        /// How long one statement may run.
        "DATABASE_STATEMENT_TIMEOUT" => statement: Duration = "5s"
            where within(Duration::from_millis(10)..=Duration::from_secs(60)),
    }
}

/// The address of a database, readable and without a password.
#[derive(Clone, Debug)]
pub struct DatabaseUrl(PgConnectOptions);

impl Setting for DatabaseUrl {
    const KIND: &'static str = "PostgreSQL URL";

    // The text is never quoted: somebody may have put a password into it.
    fn parse(text: &str) -> Result<Self, String> {
        let scheme = text.starts_with("postgres://") || text.starts_with("postgresql://");
        let wrong = || "must be a URL such as postgres://user@127.0.0.1:5432/name".to_owned();
        let options = PgConnectOptions::from_str(text).map_err(|_| wrong())?;
        let authority = text.split_once("://").map_or("", |(_, rest)| rest);
        let user = authority.split('/').next().and_then(|host| host.rsplit_once('@'));
        match user {
            _ if !scheme => Err(wrong()),
            Some((user, _)) if user.contains(':') => {
                Err("must not hold the password: give it in DATABASE_PASSWORD_FILE".to_owned())
            }
            _ => Ok(Self(options)),
        }
    }

    fn show(&self) -> String {
        let Self(options) = self;
        let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
        format!("postgres://{user}@{host}:{port}/{}", options.get_database().unwrap_or_default())
    }
}

impl DatabaseSettings {
    fn options(&self) -> PgConnectOptions {
        let DatabaseUrl(options) = self.url.clone();
        match &self.password {
            Some(password) => options.password(password.expose()),
            None => options,
        }
    }

    /// A pool whose connections are made when they are first needed, so that a
    /// service starts, and heals, without its database.
    #[must_use]
    pub fn pool(&self) -> PgPool {
        let statement = self.statement.as_millis().to_string();
        let options = self.options().options([("statement_timeout", statement)]);
        PgPoolOptions::new()
            .max_connections(self.connections)
            .acquire_timeout(self.wait)
            .connect_lazy_with(options)
    }
}

/// One forward-only step of a schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The file's name, `NNNN_what_it_does.sql`.
    pub file: &'static str,
    /// The file's content, run in one transaction.
    pub sql: &'static str,
}

/// Why the schema was not brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The name of a migration's file does not begin with its number.
    #[error("the migration {0} is not named NNNN_what_it_does.sql")]
    Name(&'static str),
    /// The database does not answer or refuses the user.
    #[error("cannot connect to the database {database}")]
    Connect {
        /// The database's address, without the password.
        database: String,
        /// What the driver says.
        #[source]
        source: sqlx::Error,
    },
    /// A migration failed, and was rolled back; or one that ran was changed.
    #[error("the schema was not changed")]
    Migrate(#[source] MigrateError),
}

/// Runs the `migrations` that did not run yet and answers how many there are in
/// all. An advisory lock lets one caller at a time do so; the others wait, and
/// find nothing left to do.
///
/// # Errors
/// [`SchemaError`]; the migrations before the failed one stay in place.
pub async fn migrate(
    settings: &DatabaseSettings,
    migrations: &[Migration],
) -> Result<usize, SchemaError> {
    let steps = migrations.iter().map(step).collect::<Result<Vec<_>, _>>()?;
    let count = steps.len();
    // A connection of its own: neither the wait for the lock nor a long
    // migration is bounded by the limits of requests.
    let mut connection = PgConnection::connect_with(&settings.options())
        .await
        .map_err(|source| SchemaError::Connect { database: settings.url.show(), source })?;
    let migrator = Migrator::with_migrations(steps);
    migrator.run_direct(None, &mut connection, false).await.map_err(SchemaError::Migrate)?;
    // Everything is committed; a farewell that fails changes nothing.
    let _ = connection.close().await;
    Ok(count)
}

fn step(migration: &Migration) -> Result<Step, SchemaError> {
    let Migration { file, sql } = *migration;
    let parts = file.strip_suffix(".sql").and_then(|name| name.split_once('_'));
    let (number, name) = parts.ok_or(SchemaError::Name(file))?;
    let version: i64 = number.parse().map_err(|_| SchemaError::Name(file))?;
    let sql = sqlx::SqlSafeStr::into_sql_str(sql);
    Ok(Step::new(version, name.into(), MigrationType::Simple, sql, false))
}

/// Whether the database answers.
///
/// # Errors
/// A reason without any address or name in it, fit to be shown.
pub async fn ping(pool: &PgPool) -> Result<(), String> {
    match sqlx::query("SELECT 1").execute(pool).await {
        Ok(_) => Ok(()),
        Err(error) => {
            tracing::debug!(%error, "the database does not answer");
            Err(if is_unavailable(&error) { "cannot be reached" } else { "refuses to work" }.into())
        }
    }
}

/// Whether `error` means that the database is away, busy or starting, so that
/// the same request may succeed later.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // Classes 08 connection exception, 53 insufficient resources, 57 operator
        // intervention, and 55P03 lock not available (PostgreSQL, appendix A).
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            ["08", "53", "57"].iter().any(|class| code.starts_with(class)) || code == "55P03"
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_password_is_refused_without_repeating_it() {
        let mistake = DatabaseUrl::parse("postgres://auth:s3cret@127.0.0.1/auth").unwrap_err();
        assert!(mistake.contains("DATABASE_PASSWORD_FILE"), "{mistake}");
        assert!(!mistake.contains("s3cret"), "{mistake}");
        assert!(DatabaseUrl::parse("mysql://127.0.0.1/auth").is_err());
    }

    #[test]
    fn a_url_is_shown_as_it_was_given() {
        let url = DatabaseUrl::parse("postgres://auth@127.0.0.1:5433/auth").unwrap();
        assert_eq!(url.show(), "postgres://auth@127.0.0.1:5433/auth");
    }

    #[test]
    fn migrations_are_numbered_by_their_files() {
        let step = step(&Migration { file: "0012_more_columns.sql", sql: "SELECT 1" }).unwrap();
        assert_eq!((step.version, &*step.description), (12, "more_columns"));
        assert!(super::step(&Migration { file: "more.sql", sql: "" }).is_err());
    }
}
