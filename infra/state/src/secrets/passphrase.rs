//! Pulumi's passphrase provider: a key derived by PBKDF2-HMAC-SHA256 in 1,000,000 rounds from
//! the passphrase and a salt of 8 bytes. The state holds `v1:<salt>:<envelope of "pulumi">`, by
//! which a wrong passphrase is told (`pkg/secrets/passphrase/manager.go`).

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::envelope::{Key, Sealer, random};
use crate::error::Error;

const ROUNDS: NonZeroU32 = NonZeroU32::new(1_000_000).expect("a million is not zero");
const SALT_LEN: usize = 8;
const CHECK: &[u8] = b"pulumi";

/// Derives the key for an existing salt. Takes some tenths of a second of one core.
pub(super) fn open(passphrase: &str, salt: &str) -> Result<Sealer, Error> {
    let malformed = || Error::Corrupted {
        place: "`secrets_providers`".to_owned(),
        detail: "its salt is not of the form `v1:salt:v1:nonce:ciphertext`".to_owned(),
        last_good: None,
    };
    let rest = salt.strip_prefix("v1:").ok_or_else(malformed)?;
    let (bytes, check) = rest.split_once(':').ok_or_else(malformed)?;
    let bytes = STANDARD.decode(bytes).map_err(|_| malformed())?;
    let sealer = Sealer::new(&derive(passphrase, &bytes));
    match sealer.decrypt(check) {
        Ok(plain) if *plain == CHECK => Ok(sealer),
        _ => Err(Error::WrongPassphrase),
    }
}

/// Derives a key with a new salt. Returns what has to be kept in the state, too.
pub(super) fn create(passphrase: &str) -> (Sealer, String) {
    let salt = random::<SALT_LEN>();
    let sealer = Sealer::new(&derive(passphrase, &salt));
    let text = format!("v1:{}:{}", STANDARD.encode(salt), sealer.encrypt(CHECK));
    (sealer, text)
}

fn derive(passphrase: &str, salt: &[u8]) -> Key {
    let mut key = Key::default();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, passphrase.as_bytes(), &mut key[..]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by the reference implementation of the same construction (Python's
    /// `hashlib.pbkdf2_hmac`), so that not only our own writer is read.
    #[test]
    fn the_derivation_is_pulumis() {
        let key = derive("correct horse", b"12345678");
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "8992cb0e042659b823b1007af61affc1715dd06c4a22556148ffc430c9027440");
    }

    #[test]
    fn a_new_salt_opens_with_its_passphrase_only() {
        let (sealer, salt) = create("one");
        let sealed = sealer.encrypt(b"text");
        assert_eq!(*open("one", &salt).unwrap().decrypt(&sealed).unwrap(), b"text");
        assert!(matches!(open("two", &salt), Err(Error::WrongPassphrase)));
        assert!(matches!(open("one", "v2:x"), Err(Error::Corrupted { .. })));
    }
}
