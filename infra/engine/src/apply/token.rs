//! Names of creates.

use aws_lc_rs::digest::{SHA256, digest};
use goodgo_model::Urn;
use goodgo_plan::StepId;

/// So many characters; each holds 5 bits of the digest.
const LENGTH: usize = 16;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The token of a create: the same for the same step of the same plan, another for any other.
/// `turn` tells a create from the one that undoes a delete.
pub(super) fn token(urn: &Urn, serial: u64, step: StepId, turn: &str) -> String {
    let hash = digest(&SHA256, format!("{urn}\0{serial}\0{step}\0{turn}").as_bytes());
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    hash.as_ref().iter().take(LENGTH).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_short_names_that_come_again() {
        let urn = Urn::new("test", "goodgo", "test:index:Thing", "a");
        let one = token(&urn, 3, 7, "");
        assert_eq!(one, token(&urn, 3, 7, ""));
        assert_eq!(one.len(), LENGTH);
        assert!(one.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        for other in [token(&urn, 4, 7, ""), token(&urn, 3, 8, ""), token(&urn, 3, 7, "undo")] {
            assert_ne!(one, other);
        }
    }
}
