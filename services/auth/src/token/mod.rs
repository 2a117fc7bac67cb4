//! Tokens: access tokens that anybody can verify and nobody can forge
//! ([`access`]), and refresh tokens that mean nothing to anybody but the
//! database ([`refresh`]).

pub mod access;
pub mod refresh;

pub use access::{KeyMistake, SignError, Signer};
pub use refresh::{Digest, RefreshToken};
