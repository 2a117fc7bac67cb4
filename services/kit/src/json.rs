//! JSON bodies whose mistakes become problems that a caller can act on.
//!
//! axum's own extractor answers in plain text; and a body that must also be
//! valid should be so by its type, before a handler sees it.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::problem::{FieldError, Problem};

/// A body that was read as JSON.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !says_json(request.headers()) {
            let (status, code) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
            let title = "The body's content type is not one that is read here";
            return Err(Problem::new(status, code, title)
                .with_detail("send the header Content-Type: application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        // serde takes an array for a struct too, field by field: nobody means that.
        if bytes.trim_ascii_start().starts_with(b"[") {
            return Err(unexpected().with_detail("a JSON object was expected, not an array"));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| not_understood(&error))
    }
}

/// A body that was read as JSON and found valid.
#[derive(Debug)]
pub struct Valid<T>(pub T);

impl<T, S> FromRequest<S> for Valid<T>
where
    T: DeserializeOwned + garde::Validate,
    T::Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(body) = Json::<T>::from_request(request, state).await?;
        let result = body.validate_with(&T::Context::from_ref(state));
        result.map(|()| Self(body)).map_err(|report| invalid(&report))
    }
}

/// `application/json`, or a type with the suffix `+json`, with any parameters.
fn says_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    let Some((kind, subtype)) = essence.trim().split_once('/') else { return false };
    let subtype = subtype.to_ascii_lowercase();
    kind.eq_ignore_ascii_case("application") && (subtype == "json" || subtype.ends_with("+json"))
}

fn unreadable(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let title = "The body is larger than is read here";
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", title);
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "body_unreadable",
        "The body could not be read to its end",
    )
    .because(rejection)
}

fn unexpected() -> Problem {
    let title = "The body is JSON, but not of the expected form";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unexpected_json", title)
}

fn not_understood(error: &serde_json::Error) -> Problem {
    let problem = match error.classify() {
        Category::Data => unexpected(),
        Category::Syntax | Category::Eof | Category::Io => {
            Problem::new(StatusCode::BAD_REQUEST, "invalid_json", "The body is not JSON")
        }
    };
    problem.with_detail(error.to_string())
}

fn invalid(report: &garde::Report) -> Problem {
    let errors: Vec<_> = report
        .iter()
        .map(|(path, error)| FieldError { field: path.to_string(), message: error.to_string() })
        .collect();
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields", "Some fields are not valid")
        .with_errors(errors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::DefaultBodyLimit;
    use axum::routing::post;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    #[derive(serde::Deserialize, garde::Validate)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[garde(length(min = 2))]
        name: String,
        #[garde(range(min = 1))]
        count: u32,
    }

    #[derive(Clone)]
    struct State;

    impl FromRef<State> for () {
        fn from_ref(_: &State) {}
    }

    async fn send(content_type: &str, body: impl Into<Body>) -> String {
        let handler =
            post(async |Valid(order): Valid<Order>| format!("{} {}", order.count, order.name));
        let router = axum::Router::new()
            .route("/", handler)
            .layer(DefaultBodyLimit::max(64))
            .with_state(State);
        let request = Request::post("/").header("content-type", content_type);
        let response = router.oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_good_body_is_read() {
        let body = r#"{"name":"tea","count":2}"#;
        assert_eq!(send("application/json; charset=utf-8", body).await, "2 tea");
        assert_eq!(send("application/order+json", body).await, "2 tea");
    }

    #[tokio::test]
    async fn each_mistake_has_its_problem() {
        let bodies: [(&str, Vec<u8>); 8] = [
            ("text/plain", b"{}".to_vec()),
            ("application/json", b"{\"name\":".to_vec()),
            ("application/json", b"{\"name\":\"\xff\",\"count\":1}".to_vec()),
            ("application/json", b"[\"tea\",2]".to_vec()),
            ("application/json", br#"{"name":"tea","count":2,"x":1}"#.to_vec()),
            ("application/json", br#"{"name":"tea","count":-2}"#.to_vec()),
            ("application/json", br#"{"name":"t","count":0}"#.to_vec()),
            ("application/json", vec![b' '; 65]),
        ];
        let mut answers = String::new();
        for (content_type, body) in bodies {
            answers.push_str(&send(content_type, body).await);
            answers.push('\n');
        }
        insta::assert_snapshot!(answers);
    }
}
