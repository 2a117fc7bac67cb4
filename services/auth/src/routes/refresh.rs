//! `POST /refresh`: the next tokens for a refresh token.

use axum::extract::State;
use axum::response::IntoResponse;
use goodgo_service_kit::config::Secret;
use goodgo_service_kit::json::Json;
use serde::Deserialize;

use super::tokens;
use crate::app::App;
use crate::error::{Error, session_over};
use crate::session::{Rotation, rotate};
use crate::token::RefreshToken;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    refresh_token: Secret,
}

pub(super) async fn refresh(
    State(app): State<App>,
    Json(body): Json<Body>,
) -> Result<impl IntoResponse, Error> {
    let token = RefreshToken::parse(body.refresh_token.expose()).ok_or_else(session_over)?;
    match rotate(&app.database, &token, &app.sessions).await? {
        Rotation::Continued { account, session, successor, now } => {
            app.events.count("refreshed");
            tokens::answer(&app, (account, session), &successor, now)
        }
        Rotation::Reused { account, session } => {
            app.events.count("refresh_token_reused");
            tracing::warn!(
                security_event = "refresh_token_reused",
                %account,
                %session,
                "a used refresh token was presented again: the session was ended",
            );
            Err(session_over().into())
        }
        Rotation::Refused => Err(session_over().into()),
    }
}
