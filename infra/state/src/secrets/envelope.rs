//! Pulumi's envelope of a secret: `v1:<nonce>:<ciphertext>`, both in standard base64,
//! AES-256-GCM with a nonce of 12 bytes and a tag of 16, no associated data
//! (`sdk/go/common/resource/config/crypt.go`, `symmetricCrypter`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{self, Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Length of a key in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// A key in memory; wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; KEY_LEN]>;

type Digest = [u8; digest::SHA256_OUTPUT_LEN];

/// Encrypts and decrypts secrets under one key.
///
/// A secret that was read or written before keeps its ciphertext, so that saving what did not
/// change writes the same bytes. This holds within one resource only: equal secrets of two
/// resources must not be recognisable as equal.
pub(crate) struct Sealer {
    key: LessSafeKey,
    known: Mutex<HashMap<Digest, Box<str>>>,
    nonces: Nonces,
}

/// Where nonces come from.
enum Nonces {
    /// The system's random source.
    Random,
    /// Counted, so that tests can compare files. Never use a key twice with it.
    #[cfg(test)]
    Counted(std::sync::atomic::AtomicU32),
}

/// Why an envelope cannot be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unsealable(pub(crate) &'static str);

impl Sealer {
    pub(crate) fn new(key: &Key) -> Self {
        Self { key: cipher(key), known: Mutex::default(), nonces: Nonces::Random }
    }

    #[cfg(test)]
    pub(crate) fn counted(key: &Key) -> Self {
        Self { nonces: Nonces::Counted(0.into()), ..Self::new(key) }
    }

    /// Encrypts a secret of the named resource.
    pub(crate) fn seal(&self, resource: &str, plain: &[u8]) -> String {
        let digest = digest(resource, plain);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(digest).or_insert_with(|| self.encrypt(plain).into()).as_ref().to_owned()
    }

    /// Decrypts a secret of the named resource and remembers its ciphertext.
    pub(crate) fn open(
        &self,
        resource: &str,
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let plain = self.decrypt(sealed)?;
        let digest = digest(resource, &plain);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(digest).or_insert_with(|| sealed.into());
        Ok(plain)
    }

    /// Encrypts, each time differently.
    pub(crate) fn encrypt(&self, plain: &[u8]) -> String {
        let nonce = self.nonces.next();
        let mut text = plain.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .expect("AES-GCM takes any text below 64 GiB");
        format!("v1:{}:{}", STANDARD.encode(nonce), STANDARD.encode(&text))
    }

    /// Decrypts an envelope.
    pub(crate) fn decrypt(&self, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let malformed = Unsealable("it is not of the form `v1:nonce:ciphertext`");
        let mut parts = sealed.split(':');
        let (Some("v1"), Some(nonce), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed);
        };
        let nonce: [u8; NONCE_LEN] =
            STANDARD.decode(nonce).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(malformed)?;
        let mut text = Zeroizing::new(STANDARD.decode(text).map_err(|_| malformed)?);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length = self
            .key
            .open_in_place(nonce, Aad::empty(), &mut text)
            .map_err(|_| Unsealable("it was encrypted by another key, or changed since"))?
            .len();
        text.truncate(length);
        Ok(text)
    }
}

impl Nonces {
    fn next(&self) -> [u8; NONCE_LEN] {
        match self {
            Self::Random => random(),
            #[cfg(test)]
            Self::Counted(next) => {
                let mut nonce = [0; NONCE_LEN];
                let count = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                nonce[..4].copy_from_slice(&count.to_le_bytes());
                nonce
            }
        }
    }
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system has a random source");
    bytes
}

fn cipher(key: &Key) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key[..]).expect("the key has 32 bytes"))
}

fn digest(resource: &str, plain: &[u8]) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(resource.as_bytes());
    context.update(&[0]);
    context.update(plain);
    let mut digest = Digest::default();
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_and_a_changed_one_does_not() {
        let sealer = Sealer::new(&Zeroizing::new([7; KEY_LEN]));
        let sealed = sealer.seal("a", b"\"s3cret\"");
        assert_eq!(*sealer.open("a", &sealed).unwrap(), b"\"s3cret\"");
        for at in 3..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let text = String::from_utf8(bytes).unwrap();
            assert!(sealer.decrypt(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_unchanged_secret_keeps_its_ciphertext_but_not_across_resources() {
        let key = Zeroizing::new([7; KEY_LEN]);
        let first = Sealer::new(&key).seal("a", b"1");
        let sealer = Sealer::new(&key);
        sealer.open("a", &first).unwrap();
        assert_eq!(sealer.seal("a", b"1"), first);
        assert_ne!(sealer.seal("b", b"1"), first);
    }
}
