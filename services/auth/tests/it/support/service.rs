//! The service in this process, on a port of its own.

use std::net::SocketAddr;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use goodgo_auth::app;
use goodgo_service_kit::config::{Environment, read};
use jsonwebtoken::EncodingKey;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Backend, Client, TestDatabase};

/// The signing key of the tests, in PEM.
pub(crate) static SIGNING_KEY: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let key = Ed25519KeyPair::generate().unwrap().to_pkcs8().unwrap();
    let text = BASE64.encode(key.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
});

/// The same key, to forge with.
pub(crate) fn signing_key() -> EncodingKey {
    EncodingKey::from_ed_pem(SIGNING_KEY.as_bytes()).unwrap()
}

/// The settings of a service with cheap hashes and no limits that are in the
/// way; `more` is put on top.
pub(crate) fn variables(database: &TestDatabase, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let redis = Backend::redis();
    let number = redis.rest.as_str();
    let redis_url = format!("redis://{}/{number}", redis.address);
    let fixed = [
        ("LISTEN_ADDRESS", "127.0.0.1:0"),
        ("AUTH_SIGNING_KEY", SIGNING_KEY.as_str()),
        ("AUTH_HASH_MEMORY", "1024"),
        ("AUTH_HASH_PASSES", "1"),
        ("AUTH_HASH_WAIT", "30s"),
        ("AUTH_LIMIT_LOGIN_ADDRESS", "1000/1m"),
        ("AUTH_LIMIT_LOGIN_ACCOUNT", "1000/1m"),
        ("AUTH_LIMIT_REGISTER_ADDRESS", "1000/1m"),
        ("AUTH_LIMIT_REGISTER_ACCOUNT", "1000/1m"),
        ("DATABASE_WAIT", "800ms"),
        ("REDIS_URL", redis_url.as_str()),
        ("REDIS_PASSWORD", redis.password.as_str()),
        ("GOODGO_VERSION", "test"),
    ];
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fixed.iter().map(owned).chain(database.variables()).chain(more.iter().map(owned)).collect()
}

/// A running replica.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<()>,
}

impl Service {
    pub(crate) async fn start(database: &TestDatabase, more: &[(&str, &str)]) -> Self {
        let environment = Environment::from_iter(variables(database, more));
        let server = app::listen(read(&environment).unwrap()).await.unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(server.run_until(async { stopped.await.unwrap_or(()) }));
        Self { address, stop: Some(stop), ended }
    }

    /// A client with an address of its own.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Drains and waits for the end.
    pub(crate) async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.ended.await.unwrap();
    }
}
