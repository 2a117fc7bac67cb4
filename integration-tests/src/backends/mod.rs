//! A throwaway PostgreSQL and Redis: on free loopback ports, with generated
//! passwords, in a temporary folder, tuned for speed and not for keeping data.

mod error;
mod postgres;
mod redis;
mod server;

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use goodgo_catalogue::{Catalogue, Component, Installed, Observer};
use tempfile::TempDir;

pub use error::Error;
use postgres::Postgres;
use redis::Redis;

/// A running PostgreSQL and Redis. Dropped without [`stop`](Self::stop), both are killed.
#[derive(Debug)]
pub struct Backends {
    // Declared before the folder: the processes end before it is removed.
    postgres: Postgres,
    redis: Redis,
    dir: TempDir,
}

impl Backends {
    /// Starts both below `parent` and waits until they answer. Dropping the
    /// future stops what has been started.
    ///
    /// # Errors
    /// The part that could not be got, started or reached, with its last lines of log.
    pub async fn start(
        catalogue: Arc<Catalogue>,
        observer: Arc<dyn Observer + Send>,
        parent: &Path,
    ) -> Result<Self, Error> {
        let dir = tempfile::Builder::new().prefix("goodgo-backends-").tempdir_in(parent);
        let dir = dir.map_err(Error::io(parent))?;
        // PostgreSQL may run as another user, who must reach its folder in here.
        fs::set_permissions(dir.path(), Permissions::from_mode(0o711))
            .map_err(Error::io(dir.path()))?;
        let postgres = async {
            let installed = ensure(&catalogue, "postgres", &observer).await?;
            Postgres::start(installed, &dir.path().join("postgres")).await
        };
        let redis = async {
            let installed = ensure(&catalogue, "redis", &observer).await?;
            Redis::start(installed, &dir.path().join("redis")).await
        };
        let (postgres, redis) = tokio::try_join!(postgres, redis)?;
        Ok(Self { postgres, redis, dir })
    }

    /// What a test finds them by: `TEST_DATABASE_URL` (a superuser),
    /// `TEST_REDIS_URL`, and the folders of their programs, `TEST_POSTGRES_BIN`
    /// and `TEST_REDIS_BIN`.
    pub fn env(&self) -> [(&'static str, OsString); 4] {
        [
            ("TEST_DATABASE_URL", self.postgres.url().into()),
            ("TEST_REDIS_URL", self.redis.url().into()),
            ("TEST_POSTGRES_BIN", self.postgres.bin().into()),
            ("TEST_REDIS_BIN", self.redis.bin().into()),
        ]
    }

    /// Stops both and removes their folder.
    ///
    /// # Errors
    /// If the folder cannot be removed.
    pub async fn stop(self) -> Result<(), Error> {
        let Self { postgres, redis, dir } = self;
        tokio::join!(postgres.stop(), redis.stop());
        let path = dir.path().to_owned();
        dir.close().map_err(Error::io(path))
    }
}

async fn ensure(
    catalogue: &Arc<Catalogue>,
    image: &str,
    observer: &Arc<dyn Observer + Send>,
) -> Result<Installed, Error> {
    let component: Component = Catalogue::for_image(image)?;
    let (catalogue, observer) = (Arc::clone(catalogue), Arc::clone(observer));
    let ensured = tokio::task::spawn_blocking(move || catalogue.ensure(&component, &*observer));
    Ok(ensured.await.expect("the catalogue does not panic")?)
}
