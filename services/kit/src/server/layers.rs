//! What happens around every request.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use crate::problem::Problem;
use crate::telemetry::metrics::HttpMetrics;
use crate::telemetry::trace::TraceContext;

/// What the outermost layer needs.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) metrics: HttpMetrics,
    pub(super) limit: Duration,
}

/// Gives the request its trace and its time limit; measures and logs it.
pub(super) async fn observe(
    State(Context { metrics, limit }): State<Context>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let trace = TraceContext::from_headers(request.headers());
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let trace_id = trace.trace_id();
    let span = tracing::info_span!("request", trace_id, span_id = trace.span_id(), %method, route);
    let answer = async {
        let answered = tokio::time::timeout(limit, next.run(request)).await;
        let response = answered.unwrap_or_else(|_| too_slow().into_response());
        let took = started.elapsed();
        metrics.observe(&method, route, response.status(), took);
        log(route, response.status(), took);
        response
    };
    let mut response = trace.scope(answer.instrument(span)).await;
    let value = HeaderValue::from_str(&trace_id).expect("hexadecimal digits make a header");
    response.headers_mut().insert("x-trace-id", value);
    response
}

/// Probes and scrapes come every few seconds and would bury the rest.
fn log(route: &str, status: StatusCode, took: Duration) {
    let (status, took_us) = (status.as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    if route.starts_with("/health/") || route == "/metrics" {
        tracing::debug!(status, took_us, "answered");
    } else {
        tracing::info!(status, took_us, "answered");
    }
}

fn too_slow() -> Problem {
    Problem::unavailable("timeout", "The request took too long", 1)
        .because("REQUEST_TIMEOUT was over before the handler had an answer")
}

pub(super) async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path")
}

pub(super) async fn method_not_allowed() -> Problem {
    let title = "This path does not answer to this method";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", title)
}

/// A panic ends one request and not the process. Its message is logged by the
/// panic hook's line and here, never sent.
#[allow(clippy::needless_pass_by_value, reason = "the signature is tower-http's")]
pub(super) fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let message = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Problem::internal(format!("a handler panicked: {message}")).into_response()
}
