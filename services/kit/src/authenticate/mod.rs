//! Who a request is from: verification of access tokens.
//!
//! Tokens are JWTs in the profile of RFC 9068, verified as RFC 8725 advises:
//! the algorithm is fixed here and not taken from the token, the type is
//! explicit, and issuer, audience and times are required. Header fields that
//! point to keys (`jku`, `x5u`, `jwk`) are never followed.

mod caller;
mod claims;
mod keys;
mod verifier;

pub use caller::Caller;
pub use claims::{AccessClaims, TOKEN_TYPE};
pub use keys::{KeyError, KeySource, PublicKey, StaticKeys};
pub use verifier::{Refused, Verifier};

#[cfg(test)]
mod tests;
