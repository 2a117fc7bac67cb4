//! What can go wrong in a request, and the answer to each.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use goodgo_service_kit::database::is_unavailable;
use goodgo_service_kit::problem::Problem;

use crate::password::HashError;
use crate::token::SignError;

/// Why a request failed. Each cause is named; there is no conversion that would
/// make any error a 500 unseen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not do what it was asked.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The password could not be hashed.
    #[error("hashing failed")]
    Hash(#[from] HashError),
    /// The access token could not be signed.
    #[error("signing failed")]
    Sign(#[from] SignError),
    /// The system gives no randomness, or a stored value cannot be opened.
    #[error("cryptography failed")]
    Crypto(#[from] aws_lc_rs::error::Unspecified),
    /// The answer is a problem that was worded where it was found.
    #[error("the request was refused")]
    Refused(Problem),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(problem) => problem,
            Error::Database(error) if is_unavailable(&error) => {
                let title = "The database does not answer at the moment";
                Self::unavailable("database_unavailable", title, 1).because(error)
            }
            Error::Hash(HashError::Busy) => {
                Self::unavailable("busy", "Too many are logging in at the moment", 2)
                    .because(HashError::Busy)
            }
            error => Self::internal(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// The one answer to every login that fails, whatever the reason.
#[must_use]
pub fn wrong_credentials() -> Problem {
    let title = "The e-mail address or the password is wrong";
    Problem::new(StatusCode::UNAUTHORIZED, "wrong_credentials", title)
}

/// The one answer to every refresh token that cannot be used.
#[must_use]
pub fn session_over() -> Problem {
    let title = "The refresh token cannot be used: log in again";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_refresh_token", title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_a_503_and_the_rest_a_500() {
        let answer = |error: Error| {
            let problem = Problem::from(error);
            (problem.status().as_u16(), problem.code())
        };
        assert_eq!(answer(HashError::Busy.into()), (503, "busy"));
        assert_eq!(answer(sqlx::Error::PoolTimedOut.into()), (503, "database_unavailable"));
        assert_eq!(answer(sqlx::Error::RowNotFound.into()), (500, "internal"));
        assert_eq!(answer(wrong_credentials().into()), (401, "wrong_credentials"));
        let busy = Problem::from(Error::from(HashError::Busy)).into_response();
        assert_eq!(busy.headers()["retry-after"], "2");
    }
}
