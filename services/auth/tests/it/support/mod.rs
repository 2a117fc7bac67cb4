//! What the tests stand on: a database for each, the service, a client, and
//! connections that can be cut.

mod backend;
mod client;
mod proxy;
mod service;

use std::time::Duration;

pub(crate) use backend::{Backend, TestDatabase};
pub(crate) use client::{Answer, Client, Person};
pub(crate) use proxy::Proxy;
pub(crate) use service::{SIGNING_KEY, Service, signing_key, variables};

/// Waits until `condition` holds. The limit is for the day when it never will:
/// a test that fails says more than one that hangs.
pub(crate) async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let holds = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    let limit = Duration::from_secs(60);
    assert!(tokio::time::timeout(limit, holds).await.is_ok(), "it never came to this: {what}");
}
