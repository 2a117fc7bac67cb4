//! The HTTP interface, one file for each route.

mod jwks;
mod login;
mod logout;
mod me;
mod refresh;
mod register;
mod tokens;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::{get, post};

use crate::app::App;

/// Where the interface is, on the gateway and here alike.
pub const PREFIX: &str = "/api/v1/auth";

/// What no cache on the way may keep.
const NO_STORE: (header::HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Every route of the service.
pub fn all(app: App) -> Router {
    let routes = Router::new()
        .route("/register", post(register::register))
        .route("/login", post(login::login))
        .route("/refresh", post(refresh::refresh))
        .route("/logout", post(logout::logout))
        .route("/me", get(me::me))
        .route("/.well-known/jwks.json", get(jwks::jwks));
    Router::new().nest(PREFIX, routes).with_state(app)
}
