//! The text form of keys (RFC 7468), and as much of DER as is needed to unwrap one.

use base64::prelude::{BASE64_STANDARD, Engine};

/// Characters of base64 in a line.
const WIDTH: usize = 64;

/// The text form of a key, ended by a line break.
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for at in (0..body.len()).step_by(WIDTH) {
        text.push_str(&body[at..body.len().min(at + WIDTH)]);
        text.push('\n');
    }
    text + "-----END " + label + "-----\n"
}

/// The key inside a `PrivateKeyInfo` (RFC 5208): a sequence of version, algorithm, and the key as octets.
pub(crate) fn inner_key(pkcs8: &[u8]) -> Option<&[u8]> {
    let (whole, _) = element(pkcs8)?;
    let (_version, rest) = element(whole)?;
    let (_algorithm, rest) = element(rest)?;
    element(rest).map(|(key, _)| key)
}

/// The content of the first DER element, and what follows it.
fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long - 0x80)?;
            (digits.iter().fold(0, |length, digit| length * 256 + usize::from(*digit)), rest)
        }
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_of_64_characters() {
        assert_eq!(
            encode("TEST", &[0; 49]),
            format!("-----BEGIN TEST-----\n{}\nAA==\n-----END TEST-----\n", "A".repeat(64))
        );
    }

    #[test]
    fn elements_that_are_cut_short_are_none() {
        assert_eq!(element(&[0x04, 0x02, 1, 2, 3]), Some((&[1, 2][..], &[3][..])));
        assert_eq!(element(&[0x04, 0x81, 0x01, 9]), Some((&[9][..], &[][..])));
        for cut in [&[0x04][..], &[0x04, 2, 1], &[0x04, 0x82, 1], &[]] {
            assert_eq!(element(cut), None);
        }
    }
}
