//! SCRAM-SHA-256 verifiers, as PostgreSQL keeps them in place of passwords.
//!
//! The format is that of RFC 5803 as PostgreSQL writes it
//! (`src/common/scram-common.c`, `scram_build_secret`):
//! `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`, all but the number in base64.

use std::num::NonZeroU32;

use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::{constant_time, hmac, pbkdf2, rand};
use base64::prelude::{BASE64_STANDARD, Engine};
use goodgo_provider::Error;

const SCHEME: &str = "SCRAM-SHA-256";
/// PostgreSQL's own default (`scram_iterations`).
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4_096).unwrap();
const SALT_BYTES: usize = 16;

/// The verifier of a password with a fresh salt. A text that already is a verifier stays as it
/// is, as it does in PostgreSQL.
pub(crate) fn verifier(password: &str) -> Result<String, Error> {
    if Verifier::parse(password).is_some() {
        return Ok(password.to_owned());
    }
    let mut salt = [0; SALT_BYTES];
    rand::fill(&mut salt)
        .map_err(|_| Error::transient("the operating system gave no random numbers"))?;
    let keys = Keys::derive(password, &salt, ITERATIONS);
    Ok(format!(
        "{SCHEME}${ITERATIONS}:{}${}:{}",
        BASE64_STANDARD.encode(salt),
        BASE64_STANDARD.encode(keys.stored),
        BASE64_STANDARD.encode(keys.server),
    ))
}

/// Whether a verifier that a server has is that of the password.
pub(crate) fn verifies(stored: &str, password: &str) -> bool {
    if stored == password {
        return true;
    }
    Verifier::parse(stored).is_some_and(|verifier| {
        let keys = Keys::derive(password, &verifier.salt, verifier.iterations);
        constant_time::verify_slices_are_equal(&keys.stored, &verifier.stored).is_ok()
    })
}

/// Whether PostgreSQL's clients and server agree on what bytes the password is.
pub(crate) fn is_usable(password: &str) -> bool {
    !password.contains('\0') && stringprep::saslprep(password).is_ok()
}

struct Verifier {
    iterations: NonZeroU32,
    salt: Vec<u8>,
    stored: Vec<u8>,
}

impl Verifier {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once('$')?;
        let (derivation, keys) = rest.split_once('$')?;
        let (iterations, salt) = derivation.split_once(':')?;
        let (stored, server) = keys.split_once(':')?;
        let decode = |text: &str| BASE64_STANDARD.decode(text).ok();
        let stored = decode(stored)?;
        let lengths = [stored.len(), decode(server)?.len()];
        if scheme != SCHEME || lengths != [digest::SHA256_OUTPUT_LEN; 2] {
            return None;
        }
        Some(Self { iterations: iterations.parse().ok()?, salt: decode(salt)?, stored })
    }
}

/// The keys of RFC 5802, section 3.
struct Keys {
    stored: Vec<u8>,
    server: Vec<u8>,
}

impl Keys {
    fn derive(password: &str, salt: &[u8], iterations: NonZeroU32) -> Self {
        // What cannot be prepared is taken as it is, as PostgreSQL does; `check` refuses it in new ones.
        let prepared = stringprep::saslprep(password).unwrap_or(password.into());
        let mut salted = [0; digest::SHA256_OUTPUT_LEN];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, iterations, salt, prepared.as_bytes(), &mut salted);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
        let client = hmac::sign(&key, b"Client Key");
        Self {
            stored: digest::digest(&SHA256, client.as_ref()).as_ref().to_vec(),
            server: hmac::sign(&key, b"Server Key").as_ref().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the exchange in RFC 7677, section 3: user `user`, password `pencil`.
    const SALT: &str = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const SERVER_SIGNATURE: &str = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    const AUTH_MESSAGE: &str = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
        r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
        s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
        c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    #[test]
    fn keys_are_those_of_the_standard() {
        let salt = BASE64_STANDARD.decode(SALT).unwrap();
        let keys = Keys::derive("pencil", &salt, ITERATIONS);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &keys.server);
        let signature = hmac::sign(&key, AUTH_MESSAGE.as_bytes());
        assert_eq!(BASE64_STANDARD.encode(signature.as_ref()), SERVER_SIGNATURE);
    }

    #[test]
    fn a_verifier_is_of_one_password_only() {
        let made = verifier("pencil").unwrap();
        assert!(!made.contains("pencil"));
        assert!(verifies(&made, "pencil"));
        assert!(!verifies(&made, "Pencil"));
        assert_eq!(verifier(&made).unwrap(), made, "a verifier stays as it is");
        assert!(verifies(&made, &made));
        assert_ne!(verifier("pencil").unwrap(), made, "another salt");
    }

    #[test]
    fn what_is_no_verifier_verifies_nothing() {
        for text in ["", "md5abc", "SCRAM-SHA-256$0:AA==$AA==:AA==", "SCRAM-SHA-256$x:$:"] {
            assert!(!verifies(text, "pencil"), "{text}");
        }
    }

    #[test]
    fn passwords_are_prepared_as_clients_prepare_them() {
        // RFC 4013: a no-break space counts as a space, a soft hyphen as nothing.
        assert!(verifies(&verifier("a\u{a0}b\u{ad}").unwrap(), "a b"));
        assert!(is_usable("pass wörd"));
        assert!(!is_usable("bell\u{7}"));
        assert!(!is_usable("nul\0"));
    }
}
