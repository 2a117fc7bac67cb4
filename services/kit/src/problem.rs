//! The one shape of an error answer: `application/problem+json` (RFC 9457).
//!
//! `code` is stable and for programs, `title` and `detail` are for people. An
//! answer of 500 or more hides its cause from the caller and is logged here,
//! once, with the trace id that the answer carries: whoever reports the problem
//! hands over the key to its log line.

use std::error::Error;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::telemetry::trace::TraceContext;

/// The cause of a problem, kept for the log.
type Cause = Box<dyn Error + Send + Sync>;

/// An error answer.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Cause>,
}

/// What is wrong with one field of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's path, such as `items[2].name`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// The members of the answer, in their order.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

impl Problem {
    /// A problem with a stable `code` and a `title` that is the same for every
    /// occurrence.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        let (errors, headers) = (Vec::new(), Vec::new());
        Self(Box::new(Parts { status, code, title, detail: None, errors, headers, cause: None }))
    }

    /// A mistake of ours: 500, whose cause is for the log only.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here")
            .because(cause)
    }

    /// Something that this service needs does not answer: 503, worth a retry
    /// after `retry_after` seconds.
    #[must_use]
    pub fn unavailable(code: &'static str, title: &'static str, retry_after: u64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title)
            .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after))
    }

    /// Adds what is particular to this occurrence. It goes to the caller.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds what is wrong with single fields.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Adds the cause, which goes to the log and never to the caller.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    fn log(&self) {
        let Parts { status, code, cause, .. } = &*self.0;
        if status.is_server_error() {
            let cause = cause.as_ref().map_or_else(String::new, |cause| chain(cause.as_ref()));
            tracing::error!(status = status.as_u16(), code, cause, "answered with a problem");
        }
    }
}

/// An error and its sources on one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line.push_str(": ");
        line.push_str(&error.to_string());
        source = error.source();
    }
    line
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.log();
        let Parts { status, code, title, detail, errors, headers, cause: _ } = *self.0;
        let body = Body {
            kind: format!("urn:goodgo:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: detail.as_deref(),
            errors: &errors,
            trace_id: TraceContext::current().map(|context| context.trace_id()),
        };
        let json = serde_json::to_vec(&body).expect("text and numbers always serialize");
        let kind = [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        let mut response = (status, kind, json).into_response();
        response.headers_mut().extend(headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn text(problem: Problem) -> String {
        let body = problem.into_response().into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_client_error_says_what_is_wrong() {
        let errors = vec![FieldError { field: "email".into(), message: "is not one".into() }];
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Fields are wrong")
            .with_detail("1 field is wrong")
            .with_errors(errors);
        insta::assert_snapshot!(text(problem).await, @r#"{"type":"urn:goodgo:problem:invalid","title":"Fields are wrong","status":422,"code":"invalid","detail":"1 field is wrong","errors":[{"field":"email","message":"is not one"}]}"#);
    }

    #[tokio::test]
    async fn a_server_error_hides_its_cause_and_names_its_trace() {
        let mut headers = axum::http::HeaderMap::new();
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", HeaderValue::from_static(parent));
        let problem = Problem::internal("the password of the database is wrong");
        let answer = TraceContext::from_headers(&headers).scope(text(problem)).await;
        insta::assert_snapshot!(answer, @r#"{"type":"urn:goodgo:problem:internal","title":"Something went wrong here","status":500,"code":"internal","trace_id":"0af7651916cd43dd8448eb211c80319c"}"#);
    }
}
