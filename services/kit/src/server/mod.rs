//! Serving: the listener, the layers that every service has, and the way out.
//!
//! On SIGTERM or SIGINT the listener is closed first, so that new connections
//! go to another replica; then each open connection finishes the request it is
//! at and closes. What has not finished when the drain limit is over is cut.

mod connections;
mod layers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::get;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::{Setting as _, within};
use crate::health::{self, Health};
use crate::telemetry::metrics::{self, HttpMetrics};

crate::settings! {
    /// How a service listens and how long it works at a request.
    pub struct ServerSettings {
        /// Address to listen on; port 0 takes any free one and logs it.
        "LISTEN_ADDRESS" => address: SocketAddr = "127.0.0.1:8000",
        /// The largest body that is read, in bytes.
        "BODY_LIMIT" => body_limit: usize = "65536" where within(1..=16_777_216),
        /// The longest that a request may take before it is answered with 503.
        "REQUEST_TIMEOUT" => timeout: Duration = "10s"
            where within(Duration::from_millis(100)..=Duration::from_secs(300)),
        /// How long requests in flight may go on after SIGTERM.
        "DRAIN_TIMEOUT" => drain: Duration = "10s"
            where within(Duration::ZERO..=Duration::from_secs(300)),
    }
}

/// Why a service could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on: in use, or not this machine's.
    #[error("cannot listen on {address} (LISTEN_ADDRESS)")]
    Listen {
        /// The address of the settings.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The handler of a signal cannot be set.
    #[error("cannot wait for signals")]
    Signals(#[source] std::io::Error),
}

/// A service that listens and can be run.
pub struct Server {
    listener: TcpListener,
    router: Router,
    health: Arc<Health>,
    drain: Duration,
}

impl Server {
    /// Listens, and wraps `routes` in what every service has: health, metrics,
    /// trace and log of each request, limits, and panics that become problems.
    ///
    /// # Errors
    /// [`ServeError::Listen`] when the address cannot be listened on.
    pub async fn bind(
        settings: &ServerSettings,
        routes: Router,
        health: Health,
        mut registry: Registry,
    ) -> Result<Self, ServeError> {
        let address = settings.address;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ServeError::Listen { address, source })?;
        let health = Arc::new(health);
        let context = layers::Context {
            metrics: HttpMetrics::register(&mut registry),
            limit: settings.timeout,
        };
        let router = wrap(routes, settings, &health, registry, context);
        Ok(Self { listener, router, health, drain: settings.drain })
    }

    /// The address that is listened on, with the real port.
    ///
    /// # Panics
    /// Never: a bound listener has an address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("a bound listener has an address")
    }

    /// Serves until SIGTERM or SIGINT, then drains.
    ///
    /// # Errors
    /// [`ServeError::Signals`] when the signals cannot be waited for.
    pub async fn run(self) -> Result<(), ServeError> {
        let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signals)?;
        self.run_until(async move {
            tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        })
        .await;
        Ok(())
    }

    /// Serves until `stop` is ready, then drains.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        tracing::info!(address = %self.address(), "listening");
        let Self { listener, router, health, drain } = self;
        let open = connections::accept_until(listener, router, stop).await;
        health.start_draining();
        tracing::info!(connections = open.count(), limit = drain.show(), "draining");
        match tokio::time::timeout(drain, open.shutdown()).await {
            Ok(()) => tracing::info!("stopped"),
            Err(_) => tracing::warn!("stopped with requests unfinished: DRAIN_TIMEOUT is over"),
        }
    }
}

fn wrap(
    routes: Router,
    settings: &ServerSettings,
    health: &Arc<Health>,
    registry: Registry,
    context: layers::Context,
) -> Router {
    let registry = Arc::new(registry);
    let scrape = get(async move || -> Response { metrics::exposition(&registry) });
    // The last layer is the outermost: it sees each answer as it leaves.
    routes
        .route("/metrics", scrape)
        .merge(health::routes(Arc::clone(health)))
        .fallback(layers::not_found)
        .method_not_allowed_fallback(layers::method_not_allowed)
        .layer(DefaultBodyLimit::max(settings.body_limit))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(axum::middleware::from_fn_with_state(context, layers::observe))
}

#[cfg(test)]
mod tests;
