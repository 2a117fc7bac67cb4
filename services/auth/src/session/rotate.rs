//! The use of a refresh token.

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::rules::{Decision, Family, Lifetimes, Presented, decide};
use crate::error::Error;
use crate::settings::SessionSettings;
use crate::token::RefreshToken;

/// What came of presenting a refresh token.
#[derive(Debug)]
pub enum Rotation {
    /// The successor, new or given before.
    Continued {
        /// The account.
        account: Uuid,
        /// The session.
        session: Uuid,
        /// The token to use next.
        successor: RefreshToken,
        /// The database's time.
        now: OffsetDateTime,
    },
    /// The token was used before; its family is revoked from now on.
    Reused {
        /// The account whose token may be in wrong hands.
        account: Uuid,
        /// The session that was ended.
        session: Uuid,
    },
    /// There is no such token, or its family is over.
    Refused,
}

/// The family's row under its lock.
struct Locked {
    session: Uuid,
    account: Uuid,
    family: Family,
}

/// The token's row, read under the family's lock.
struct TokenRow {
    presented: Presented,
    sealed: Option<Vec<u8>>,
    now: OffsetDateTime,
}

/// Presents `token`. All of it happens in one transaction that holds the
/// family's row; whoever presents a token of the same family at the same time
/// waits, and then sees what this one did.
///
/// # Errors
/// When the database fails; nothing has changed then.
pub async fn rotate(
    pool: &PgPool,
    token: &RefreshToken,
    settings: &SessionSettings,
) -> Result<Rotation, Error> {
    let mut transaction = pool.begin().await?;
    let Some(locked) = lock(&mut transaction, token).await? else {
        return Ok(Rotation::Refused);
    };
    let row = look(&mut transaction, token).await?;
    let lifetimes = Lifetimes { idle: settings.idle, grace: settings.grace };
    let decision = decide(&locked.family, &row.presented, &lifetimes, row.now);
    let rotation = act(&mut transaction, token, &locked, &row, decision).await?;
    transaction.commit().await?;
    Ok(rotation)
}

/// Locks the family of `token`. The lock is taken by a statement of its own:
/// the next statement sees what the lock's former holder committed, while this
/// one would join the token's row as it was before the wait.
async fn lock(
    connection: &mut PgConnection,
    token: &RefreshToken,
) -> Result<Option<Locked>, sqlx::Error> {
    let sql = "SELECT id, account_id, generation, last_used_at, expires_at, revoked_at \
               FROM sessions \
               WHERE id = (SELECT session_id FROM refresh_tokens WHERE digest = $1) \
               FOR UPDATE";
    let row = sqlx::query(sql).bind(token.digest().to_vec()).fetch_optional(connection).await?;
    row.map(|row| {
        let revoked_at: Option<OffsetDateTime> = row.try_get("revoked_at")?;
        let family = Family {
            generation: row.try_get("generation")?,
            last_used_at: row.try_get("last_used_at")?,
            expires_at: row.try_get("expires_at")?,
            revoked: revoked_at.is_some(),
        };
        Ok(Locked { session: row.try_get("id")?, account: row.try_get("account_id")?, family })
    })
    .transpose()
}

/// Reads the token's row, and the clock once the lock is held.
async fn look(
    connection: &mut PgConnection,
    token: &RefreshToken,
) -> Result<TokenRow, sqlx::Error> {
    let sql = "SELECT generation, replaced_at, sealed_successor, clock_timestamp() AS now \
               FROM refresh_tokens WHERE digest = $1";
    let row: PgRow = sqlx::query(sql).bind(token.digest().to_vec()).fetch_one(connection).await?;
    let sealed: Option<Vec<u8>> = row.try_get("sealed_successor")?;
    let presented = Presented {
        generation: row.try_get("generation")?,
        replaced_at: row.try_get("replaced_at")?,
        has_successor: sealed.is_some(),
    };
    Ok(TokenRow { presented, sealed, now: row.try_get("now")? })
}

async fn act(
    connection: &mut PgConnection,
    token: &RefreshToken,
    locked: &Locked,
    row: &TokenRow,
    decision: Decision,
) -> Result<Rotation, Error> {
    let (account, session, now) = (locked.account, locked.session, row.now);
    let successor = match decision {
        Decision::Rotate => replace(connection, token, locked).await?,
        Decision::Repeat => token.open(row.sealed.as_deref().unwrap_or_default())?,
        Decision::Reuse => {
            end(connection, session).await?;
            return Ok(Rotation::Reused { account, session });
        }
        Decision::Over => return Ok(Rotation::Refused),
    };
    Ok(Rotation::Continued { account, session, successor, now })
}

/// Replaces `token` by a successor, in one statement. The successor that was
/// kept for the token's own parent goes: the parent is now a grandparent.
async fn replace(
    connection: &mut PgConnection,
    token: &RefreshToken,
    locked: &Locked,
) -> Result<RefreshToken, Error> {
    let sql = "WITH family AS ( \
                   UPDATE sessions SET generation = $2 + 1, last_used_at = clock_timestamp() \
                   WHERE id = $1 \
               ), parent AS ( \
                   UPDATE refresh_tokens SET sealed_successor = NULL \
                   WHERE session_id = $1 AND generation = $2 - 1 \
               ), used AS ( \
                   UPDATE refresh_tokens \
                   SET replaced_at = clock_timestamp(), sealed_successor = $3 \
                   WHERE session_id = $1 AND generation = $2 \
               ) \
               INSERT INTO refresh_tokens (digest, session_id, generation) \
               VALUES ($4, $1, $2 + 1)";
    let successor = RefreshToken::random()?;
    sqlx::query(sql)
        .bind(locked.session)
        .bind(locked.family.generation)
        .bind(token.seal(&successor)?)
        .bind(successor.digest().to_vec())
        .execute(connection)
        .await?;
    Ok(successor)
}

async fn end(connection: &mut PgConnection, session: Uuid) -> Result<(), sqlx::Error> {
    let sql = "UPDATE sessions SET revoked_at = clock_timestamp(), revoked_because = 'reuse' \
               WHERE id = $1";
    sqlx::query(sql).bind(session).execute(connection).await.map(|_| ())
}
