//! The end of a session by its owner.

use sqlx::PgPool;

use crate::token::RefreshToken;

/// Ends the session that `token` belongs to, whichever of its tokens it is. A
/// token that belongs to none is no error: what was asked for is the case.
///
/// # Errors
/// When the database fails.
pub async fn revoke(pool: &PgPool, token: &RefreshToken) -> Result<(), sqlx::Error> {
    let sql = "UPDATE sessions SET revoked_at = clock_timestamp(), revoked_because = 'logout' \
               WHERE revoked_at IS NULL \
               AND id = (SELECT session_id FROM refresh_tokens WHERE digest = $1)";
    sqlx::query(sql).bind(token.digest().to_vec()).execute(pool).await.map(|_| ())
}
