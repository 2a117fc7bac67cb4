//! The beginning of a session, at a login.

use sqlx::{PgPool, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::Error;
use crate::settings::SessionSettings;
use crate::token::RefreshToken;

/// A session that began.
#[derive(Debug)]
pub struct Started {
    /// The session.
    pub session: Uuid,
    /// Its first refresh token.
    pub token: RefreshToken,
    /// The database's time.
    pub now: OffsetDateTime,
}

/// Begins a session of `account`: the family and its first token in one
/// statement, so that neither is ever there without the other.
///
/// # Errors
/// When the database fails.
pub async fn start(
    pool: &PgPool,
    account: Uuid,
    settings: &SessionSettings,
) -> Result<Started, Error> {
    let sql = "WITH family AS ( \
                   INSERT INTO sessions (id, account_id, expires_at) \
                   VALUES ($1, $2, clock_timestamp() + $3) RETURNING id, created_at \
               ), token AS ( \
                   INSERT INTO refresh_tokens (digest, session_id, generation) \
                   SELECT $4, id, 0 FROM family \
               ) \
               SELECT created_at FROM family";
    let (session, token) = (Uuid::now_v7(), RefreshToken::random()?);
    let query = sqlx::query(sql)
        .bind(session)
        .bind(account)
        .bind(settings.absolute)
        .bind(token.digest().to_vec());
    let row = query.fetch_one(pool).await?;
    Ok(Started { session, token, now: row.try_get("created_at")? })
}
