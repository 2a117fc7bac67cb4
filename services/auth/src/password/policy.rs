//! What a new password must be (NIST SP 800-63B-4, section 3.1.1): long enough,
//! and not one that attackers try first. No rules of composition, and nothing
//! is cut off.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The most characters that are taken. Far over the 64 that must be accepted,
/// and little enough that reading a password costs nothing.
const LONGEST: usize = 256;

/// Passwords that are tried first, one on a line, in lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common.txt").lines().collect());

/// The rules for new passwords.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// The fewest characters (Unicode code points).
    pub shortest: usize,
}

impl Policy {
    /// Checks a new password of the account with this e-mail address.
    ///
    /// # Errors
    /// What to do about it, as a predicate of "the password".
    pub fn check(&self, password: &str, email: &str) -> Result<(), String> {
        let length = password.chars().count();
        if length < self.shortest {
            return Err(format!("must have at least {} characters", self.shortest));
        }
        if length > LONGEST {
            return Err(format!("must have at most {LONGEST} characters"));
        }
        let lower = password.to_lowercase();
        if COMMON.contains(lower.as_str()) || is_repetition(&lower) {
            return Err("is one of those that are tried first: choose another".to_owned());
        }
        if lower == email.to_lowercase() {
            return Err("must not be the e-mail address".to_owned());
        }
        Ok(())
    }
}

/// Whether a short pattern makes the whole text: `aaaa…`, `abcabc…`.
fn is_repetition(text: &str) -> bool {
    let bytes = text.as_bytes();
    let repeats = |period: usize| bytes.iter().skip(period).zip(bytes).all(|(a, b)| a == b);
    (1..=4.min(bytes.len() / 2)).any(repeats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), String> {
        Policy { shortest: 15 }.check(password, "someone@example.org")
    }

    #[test]
    fn length_counts_characters() {
        assert!(check("fourteen chars").is_err());
        assert_eq!(check("fifteen is fine"), Ok(()));
        assert_eq!(check("mười lăm chữ cái"), Ok(()));
        let varied =
            |length| "0123456789abcdefghij".chars().cycle().take(length).collect::<String>();
        assert_eq!(check(&varied(256)), Ok(()));
        assert!(check(&varied(257)).is_err());
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "passwordpassword",
            "PasswordPassword",
            "123456789012345",
            "aaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
        ] {
            assert!(check(password).is_err(), "{password}");
        }
        assert!(check("Someone@Example.org").is_err());
    }

    #[test]
    fn the_list_is_in_the_form_that_it_is_searched_in() {
        let lines: Vec<&str> = include_str!("common.txt").lines().collect();
        assert_eq!(lines.len(), COMMON.len(), "a line is there twice");
        assert!(lines.iter().all(|line| *line == line.trim().to_lowercase() && line.len() >= 8));
        assert!(lines.is_sorted());
    }
}
