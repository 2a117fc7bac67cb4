//! `GET /me`: the caller's account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use goodgo_service_kit::authenticate::Caller;
use goodgo_service_kit::problem::Problem;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::NO_STORE;
use crate::account::{self, Profile};
use crate::app::App;
use crate::error::Error;

#[derive(Serialize)]
struct Me {
    id: Uuid,
    email: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

pub(super) async fn me(State(app): State<App>, caller: Caller) -> Result<impl IntoResponse, Error> {
    let profile = account::profile(&app.database, caller.account).await?;
    let Profile { id, email, created_at } = profile.ok_or_else(gone)?;
    Ok(([NO_STORE], Json(Me { id, email, created_at })))
}

/// The token is good and the account is gone: the login is what has to end.
fn gone() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "account_gone", "The account does not exist any more")
}
