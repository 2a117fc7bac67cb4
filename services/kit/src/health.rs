//! Health: whether the process lives, and whether it can do its work.
//!
//! The two are apart because their answers have different consequences. Who is
//! not *live* is restarted, which does not help against a database that is
//! down; who is not *ready* is not sent new work until it is.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::future::join_all;
use serde::Serialize;

/// The longest that a check may take. Whoever asks for readiness asks often,
/// so that a late answer is worth nothing.
const CHECK_LIMIT: Duration = Duration::from_secs(1);

type CheckFuture = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
type Check = Box<dyn Fn() -> CheckFuture + Send + Sync>;

/// The health of a service: its name, its version, and what it depends on.
pub struct Health {
    service: &'static str,
    version: String,
    checks: Vec<(&'static str, Check)>,
    draining: AtomicBool,
    limit: Duration,
}

#[derive(Serialize)]
struct Live<'a> {
    status: &'static str,
    service: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Ready<'a> {
    status: &'static str,
    service: &'static str,
    version: &'a str,
    checks: Vec<CheckResult>,
}

#[derive(Serialize)]
struct CheckResult {
    name: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Health {
    /// The health of `service` in `version`, with nothing to check yet.
    #[must_use]
    pub fn new(service: &'static str, version: impl Into<String>) -> Self {
        let (version, draining) = (version.into(), AtomicBool::new(false));
        Self { service, version, checks: Vec::new(), draining, limit: CHECK_LIMIT }
    }

    /// Adds something that the service cannot work without. The reason that a
    /// failing check gives is shown to whoever asks; it must hold no secret.
    #[must_use]
    pub fn with_check<F, C>(mut self, name: &'static str, check: C) -> Self
    where
        C: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.checks.push((name, Box::new(move || Box::pin(check()))));
        self
    }

    /// From now on the service is not ready: it finishes what it has begun.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn live(&self) -> Response {
        let Self { service, version, .. } = self;
        answer(StatusCode::OK, &Live { status: "live", service, version })
    }

    async fn ready(&self) -> Response {
        let run = |(name, check): &(&'static str, Check)| run(name, check(), self.limit);
        let checks = join_all(self.checks.iter().map(run)).await;
        let up = checks.iter().all(|check| check.reason.is_none());
        let (code, status) = match (self.draining.load(Ordering::Relaxed), up) {
            (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
            (false, false) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
            (false, true) => (StatusCode::OK, "ready"),
        };
        let Self { service, version, .. } = self;
        answer(code, &Ready { status, service, version, checks })
    }
}

async fn run(name: &'static str, check: CheckFuture, limit: Duration) -> CheckResult {
    let result = tokio::time::timeout(limit, check).await;
    let result = result.unwrap_or_else(|_| Err("did not answer in time".to_owned()));
    let reason = result.err();
    if let Some(reason) = &reason {
        tracing::warn!(check = name, reason, "not ready");
    }
    CheckResult { name, status: if reason.is_none() { "up" } else { "down" }, reason }
}

fn answer(code: StatusCode, body: &impl Serialize) -> Response {
    (code, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// `/health/live` and `/health/ready`.
pub(crate) fn routes(health: Arc<Health>) -> Router {
    Router::new()
        .route("/health/live", get(async |State(health): State<Arc<Health>>| health.live()))
        .route("/health/ready", get(async |State(health): State<Arc<Health>>| health.ready().await))
        .with_state(health)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn text(response: Response) -> String {
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        format!("{} {}", status.as_u16(), String::from_utf8_lossy(&body))
    }

    #[tokio::test]
    async fn live_says_who_it_is() {
        let health = Health::new("auth", "1.2.3").with_check("database", async || Err("x".into()));
        insta::assert_snapshot!(text(health.live()).await, @r#"200 {"status":"live","service":"auth","version":"1.2.3"}"#);
    }

    #[tokio::test]
    async fn ready_names_what_is_down_and_does_not_wait_for_what_hangs() {
        let mut health = Health::new("auth", "1.2.3")
            .with_check("database", async || Ok(()))
            .with_check("cache", async || Err("connection refused".into()))
            .with_check("hanging", std::future::pending::<Result<(), String>>);
        health.limit = Duration::from_millis(1);
        insta::assert_snapshot!(text(health.ready().await).await, @r#"503 {"status":"not ready","service":"auth","version":"1.2.3","checks":[{"name":"database","status":"up"},{"name":"cache","status":"down","reason":"connection refused"},{"name":"hanging","status":"down","reason":"did not answer in time"}]}"#);
    }

    #[tokio::test]
    async fn who_drains_is_not_ready() {
        let health = Health::new("auth", "1.2.3");
        insta::assert_snapshot!(text(health.ready().await).await, @r#"200 {"status":"ready","service":"auth","version":"1.2.3","checks":[]}"#);
        health.start_draining();
        insta::assert_snapshot!(text(health.ready().await).await, @r#"503 {"status":"draining","service":"auth","version":"1.2.3","checks":[]}"#);
    }
}
