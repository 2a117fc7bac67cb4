//! The answer that a client gets tokens in (the names are those of OAuth 2.0,
//! RFC 6749 section 5.1).

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::NO_STORE;
use crate::app::App;
use crate::error::Error;
use crate::token::RefreshToken;

/// The answer to a login or a refresh.
#[derive(Serialize)]
pub(super) struct Tokens {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    refresh_token: String,
}

/// Tokens for `account` in `session`, in an answer that nobody keeps.
pub(super) fn answer(
    app: &App,
    (account, session): (Uuid, Uuid),
    refresh: &RefreshToken,
    now: OffsetDateTime,
) -> Result<impl IntoResponse + use<>, Error> {
    let tokens = Tokens {
        access_token: app.signer.sign(account, session, now)?,
        token_type: "Bearer",
        expires_in: app.signer.lifetime().as_secs(),
        refresh_token: refresh.text(),
    };
    Ok(([NO_STORE], Json(tokens)))
}
