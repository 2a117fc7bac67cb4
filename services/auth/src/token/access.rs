//! Access tokens: JWTs in the profile of RFC 9068, signed with Ed25519.

use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use goodgo_service_kit::authenticate::{
    AccessClaims, KeyError, PublicKey, StaticKeys, TOKEN_TYPE, Verifier,
};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::settings::TokenSettings;

/// Why the signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyMistake {
    /// It is not PEM, or what is in it is not Ed25519 in PKCS#8.
    #[error("AUTH_SIGNING_KEY is not an Ed25519 private key in PKCS#8 PEM")]
    NotEd25519,
    /// Its public half cannot be published.
    #[error("the public half of AUTH_SIGNING_KEY cannot be published")]
    Public(#[source] KeyError),
}

/// Why a token was not signed.
#[derive(Debug, thiserror::Error)]
#[error("the access token could not be signed")]
pub struct SignError(#[source] jsonwebtoken::errors::Error);

/// Signs access tokens.
pub struct Signer {
    key: EncodingKey,
    header: Header,
    public: PublicKey,
    settings: TokenSettings,
}

impl Signer {
    /// A signer with the key of the settings.
    ///
    /// # Errors
    /// [`KeyMistake`], without any part of the key.
    pub fn new(settings: TokenSettings) -> Result<Self, KeyMistake> {
        let pem = settings.signing_key.expose().as_bytes();
        let key = EncodingKey::from_ed_pem(pem).map_err(|_| KeyMistake::NotEd25519)?;
        let pair = Ed25519KeyPair::from_pkcs8(key.inner()).map_err(|_| KeyMistake::NotEd25519)?;
        let x = BASE64.encode(pair.public_key().as_ref());
        let public = PublicKey::from_x(&x).map_err(KeyMistake::Public)?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(public.kid().to_owned());
        Ok(Self { key, header, public, settings })
    }

    /// How long a token is valid.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.settings.lifetime
    }

    /// A token for `account` in `session`, valid from `now`.
    ///
    /// # Errors
    /// [`SignError`] when the library refuses, which it does for wrong keys only.
    pub fn sign(
        &self,
        account: Uuid,
        session: Uuid,
        now: OffsetDateTime,
    ) -> Result<String, SignError> {
        let iat = u64::try_from(now.unix_timestamp()).unwrap_or(0);
        let claims = AccessClaims {
            iss: self.settings.issuer.clone(),
            sub: account,
            aud: self.settings.audience.clone(),
            client_id: self.settings.client.clone(),
            exp: iat + self.settings.lifetime.as_secs(),
            iat,
            jti: Uuid::new_v4(),
            sid: session,
        };
        encode(&self.header, &claims, &self.key).map_err(SignError)
    }

    /// The keys that verify what this signer signs, as they are published.
    #[must_use]
    pub fn published(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.jwk().clone()] }
    }

    /// A verifier of what this signer signs.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        let keys = StaticKeys::from_iter([self.public.clone()]);
        Verifier::new(keys, &self.settings.issuer, &self.settings.audience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use goodgo_service_kit::config::{Environment, read};

    /// The key of RFC 8410, section 10.3.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";

    fn signer(pem: &str) -> Result<Signer, KeyMistake> {
        Signer::new(read(&Environment::from_iter([("AUTH_SIGNING_KEY", pem)])).unwrap())
    }

    #[test]
    fn a_token_is_verified_with_the_published_key() {
        let signer = signer(PEM).unwrap();
        let (account, session) = (Uuid::new_v4(), Uuid::new_v4());
        let token = signer.sign(account, session, OffsetDateTime::now_utc()).unwrap();
        let keys = StaticKeys::from_set(&signer.published()).unwrap();
        let claims = Verifier::new(keys, "urn:goodgo:auth", "goodgo").verify(&token).unwrap();
        assert_eq!((claims.sub, claims.sid), (account, session));
        assert_eq!(claims.exp - claims.iat, 600);
        assert_eq!(signer.verifier().verify(&token).unwrap(), claims);
    }

    #[test]
    fn the_published_key_has_no_private_part() {
        let published = serde_json::to_string_pretty(&signer(PEM).unwrap().published()).unwrap();
        insta::assert_snapshot!(published);
    }

    #[test]
    fn other_keys_are_refused_without_showing_them() {
        let mistake = signer("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----");
        let text = mistake.err().unwrap().to_string();
        assert_eq!(text, "AUTH_SIGNING_KEY is not an Ed25519 private key in PKCS#8 PEM");
    }
}
