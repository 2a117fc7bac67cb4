//! `POST /register`: a new account.
//!
//! The answer is the same whether the address has an account already, and so is
//! the work: otherwise this route would tell anybody who has an account here.
//! Who is new can log in at once; who has an account keeps its password, and
//! finds out by logging in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use garde::Validate;
use goodgo_service_kit::client_address::ClientAddress;
use goodgo_service_kit::config::Secret;
use goodgo_service_kit::json::Valid;
use serde::{Deserialize, Serialize};

use super::NO_STORE;
use crate::account::{self, Email};
use crate::app::App;
use crate::error::Error;
use crate::limit::Subject;
use crate::password::Policy;

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(context(Policy as policy))]
pub(super) struct Body {
    #[garde(custom(is_email))]
    email: String,
    #[garde(custom(|value: &Secret, _: &Policy| is_allowed(value, &self.email, policy)))]
    password: Secret,
}

#[derive(Serialize)]
struct Accepted {
    status: &'static str,
}

fn is_email(value: &str, _: &Policy) -> garde::Result {
    Email::parse(value).map(|_| ()).map_err(garde::Error::new)
}

fn is_allowed(password: &Secret, email: &str, policy: &Policy) -> garde::Result {
    policy.check(password.expose(), email).map_err(garde::Error::new)
}

pub(super) async fn register(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Valid(body): Valid<Body>,
) -> Result<impl IntoResponse, Error> {
    let email = Email::parse(&body.email).expect("validation has read the address");
    let limits = [
        (Subject::Address(address), app.limits.register_address),
        (Subject::Account(email.key()), app.limits.register_account),
    ];
    let limit_headers = app.limiter.check("register", &limits).await?;
    let hash = app.passwords.hash(body.password).await?;
    let created = account::create(&app.database, &email, &hash).await?;
    app.events.count(if created { "registered" } else { "registered_again" });
    let accepted = Json(Accepted { status: "accepted" });
    Ok((StatusCode::ACCEPTED, [NO_STORE], limit_headers, accepted))
}
