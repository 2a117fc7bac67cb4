//! The public keys that tokens are verified with.

use std::collections::HashMap;
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm,
    OctetKeyPairParameters, OctetKeyPairType, PublicKeyUse, ThumbprintHash,
};

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is of another kind than this service verifies with.
    #[error("the key is not an Ed25519 key")]
    Kind,
    /// It cannot be read.
    #[error("the key cannot be read")]
    Unreadable(#[from] jsonwebtoken::errors::Error),
}

/// Where a verifier finds the key that a token names. Static keys are one such
/// place; a key set that is fetched and kept fresh is another.
pub trait KeySource: Send + Sync {
    /// The key with the identity `kid`, when it is known at this moment.
    fn find(&self, kid: &str) -> Option<Arc<DecodingKey>>;
}

/// An Ed25519 public key, named by its thumbprint (RFC 7638 with SHA-256, over
/// the members of RFC 8037).
#[derive(Debug, Clone)]
pub struct PublicKey {
    jwk: Jwk,
    kid: String,
    decoding: Arc<DecodingKey>,
}

impl PublicKey {
    /// The key whose 32 bytes are `x` in base64url without padding.
    ///
    /// # Errors
    /// [`KeyError::Unreadable`] when they are not base64url.
    pub fn from_x(x: &str) -> Result<Self, KeyError> {
        let decoding = Arc::new(DecodingKey::from_ed_components(x)?);
        let mut jwk = Jwk {
            common: CommonParameters {
                public_key_use: Some(PublicKeyUse::Signature),
                key_algorithm: Some(KeyAlgorithm::EdDSA),
                ..CommonParameters::default()
            },
            algorithm: AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
                key_type: OctetKeyPairType::OctetKeyPair,
                curve: EllipticCurve::Ed25519,
                x: x.to_owned(),
            }),
        };
        let kid = jwk.thumbprint(ThumbprintHash::SHA256);
        jwk.common.key_id = Some(kid.clone());
        Ok(Self { jwk, kid, decoding })
    }

    /// The key in a JWK.
    ///
    /// # Errors
    /// [`KeyError::Kind`] for any key that is not Ed25519.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        match &jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                Self::from_x(&pair.x)
            }
            _ => Err(KeyError::Kind),
        }
    }

    /// The key's identity: its thumbprint.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The key as it is published.
    #[must_use]
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }
}

/// Keys that do not change while the service runs.
#[derive(Debug, Clone, Default)]
pub struct StaticKeys(HashMap<String, Arc<DecodingKey>>);

impl StaticKeys {
    /// The keys of a JWK set.
    ///
    /// # Errors
    /// [`KeyError`] when any key of the set cannot be used.
    pub fn from_set(set: &JwkSet) -> Result<Self, KeyError> {
        set.keys.iter().map(PublicKey::from_jwk).collect()
    }
}

impl FromIterator<PublicKey> for StaticKeys {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self(keys.into_iter().map(|key| (key.kid, key.decoding)).collect())
    }
}

impl KeySource for StaticKeys {
    fn find(&self, kid: &str) -> Option<Arc<DecodingKey>> {
        self.0.get(kid).cloned()
    }
}
