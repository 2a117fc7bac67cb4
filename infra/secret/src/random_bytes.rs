//! `RandomBytes`: a secret for programs, such as a key for encryption or for signing cookies.

use base64::prelude::{BASE64_STANDARD, Engine};
use goodgo_model::Map;
use goodgo_provider::Error;
use goodgo_provider::schema::{Property, Shape};

use crate::dice;
use crate::generator::{KEEPERS, Sort, whole};

pub(crate) const SORT: Sort = Sort {
    token: "random:index/randomBytes:RandomBytes",
    properties: &[KEEPERS, Property::required("length", Shape::Whole(1, 65_536))],
    conflicts: |_| Vec::new(),
    results: &[("base64", true), ("hex", true)],
    make,
};

fn make(inputs: &Map) -> Result<Vec<String>, Error> {
    let bytes = dice::bytes(whole(inputs, "length"))?;
    Ok(vec![BASE64_STANDARD.encode(&bytes), hex(&bytes)])
}

/// Lower-case hexadecimal digits, two a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_of_the_same_bytes() {
        let inputs: Map = [("length".into(), 33_u16.into())].into();
        let made = make(&inputs).unwrap();
        let bytes = BASE64_STANDARD.decode(&made[0]).unwrap();
        assert_eq!(bytes.len(), 33);
        assert_eq!(hex(&bytes), made[1]);
        assert_ne!(make(&inputs).unwrap(), made);
    }
}
