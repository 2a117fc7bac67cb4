//! The extractor that makes a route one for callers with a valid token.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::{AccessClaims, Refused, Verifier};
use crate::problem::Problem;

/// The caller of a request, from a verified access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: Uuid,
    /// The session.
    pub session: Uuid,
    /// The client that the account uses.
    pub client: String,
}

impl From<AccessClaims> for Caller {
    fn from(claims: AccessClaims) -> Self {
        Self { account: claims.sub, session: claims.sid, client: claims.client_id }
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(missing)?;
        let claims = Verifier::from_ref(state).verify(token).map_err(|why| refused(&why))?;
        Ok(claims.into())
    }
}

/// The token of `Authorization: Bearer <token>` (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

fn missing() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "no_token", "This needs an access token")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn refused(why: &Refused) -> Problem {
    tracing::info!(%why, "refused an access token");
    let (code, title) = match why {
        Refused::Expired => ("token_expired", "The access token has expired"),
        _ => ("invalid_token", "The access token is not valid"),
    };
    let challenge = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
    Problem::new(StatusCode::UNAUTHORIZED, code, title)
        .with_header(header::WWW_AUTHENTICATE, challenge)
}
