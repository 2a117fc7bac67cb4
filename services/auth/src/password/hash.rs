//! Hashing with argon2id (RFC 9106), in memory that is used again: to get 19 MiB
//! of fresh memory from the system takes a good part of the time of a hash.

use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use zeroize::Zeroize as _;

use crate::settings::PasswordSettings;

/// Bytes of a salt and of a hash, as RFC 9106 (section 4) recommends.
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// The memory of one hash at a time.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.len() < count {
            self.0.resize(count, Block::new());
        }
        &mut self.0[..count]
    }
}

/// A password's hash in the PHC string format, with all that is needed to try a
/// password against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHash(String);

impl StoredHash {
    /// A hash as it was stored.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What came of trying a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is not the password.
    Wrong,
    /// It is, and the hash is as the settings ask.
    Right,
    /// It is; this hash replaces one that was made with other parameters.
    RightAndStale(StoredHash),
}

/// Makes and tries hashes with the parameters of the settings.
#[derive(Debug, Clone)]
pub struct Hasher {
    params: Params,
}

impl Hasher {
    /// A hasher with the settings' parameters.
    ///
    /// # Errors
    /// When argon2 cannot work with them, such as less memory than its lanes need.
    pub fn new(settings: &PasswordSettings) -> Result<Self, argon2::Error> {
        let PasswordSettings { memory, passes, lanes, .. } = settings;
        Params::new(*memory, *passes, *lanes, Some(HASH_BYTES)).map(|params| Self { params })
    }

    /// Hashes a new password with a new salt.
    ///
    /// # Errors
    /// When the system gives no randomness or argon2 refuses the input's size.
    pub fn hash(&self, password: &str, memory: &mut Memory) -> Result<StoredHash, argon2::Error> {
        let mut salt = [0; SALT_BYTES];
        // The library's one error that fits; the system's source does not fail.
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| argon2::Error::SaltTooShort)?;
        let hash = compute(&self.params, password, &salt, HASH_BYTES, memory)?;
        let (m, t, p) = (self.params.m_cost(), self.params.t_cost(), self.params.p_cost());
        let (salt, hash) = (BASE64.encode(salt), BASE64.encode(hash));
        Ok(StoredHash(format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}")))
    }

    /// Tries `password` against `stored`. Without a stored hash, which is to say
    /// without an account, the same work is done for nothing: the time of the
    /// answer tells no one which accounts exist.
    ///
    /// # Errors
    /// When the stored hash cannot be read.
    pub fn verify(
        &self,
        password: &str,
        stored: Option<&StoredHash>,
        memory: &mut Memory,
    ) -> Result<Outcome, argon2::Error> {
        let Some(StoredHash(stored)) = stored else {
            compute(&self.params, password, &[0; SALT_BYTES], HASH_BYTES, memory)?;
            return Ok(Outcome::Wrong);
        };
        let stored = PasswordHash::new(stored).map_err(|_| argon2::Error::AlgorithmInvalid)?;
        let params = Params::try_from(&stored).map_err(|_| argon2::Error::AlgorithmInvalid)?;
        let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
            return Err(argon2::Error::SaltTooShort);
        };
        let mut bytes = [0; 64];
        let salt = salt.decode_b64(&mut bytes).map_err(|_| argon2::Error::SaltTooShort)?;
        let expected = expected.as_bytes();
        let actual = compute(&params, password, salt, expected.len(), memory)?;
        if verify_slices_are_equal(&actual, expected).is_err() {
            return Ok(Outcome::Wrong);
        }
        if self.made(&params) {
            return Ok(Outcome::Right);
        }
        self.hash(password, memory).map(Outcome::RightAndStale)
    }

    /// Whether `params` are those of the settings.
    fn made(&self, params: &Params) -> bool {
        let costs = |params: &Params| {
            (params.m_cost(), params.t_cost(), params.p_cost(), params.output_len())
        };
        costs(params) == costs(&self.params)
    }
}

fn compute(
    params: &Params,
    password: &str,
    salt: &[u8],
    length: usize,
    memory: &mut Memory,
) -> Result<Vec<u8>, argon2::Error> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let blocks = memory.blocks(params.block_count());
    let mut hash = vec![0; length];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, &mut *blocks)?;
    // Only the first blocks are a function of the password alone; without them
    // what stays in memory is no shortcut to guessing it.
    for block in blocks.iter_mut().take(2) {
        block.as_mut().zeroize();
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(memory: u32) -> Hasher {
        Hasher { params: Params::new(memory, 1, 1, Some(HASH_BYTES)).unwrap() }
    }

    #[test]
    fn a_password_is_recognized_and_another_is_not() {
        let (hasher, mut memory) = (hasher(64), Memory::default());
        let stored = hasher.hash("correct horse battery", &mut memory).unwrap();
        let mut verify = |password| hasher.verify(password, Some(&stored), &mut memory).unwrap();
        assert_eq!(verify("correct horse battery"), Outcome::Right);
        assert_eq!(verify("correct horse batterz"), Outcome::Wrong);
        assert_eq!(verify(""), Outcome::Wrong);
        assert_eq!(hasher.verify("x", None, &mut Memory::default()), Ok(Outcome::Wrong));
    }

    #[test]
    fn memory_that_was_used_gives_the_same_hash_as_fresh_memory() {
        let (hasher, mut used) = (hasher(64), Memory::default());
        hasher.hash("something else before", &mut used).unwrap();
        let salt = [7; SALT_BYTES];
        let compute = |memory: &mut Memory| {
            compute(&hasher.params, "the same password", &salt, HASH_BYTES, memory).unwrap()
        };
        assert_eq!(compute(&mut used), compute(&mut Memory::default()));
    }

    #[test]
    fn a_hash_is_read_by_the_library_that_everybody_uses() {
        use argon2::PasswordVerifier as _;
        let stored = hasher(64).hash("correct horse battery", &mut Memory::default()).unwrap();
        let parsed = PasswordHash::new(stored.as_str()).unwrap();
        Argon2::default().verify_password(b"correct horse battery", &parsed).unwrap();
    }

    #[test]
    fn a_hash_with_other_parameters_is_replaced() {
        let mut memory = Memory::default();
        let old = hasher(64).hash("correct horse battery", &mut memory).unwrap();
        let outcome = hasher(128).verify("correct horse battery", Some(&old), &mut memory).unwrap();
        let Outcome::RightAndStale(new) = outcome else { panic!("{outcome:?}") };
        assert!(new.as_str().starts_with("$argon2id$v=19$m=128,t=1,p=1$"));
        let again = hasher(128).verify("correct horse battery", Some(&new), &mut memory);
        assert_eq!(again, Ok(Outcome::Right));
        let wrong = hasher(128).verify("another password", Some(&old), &mut memory);
        assert_eq!(wrong, Ok(Outcome::Wrong));
    }

    #[test]
    fn a_stored_hash_that_cannot_be_read_is_an_error_and_not_a_match() {
        for stored in ["", "$argon2id$", "plain text", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ"] {
            let stored = StoredHash::from_stored(stored.to_owned());
            assert!(hasher(64).verify("x", Some(&stored), &mut Memory::default()).is_err());
        }
    }
}
