//! What an access token says.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The `typ` of an access token's header (RFC 9068, section 2.1).
pub const TOKEN_TYPE: &str = "at+jwt";

/// The claims of an access token (RFC 9068, section 2.2). All are required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who issued the token.
    pub iss: String,
    /// The account.
    pub sub: Uuid,
    /// For whom the token is.
    pub aud: String,
    /// The client that asked for it.
    pub client_id: String,
    /// When it expires, in seconds since 1970.
    pub exp: u64,
    /// When it was issued, in seconds since 1970.
    pub iat: u64,
    /// The token's own identity.
    pub jti: Uuid,
    /// The session that it belongs to (the name is OpenID Connect's).
    pub sid: Uuid,
}
