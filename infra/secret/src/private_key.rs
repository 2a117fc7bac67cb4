//! `PrivateKey`: a pair of keys, for signing tokens.

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
};
use goodgo_model::{Map, Value};
use goodgo_provider::schema::{Property, Shape, mistake};
use goodgo_provider::{CheckFailure, Error};

use crate::dice::no_randomness;
use crate::generator::{Sort, text, whole};
use crate::pem;

pub(crate) const SORT: Sort = Sort {
    token: "tls:index/privateKey:PrivateKey",
    properties: &[
        Property::required("algorithm", Shape::OneOf(&["ED25519", "ECDSA", "RSA"])),
        Property::optional("ecdsaCurve", Shape::OneOf(&["P256", "P384", "P521"])),
        Property::optional("rsaBits", Shape::Whole(2_048, 8_192)),
    ],
    conflicts,
    results: &[("privateKeyPem", true), ("privateKeyPemPkcs8", true), ("publicKeyPem", false)],
    make,
};

fn conflicts(inputs: &Map) -> Vec<CheckFailure> {
    let mut found = Vec::new();
    // Pulumi's default is P224, which is too weak to be offered; another one would not be the same.
    if text(inputs, "algorithm") == "ECDSA" && !inputs.contains_key("ecdsaCurve") {
        found.push(mistake("ecdsaCurve", "is missing; say P256 or P384 or P521"));
    }
    let bits = inputs.get("rsaBits").and_then(Value::as_u64);
    if bits.is_some_and(|bits| ![2_048, 3_072, 4_096, 8_192].contains(&bits)) {
        found.push(mistake("rsaBits", "has to be 2048, 3072, 4096 or 8192"));
    }
    found
}

fn make(inputs: &Map) -> Result<Vec<String>, Error> {
    let made = match text(inputs, "algorithm") {
        "ED25519" => ed25519(),
        "ECDSA" => ecdsa(curve(text(inputs, "ecdsaCurve"))),
        _ => rsa(key_size(whole(inputs, "rsaBits"))),
    };
    made.map(Vec::from).map_err(|_| no_randomness())
}

/// A private key by itself, the same as PKCS #8, and the public key.
type Texts = [String; 3];

fn ed25519() -> Result<Texts, Unspecified> {
    let pair = Ed25519KeyPair::generate()?;
    // RFC 8410 has one form for the private key alone.
    let private = pem::encode("PRIVATE KEY", pair.to_pkcs8v1()?.as_ref());
    Ok([private.clone(), private, public(pair.public_key())?])
}

fn ecdsa(curve: &'static EcdsaSigningAlgorithm) -> Result<Texts, Unspecified> {
    let pair = EcdsaKeyPair::generate(curve)?;
    let own: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der()?;
    let pkcs8 = pair.to_pkcs8v1()?;
    Ok([
        pem::encode("EC PRIVATE KEY", own.as_ref()),
        pem::encode("PRIVATE KEY", pkcs8.as_ref()),
        public(pair.public_key())?,
    ])
}

fn rsa(size: KeySize) -> Result<Texts, Unspecified> {
    let pair = rsa::KeyPair::generate(size)?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der()?;
    let own = pem::inner_key(pkcs8.as_ref()).ok_or(Unspecified)?;
    Ok([
        pem::encode("RSA PRIVATE KEY", own),
        pem::encode("PRIVATE KEY", pkcs8.as_ref()),
        public(pair.public_key())?,
    ])
}

fn public(key: &impl AsDer<PublicKeyX509Der<'static>>) -> Result<String, Unspecified> {
    Ok(pem::encode("PUBLIC KEY", key.as_der()?.as_ref()))
}

fn curve(name: &str) -> &'static EcdsaSigningAlgorithm {
    match name {
        "P384" => &ECDSA_P384_SHA384_ASN1_SIGNING,
        "P521" => &ECDSA_P521_SHA512_ASN1_SIGNING,
        _ => &ECDSA_P256_SHA256_ASN1_SIGNING,
    }
}

/// Pulumi's default, 2048, when none is given.
fn key_size(bits: usize) -> KeySize {
    match bits {
        3_072 => KeySize::Rsa3072,
        4_096 => KeySize::Rsa4096,
        8_192 => KeySize::Rsa8192,
        _ => KeySize::Rsa2048,
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey};
    use base64::prelude::{BASE64_STANDARD, Engine};

    use super::*;

    const MESSAGE: &[u8] = b"who signed this?";

    fn made(pairs: &[(&str, Value)]) -> Texts {
        let inputs = pairs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        make(&inputs).unwrap().try_into().unwrap()
    }

    fn decode(text: &str, label: &str) -> Vec<u8> {
        let body = text
            .strip_prefix(&format!("-----BEGIN {label}-----\n"))
            .and_then(|rest| rest.strip_suffix(&format!("-----END {label}-----\n")))
            .unwrap_or_else(|| panic!("{text} is not a {label}"));
        BASE64_STANDARD.decode(body.replace('\n', "")).unwrap()
    }

    /// The bit string at the end of a `SubjectPublicKeyInfo`, which verifiers want for Ed25519.
    fn last(bytes: &[u8], count: usize) -> &[u8] {
        &bytes[bytes.len() - count..]
    }

    #[test]
    fn ed25519_keys_sign_and_verify() {
        let [own, pkcs8, public] = made(&[("algorithm", "ED25519".into())]);
        assert_eq!(own, pkcs8);
        let pair = Ed25519KeyPair::from_pkcs8(&decode(&pkcs8, "PRIVATE KEY")).unwrap();
        let key = decode(&public, "PUBLIC KEY");
        let verifier = UnparsedPublicKey::new(&ED25519, last(&key, 32));
        verifier.verify(MESSAGE, pair.sign(MESSAGE).as_ref()).unwrap();
    }

    #[test]
    fn ecdsa_keys_sign_and_verify_in_both_forms() {
        let [own, pkcs8, public] =
            made(&[("algorithm", "ECDSA".into()), ("ecdsaCurve", "P256".into())]);
        let key = decode(&public, "PUBLIC KEY");
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, last(&key, 65));
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        for pair in [
            EcdsaKeyPair::from_pkcs8(algorithm, &decode(&pkcs8, "PRIVATE KEY")).unwrap(),
            EcdsaKeyPair::from_private_key_der(algorithm, &decode(&own, "EC PRIVATE KEY")).unwrap(),
        ] {
            let signed = pair.sign(&SystemRandom::new(), MESSAGE).unwrap();
            verifier.verify(MESSAGE, signed.as_ref()).unwrap();
        }
    }

    #[test]
    fn rsa_keys_sign_and_verify_in_both_forms() {
        let [own, pkcs8, public] = made(&[("algorithm", "RSA".into())]);
        let key = decode(&public, "PUBLIC KEY");
        for pair in [
            rsa::KeyPair::from_pkcs8(&decode(&pkcs8, "PRIVATE KEY")).unwrap(),
            rsa::KeyPair::from_der(&decode(&own, "RSA PRIVATE KEY")).unwrap(),
        ] {
            assert_eq!(pair.public_modulus_len(), 256);
            let mut signed = vec![0; pair.public_modulus_len()];
            pair.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), MESSAGE, &mut signed)
                .unwrap();
            // PKCS #1's public key is what the bit string of `SubjectPublicKeyInfo` holds.
            let own_public: &[u8] = pair.public_key().as_ref();
            assert_eq!(last(&key, own_public.len()), own_public);
            let verifier =
                UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, own_public);
            verifier.verify(MESSAGE, &signed).unwrap();
        }
    }

    #[test]
    fn a_curve_has_to_be_said_and_a_size_to_be_a_usual_one() {
        let ecdsa: Map = [("algorithm".into(), "ECDSA".into())].into();
        assert_eq!(conflicts(&ecdsa)[0].path.to_string(), "ecdsaCurve");
        let rsa: Map =
            [("algorithm".into(), "RSA".into()), ("rsaBits".into(), 2_049_u32.into())].into();
        assert_eq!(conflicts(&rsa)[0].path.to_string(), "rsaBits");
    }
}
