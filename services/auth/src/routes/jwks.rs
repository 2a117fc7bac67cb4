//! `GET /.well-known/jwks.json`: the keys that verify access tokens.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::app::App;

pub(super) async fn jwks(State(app): State<App>) -> impl IntoResponse {
    // Keys change rarely, and verifiers that meet an unknown one ask again.
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(app.signer.published()))
}
