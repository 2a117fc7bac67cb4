//! The verification of one token.

use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};

use super::{AccessClaims, KeySource, TOKEN_TYPE};

/// The longest token that is looked at, in bytes. Ours are under 1 KiB.
const LONGEST: usize = 8 * 1024;

/// How far the clocks of issuer and verifier may be apart, in seconds.
const LEEWAY: u64 = 5;

/// Why a token is not accepted. The caller is told only whether it expired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It was good and its time is over.
    #[error("the access token has expired")]
    Expired,
    /// It is larger than any token of ours.
    #[error("the access token is too large")]
    TooLarge,
    /// Its header is not that of an access token: the type, the algorithm, or
    /// extensions that must be understood.
    #[error("the access token's header is not acceptable")]
    Header,
    /// It names no key, or none that is known here.
    #[error("the access token names no known key")]
    UnknownKey,
    /// The signature or a claim is wrong, or a claim is missing.
    #[error("the access token is not valid: {0}")]
    Invalid(String),
}

/// Verifies access tokens of one issuer for one audience. Cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<dyn KeySource>,
    validation: Arc<Validation>,
}

impl Verifier {
    /// A verifier of the tokens that `issuer` makes for `audience`.
    pub fn new(keys: impl KeySource + 'static, issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        Self { keys: Arc::new(keys), validation: Arc::new(validation) }
    }

    /// The claims of `token`, when all of it is right.
    ///
    /// # Errors
    /// [`Refused`], for the log; [`super::Caller`] words the answer.
    pub fn verify(&self, token: &str) -> Result<AccessClaims, Refused> {
        if token.len() > LONGEST {
            return Err(Refused::TooLarge);
        }
        let header = decode_header(token).map_err(|_| Refused::Header)?;
        let ours = header.typ.as_deref() == Some(TOKEN_TYPE) && header.crit.is_none();
        if !ours || header.alg != Algorithm::EdDSA {
            return Err(Refused::Header);
        }
        let kid = header.kid.as_deref().ok_or(Refused::UnknownKey)?;
        let key = self.keys.find(kid).ok_or(Refused::UnknownKey)?;
        match decode::<AccessClaims>(token, &key, &self.validation) {
            Ok(token) => Ok(token.claims),
            Err(error) if *error.kind() == ErrorKind::ExpiredSignature => Err(Refused::Expired),
            Err(error) => Err(Refused::Invalid(error.to_string())),
        }
    }
}
