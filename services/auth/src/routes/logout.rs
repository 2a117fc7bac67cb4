//! `POST /logout`: ends the session of a refresh token.
//!
//! The answer is the same for a token that nobody knows, as in RFC 7009: what
//! the client wants, that the token is of no use, is the case.

use axum::extract::State;
use axum::http::StatusCode;
use goodgo_service_kit::config::Secret;
use goodgo_service_kit::json::Json;
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::session::revoke;
use crate::token::RefreshToken;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    refresh_token: Secret,
}

pub(super) async fn logout(
    State(app): State<App>,
    Json(body): Json<Body>,
) -> Result<StatusCode, Error> {
    if let Some(token) = RefreshToken::parse(body.refresh_token.expose()) {
        revoke(&app.database, &token).await?;
        app.events.count("logged_out");
    }
    Ok(StatusCode::NO_CONTENT)
}
