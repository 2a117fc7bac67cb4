//! The bound on hashing: at most so many at a time, each in memory of its own.
//!
//! The permit is owned by the blocking job and not by the request. A client that
//! disconnects drops its request, and the job goes on; were the permit dropped
//! with the request, closing connections early would be a way around the bound.

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use goodgo_service_kit::config::Secret;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::sync::Semaphore;

use super::hash::{Hasher, Memory, Outcome, StoredHash};
use crate::settings::PasswordSettings;

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// No permit came within the limit.
    #[error("no permit to hash within AUTH_HASH_WAIT")]
    Busy,
    /// argon2 refused the parameters or the stored hash.
    #[error("argon2 failed")]
    Argon2(argon2::Error),
    /// The job panicked, or the runtime is shutting down.
    #[error("the hashing job ended early")]
    Ended(#[source] tokio::task::JoinError),
}

/// Hashes passwords, a bounded number at a time. Cheap to clone.
#[derive(Clone)]
pub struct HashPool {
    hasher: Hasher,
    permits: Arc<Semaphore>,
    memories: Arc<Mutex<Vec<Memory>>>,
    wait: Duration,
    running: Gauge<i64, AtomicI64>,
    refused: Counter,
}

impl HashPool {
    /// A pool as the settings say.
    ///
    /// # Errors
    /// [`HashError::Argon2`] when argon2 cannot work with the parameters.
    pub fn new(settings: &PasswordSettings, registry: &mut Registry) -> Result<Self, HashError> {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let permits = settings.permits.unwrap_or_else(processors).clamp(1, 1_024);
        let (running, refused) = (Gauge::default(), Counter::default());
        registry.register("auth_hash_running", "Hashes being computed", Gauge::clone(&running));
        let help = "Requests that found the hashing pool busy for too long";
        registry.register("auth_hash_refused", help, refused.clone());
        Ok(Self {
            hasher: Hasher::new(settings).map_err(HashError::Argon2)?,
            permits: Arc::new(Semaphore::new(permits)),
            memories: Arc::default(),
            wait: settings.wait,
            running,
            refused,
        })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`HashError::Busy`] when the pool is full for too long.
    pub async fn hash(&self, password: Secret) -> Result<StoredHash, HashError> {
        self.run(move |hasher, memory| hasher.hash(password.expose(), memory)).await
    }

    /// Tries a password; the same work is done without a stored hash.
    ///
    /// # Errors
    /// [`HashError::Busy`] when the pool is full for too long.
    pub async fn verify(
        &self,
        password: Secret,
        stored: Option<StoredHash>,
    ) -> Result<Outcome, HashError> {
        self.run(move |hasher, memory| hasher.verify(password.expose(), stored.as_ref(), memory))
            .await
    }

    async fn run<T, F>(&self, job: F) -> Result<T, HashError>
    where
        F: FnOnce(&Hasher, &mut Memory) -> Result<T, argon2::Error> + Send + 'static,
        T: Send + 'static,
    {
        let turn = tokio::time::timeout(self.wait, Arc::clone(&self.permits).acquire_owned()).await;
        // The semaphore is never closed, so that the only error is the time's.
        let Ok(Ok(permit)) = turn else {
            self.refused.inc();
            return Err(HashError::Busy);
        };
        let pool = self.clone();
        let blocking = tokio::task::spawn_blocking(move || {
            let permit = permit;
            pool.running.inc();
            let mut memory = pool.take();
            let result = job(&pool.hasher, &mut memory);
            pool.give_back(memory);
            pool.running.dec();
            drop(permit);
            result
        });
        blocking.await.map_err(HashError::Ended)?.map_err(HashError::Argon2)
    }

    fn take(&self) -> Memory {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, memory: Memory) {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use goodgo_service_kit::config::{Environment, read};
    use std::sync::mpsc;

    fn pool(permits: &str, wait: &str) -> HashPool {
        let settings = Environment::from_iter([
            ("AUTH_HASH_MEMORY", "1024"),
            ("AUTH_HASH_PASSES", "1"),
            ("AUTH_HASH_PERMITS", permits),
            ("AUTH_HASH_WAIT", wait),
        ]);
        HashPool::new(&read(&settings).unwrap(), &mut Registry::default()).unwrap()
    }

    #[tokio::test]
    async fn who_disconnects_does_not_free_the_permit() {
        let pool = pool("1", "0s");
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (finish, finished) = mpsc::channel::<()>();
        let request = {
            let pool = pool.clone();
            tokio::spawn(async move {
                pool.run(move |_, _| {
                    started.send(()).unwrap();
                    finished.recv().unwrap();
                    Ok(())
                })
                .await
            })
        };
        has_started.await.unwrap();
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
        assert!(matches!(pool.hash(Secret::new("x")).await, Err(HashError::Busy)));
        assert_eq!(pool.refused.get(), 1);

        finish.send(()).unwrap();
        let permit = pool.permits.acquire().await.unwrap();
        drop(permit);
        assert!(pool.hash(Secret::new("x")).await.is_ok());
    }

    #[tokio::test]
    async fn memory_is_used_again() {
        let pool = pool("1", "10s");
        for _ in 0..3 {
            pool.hash(Secret::new("x")).await.unwrap();
        }
        assert_eq!(pool.memories.lock().unwrap().len(), 1);
    }
}
