//! `POST /login`: tokens for an e-mail address and a password.
//!
//! Every failure has the same answer and costs one hash, whether the address is
//! unknown, not even an address, or the password is wrong.

use axum::extract::State;
use axum::response::IntoResponse;
use goodgo_service_kit::client_address::ClientAddress;
use goodgo_service_kit::config::Secret;
use goodgo_service_kit::json::Json;
use serde::Deserialize;

use super::tokens;
use crate::account::{self, Credentials, Email};
use crate::app::App;
use crate::error::{Error, wrong_credentials};
use crate::limit::Subject;
use crate::password::hash::Outcome;
use crate::session;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    email: String,
    password: Secret,
}

pub(super) async fn login(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Json(body): Json<Body>,
) -> Result<impl IntoResponse, Error> {
    let email = Email::parse(&body.email).ok();
    let subject = email.as_ref().map_or(body.email.as_str(), Email::key);
    let limits = [
        (Subject::Address(address), app.limits.login_address),
        (Subject::Account(subject), app.limits.login_account),
    ];
    let limit_headers = app.limiter.check("login", &limits).await?;
    let known = match &email {
        Some(email) => account::credentials(&app.database, email).await?,
        None => None,
    };
    let hash = known.as_ref().map(|known| known.hash.clone());
    let outcome = app.passwords.verify(body.password, hash).await?;
    let Some(account) = accept(&app, known, outcome).await? else {
        app.events.count("login_failed");
        return Err(wrong_credentials().into());
    };
    let started = session::start(&app.database, account, &app.sessions).await?;
    app.events.count("logged_in");
    tracing::info!(%account, session = %started.session, "logged in");
    let subject = (account, started.session);
    Ok((limit_headers, tokens::answer(&app, subject, &started.token, started.now)?))
}

/// The account when the password was right; its hash is brought up to date.
async fn accept(
    app: &App,
    known: Option<Credentials>,
    outcome: Outcome,
) -> Result<Option<uuid::Uuid>, Error> {
    let Some(known) = known else { return Ok(None) };
    match outcome {
        Outcome::Wrong => return Ok(None),
        Outcome::Right => {}
        Outcome::RightAndStale(hash) => {
            account::rehash(&app.database, &known, &hash).await?;
            app.events.count("rehashed");
        }
    }
    Ok(Some(known.id))
}
