//! What all requests share, put together once at start.

use std::sync::Arc;

use axum::extract::FromRef;
use goodgo_service_kit::authenticate::Verifier;
use goodgo_service_kit::cache::{Cache, CacheError};
use goodgo_service_kit::client_address::TrustedProxies;
use goodgo_service_kit::database;
use goodgo_service_kit::health::Health;
use goodgo_service_kit::server::{ServeError, Server};
use goodgo_service_kit::telemetry::metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use sqlx::PgPool;

use crate::limit::Limiter;
use crate::password::{HashError, HashPool, Policy};
use crate::settings::{LimitSettings, SessionSettings, Settings};
use crate::token::{KeyMistake, Signer};

/// The name that the service goes by.
pub const SERVICE: &str = "auth";

/// Why the service could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The signing key cannot be used.
    #[error("the signing key cannot be used")]
    Key(#[from] KeyMistake),
    /// The parameters of argon2 do not fit together.
    #[error("the parameters of password hashing do not fit together")]
    Hash(#[from] HashError),
    /// The cache's client cannot do what the settings ask for.
    #[error("the cache cannot be used")]
    Cache(#[from] CacheError),
    /// The service cannot listen.
    #[error("the service cannot listen")]
    Serve(#[from] ServeError),
}

/// The state of all routes. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What [`App`] holds.
pub struct Parts {
    /// The database.
    pub database: PgPool,
    /// The hashing of passwords.
    pub passwords: HashPool,
    /// The rules for new passwords.
    pub policy: Policy,
    /// The signing of access tokens.
    pub signer: Signer,
    /// The rates.
    pub limiter: Limiter,
    /// How often what may be tried.
    pub limits: LimitSettings,
    /// How long sessions live.
    pub sessions: SessionSettings,
    /// What happened, for the metrics.
    pub events: Events,
    verifier: Verifier,
    proxies: TrustedProxies,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

impl FromRef<App> for TrustedProxies {
    fn from_ref(app: &App) -> Self {
        app.proxies.clone()
    }
}

impl FromRef<App> for Policy {
    fn from_ref(app: &App) -> Self {
        app.policy
    }
}

/// What happened to accounts and sessions, counted.
#[derive(Clone, Default)]
pub struct Events(Family<EventLabels, Counter>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
}

impl Events {
    fn register(registry: &mut Registry) -> Self {
        let events = Self::default();
        let help = "What happened to accounts and sessions";
        registry.register("auth_events", help, events.0.clone());
        events
    }

    /// Counts one `event`.
    pub fn count(&self, event: &'static str) {
        self.0.get_or_create(&EventLabels { event }).inc();
    }
}

/// Puts the service together and listens. Nothing here waits for the database
/// or the cache: both are connected to when they are first needed, and
/// readiness says how they are.
///
/// # Errors
/// [`StartError`] when a setting cannot be used or the address is taken.
pub async fn listen(settings: Settings) -> Result<Server, StartError> {
    let mut registry = metrics::registry();
    let cache = Cache::new(&settings.cache)?;
    let database = settings.database.pool();
    let version = settings.version.as_deref().unwrap_or(env!("CARGO_PKG_VERSION"));
    let health = health(version, &database, &cache);
    let signer = Signer::new(settings.tokens)?;
    let app = App(Arc::new(Parts {
        database,
        passwords: HashPool::new(&settings.passwords, &mut registry)?,
        policy: Policy { shortest: settings.passwords.length },
        verifier: signer.verifier(),
        signer,
        limiter: Limiter::new(cache, &mut registry),
        limits: settings.limits,
        sessions: settings.sessions,
        events: Events::register(&mut registry),
        proxies: settings.proxies.trusted,
    }));
    let routes = crate::routes::all(app);
    Ok(Server::bind(&settings.server, routes, health, registry).await?)
}

fn health(version: &str, pool: &PgPool, cache: &Cache) -> Health {
    let (pool, cache) = (pool.clone(), cache.clone());
    Health::new(SERVICE, version)
        .with_check("database", move || {
            let pool = pool.clone();
            async move { database::ping(&pool).await }
        })
        .with_check("redis", move || {
            let cache = cache.clone();
            async move { cache.ping().await }
        })
}
