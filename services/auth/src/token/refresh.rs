//! Refresh tokens: 256 random bits. The database knows their SHA-256 only; a
//! slow hash would add nothing, because there is nothing to guess.
//!
//! The successor of a used token is kept for the case that the answer with it
//! was lost. It is encrypted with a key that is derived from the used token, so
//! that the database alone does not yield it.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use zeroize::Zeroizing;

/// Marks the text as a token of ours, for people and for scanners of secrets.
const PREFIX: &str = "ggr_";

/// What the derived key is for, so that no other key is ever the same.
const PURPOSE: &[u8] = b"goodgo auth: refresh token successor, version 1";

/// SHA-256 of a refresh token, which is what the database knows of it.
pub type Digest = [u8; 32];

/// A refresh token. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(Zeroizing<[u8; 32]>);

impl fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RefreshToken(hidden)")
    }
}

impl RefreshToken {
    /// A new random token.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn random() -> Result<Self, Unspecified> {
        let mut bytes = Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// The token that a client presents; `None` when it has not our form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        let encoded = text.strip_prefix(PREFIX)?;
        let length = BASE64.decode_slice(encoded, &mut *bytes).ok()?;
        (length == bytes.len()).then_some(Self(bytes))
    }

    /// The token as the client keeps it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(*self.0))
    }

    /// What the database knows of the token.
    ///
    /// # Panics
    /// Never: SHA-256 has 32 bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest(&SHA256, &*self.0).as_ref().try_into().expect("SHA-256 has 32 bytes")
    }

    /// Encrypts `successor` for whoever holds this token.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, successor: &Self) -> Result<Vec<u8>, Unspecified> {
        let mut text = successor.0.to_vec();
        let nonce = self.key()?.seal_in_place_append_tag(Aad::from(self.digest()), &mut text)?;
        Ok([nonce.as_ref().as_slice(), &text].concat())
    }

    /// Decrypts what [`Self::seal`] made with this token.
    ///
    /// # Errors
    /// When it was made with another token, or changed.
    pub fn open(&self, sealed: &[u8]) -> Result<Self, Unspecified> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(Unspecified)?;
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::try_assume_unique_for_key(nonce)?;
        let opened = self.key()?.open_in_place(nonce, Aad::from(self.digest()), &mut text)?;
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(opened.get(..32).filter(|_| opened.len() == 32).ok_or(Unspecified)?);
        Ok(Self(bytes))
    }

    fn key(&self) -> Result<RandomizedNonceKey, Unspecified> {
        let secret = Salt::new(HKDF_SHA256, &[]).extract(&*self.0);
        let mut key = Zeroizing::new([0; 32]);
        secret.expand(&[PURPOSE], HKDF_SHA256)?.fill(&mut *key)?;
        RandomizedNonceKey::new(&AES_256_GCM, &*key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_read_as_it_is_written() {
        let token = RefreshToken::random().unwrap();
        assert_eq!(token.text().len(), 47);
        assert_eq!(RefreshToken::parse(&token.text()), Some(token.clone()));
        assert_ne!(RefreshToken::random().unwrap(), token);
        assert!(!format!("{token:?}").contains(&token.text()));
    }

    #[test]
    fn only_the_parent_opens_its_successor() {
        let [parent, child, other] = [(); 3].map(|()| RefreshToken::random().unwrap());
        let mut sealed = parent.seal(&child).unwrap();
        assert_eq!(parent.open(&sealed).unwrap(), child);
        assert!(other.open(&sealed).is_err());
        assert_ne!(parent.seal(&child).unwrap(), sealed, "a nonce was used twice");
        sealed[20] ^= 1;
        assert!(parent.open(&sealed).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(ggr_)?[ -~]{0,60}") {
            if let Some(token) = RefreshToken::parse(&text) {
                prop_assert_eq!(token.text(), text);
            }
        }

        #[test]
        fn no_bytes_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(RefreshToken(Zeroizing::new([1; 32])).open(&bytes).is_err());
        }
    }
}
