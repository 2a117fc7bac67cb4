//! The service's Redis: one multiplexed connection that comes back by itself.
//!
//! Nothing here waits long. What is kept in the cache can be done without for a
//! while, and a caller who waits for a cache gains nothing from it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, IntoConnectionInfo as _, RedisError};

pub use redis::{FromRedisValue, Script, ScriptInvocation};

use crate::config::{Secret, Setting, within};

crate::settings! {
    /// Where the cache is.
    pub struct CacheSettings {
        /// The cache: `redis://host:port/number`, without the password.
        "REDIS_URL" => url: CacheUrl,
        /// The password of the cache.
        "REDIS_PASSWORD" => password: Option<Secret>,
        /// How long to wait for the cache before doing without it.
        "REDIS_WAIT" => wait: Duration = "250ms"
            where within(Duration::from_millis(10)..=Duration::from_secs(5)),
    }
}

/// The address of a Redis, readable and without a password.
#[derive(Clone)]
pub struct CacheUrl(redis::ConnectionInfo);

impl fmt::Debug for CacheUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.show())
    }
}

impl Setting for CacheUrl {
    const KIND: &'static str = "Redis URL";

    // The text is never quoted: somebody may have put a password into it.
    fn parse(text: &str) -> Result<Self, String> {
        let info = text
            .into_connection_info()
            .map_err(|_| "must be a URL such as redis://127.0.0.1:6379/0".to_owned())?;
        if info.redis_settings().password().is_some() {
            return Err("must not hold the password: give it in REDIS_PASSWORD_FILE".to_owned());
        }
        Ok(Self(info))
    }

    fn show(&self) -> String {
        format!("redis://{}/{}", self.0.addr(), self.0.redis_settings().db())
    }
}

/// Why the cache did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// Nothing came within the limit.
    #[error("the cache did not answer in time")]
    Slow,
    /// The connection broke, or Redis refused.
    #[error("the cache refused")]
    Refused(#[source] RedisError),
}

/// A handle to the cache. Cheap to clone; clones share the connection.
#[derive(Clone)]
pub struct Cache {
    client: Client,
    manager: Arc<Mutex<ConnectionManager>>,
    wait: Duration,
}

impl Cache {
    /// A handle whose connection is made when it is first needed. Must be
    /// called within a tokio runtime.
    ///
    /// # Errors
    /// [`CacheError::Refused`] when the settings ask for what the client was
    /// built without, such as TLS.
    pub fn new(settings: &CacheSettings) -> Result<Self, CacheError> {
        let CacheUrl(info) = settings.url.clone();
        let mut redis = info.redis_settings().clone();
        if let Some(password) = &settings.password {
            redis = redis.set_password(password.expose());
        }
        let client = Client::open(info.set_redis_settings(redis)).map_err(CacheError::Refused)?;
        let wait = settings.wait;
        let manager = manager(&client, wait).map_err(CacheError::Refused)?;
        Ok(Self { client, manager: Arc::new(Mutex::new(manager)), wait })
    }

    fn connection(&self) -> ConnectionManager {
        self.manager.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins anew. The manager mends what breaks, but a server that refuses it
    /// at the door (still loading, full, a password that is about to change)
    /// it remembers for ever.
    fn begin_anew(&self) {
        if let Ok(fresh) = manager(&self.client, self.wait) {
            *self.manager.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
    }

    /// Runs a script, which Redis does atomically.
    ///
    /// # Errors
    /// [`CacheError`], no later than the settings allow.
    pub async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, CacheError> {
        let mut connection = self.connection();
        self.bounded(script.invoke_async(&mut connection)).await
    }

    /// Whether the cache answers.
    ///
    /// # Errors
    /// A reason without any address in it, fit to be shown.
    pub async fn ping(&self) -> Result<(), String> {
        let mut connection = self.connection();
        let answer = self.bounded(redis::cmd("PING").query_async::<()>(&mut connection)).await;
        answer.map_err(|error| {
            tracing::debug!(error = &error as &dyn std::error::Error, "the cache does not answer");
            match error {
                CacheError::Slow => "did not answer in time".to_owned(),
                CacheError::Refused(error) if error.is_io_error() => "cannot be reached".to_owned(),
                CacheError::Refused(_) => "refuses to work".to_owned(),
            }
        })
    }

    async fn bounded<T>(
        &self,
        command: impl Future<Output = Result<T, RedisError>>,
    ) -> Result<T, CacheError> {
        match tokio::time::timeout(self.wait, command).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                if !error.is_io_error() {
                    self.begin_anew();
                }
                Err(CacheError::Refused(error))
            }
            Err(_) => Err(CacheError::Slow),
        }
    }
}

fn manager(client: &Client, wait: Duration) -> Result<ConnectionManager, RedisError> {
    // Each command tries again anyway, so that the manager need not.
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(wait))
        .set_response_timeout(Some(wait));
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_password_is_refused_without_repeating_it() {
        let mistake = CacheUrl::parse("redis://:s3cret@127.0.0.1:6379").unwrap_err();
        assert!(mistake.contains("REDIS_PASSWORD_FILE"), "{mistake}");
        assert!(!mistake.contains("s3cret"), "{mistake}");
    }

    #[test]
    fn a_url_is_shown_as_it_was_given() {
        let url = CacheUrl::parse("redis://127.0.0.1:6380/2").unwrap();
        assert_eq!(url.show(), "redis://127.0.0.1:6380/2");
    }
}
