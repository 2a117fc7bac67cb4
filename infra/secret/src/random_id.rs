//! `RandomId`: a name for something that has to be unique beyond the environment, not a secret.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use goodgo_model::Map;
use goodgo_provider::Error;
use goodgo_provider::schema::{Property, Shape};

use crate::dice;
use crate::generator::{KEEPERS, Sort, text, whole};
use crate::random_bytes::hex;

pub(crate) const SORT: Sort = Sort {
    token: "random:index/randomId:RandomId",
    properties: &[
        Property::required("byteLength", Shape::Whole(1, 1_024)),
        KEEPERS,
        Property::optional("prefix", Shape::Text),
    ],
    conflicts: |_| Vec::new(),
    results: &[("b64Std", false), ("b64Url", false), ("dec", false), ("hex", false)],
    make,
};

fn make(inputs: &Map) -> Result<Vec<String>, Error> {
    let bytes = dice::bytes(whole(inputs, "byteLength"))?;
    let forms = [
        BASE64_STANDARD.encode(&bytes),
        BASE64_URL_SAFE_NO_PAD.encode(&bytes),
        decimal(&bytes),
        hex(&bytes),
    ];
    let prefix = text(inputs, "prefix");
    Ok(forms.into_iter().map(|form| format!("{prefix}{form}")).collect())
}

/// The bytes as one number, the first one most significant, in decimal digits.
fn decimal(bytes: &[u8]) -> String {
    // The digits of the number read so far, the last one first.
    let mut digits = vec![0_u8];
    for byte in bytes {
        let mut carry = u16::from(*byte);
        for digit in &mut digits {
            carry += u16::from(*digit) * 256;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn decimal_digits_are_those_of_the_number(number: u128) {
            prop_assert_eq!(decimal(&number.to_be_bytes()), number.to_string());
        }
    }

    #[test]
    fn the_prefix_is_before_every_form() {
        let inputs: Map =
            [("byteLength".into(), 4_u16.into()), ("prefix".into(), "x-".into())].into();
        let made = make(&inputs).unwrap();
        assert!(made.iter().all(|form| form.starts_with("x-")), "{made:?}");
        assert_eq!(made[3].len(), 2 + 8);
    }
}
