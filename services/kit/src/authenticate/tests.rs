use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PublicKey, Refused, StaticKeys, Verifier};

struct Issuer {
    private: EncodingKey,
    public: PublicKey,
}

impl Issuer {
    fn new() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let public = PublicKey::from_x(&BASE64.encode(pair.public_key().as_ref())).unwrap();
        let private = EncodingKey::from_ed_der(pair.to_pkcs8().unwrap().as_ref());
        Self { private, public }
    }

    fn verifier(&self) -> Verifier {
        Verifier::new(StaticKeys::from_iter([self.public.clone()]), "issuer", "goodgo")
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.public.kid().to_owned());
        header
    }

    fn sign(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.private).unwrap()
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    json!({
        "iss": "issuer", "sub": Uuid::nil(), "aud": "goodgo", "client_id": "app",
        "exp": now() + 600, "iat": now(), "jti": Uuid::nil(), "sid": Uuid::nil(),
    })
}

/// The claims with one of them changed, or removed when `value` is null.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
    claims
}

#[test]
fn a_good_token_is_accepted() {
    let issuer = Issuer::new();
    let token = issuer.sign(&issuer.header(), &claims());
    assert_eq!(issuer.verifier().verify(&token).unwrap().client_id, "app");
}

#[test]
fn wrong_claims_are_refused() {
    let issuer = Issuer::new();
    let verifier = issuer.verifier();
    for (name, value) in [
        ("iss", json!("another")),
        ("aud", json!("another")),
        ("aud", json!([])),
        ("exp", json!((now() + 600).to_string())),
        ("nbf", json!(now() + 600)),
        ("nbf", json!("soon")),
        ("sub", json!("not an account")),
        ("iss", Value::Null),
        ("sub", Value::Null),
        ("aud", Value::Null),
        ("exp", Value::Null),
        ("iat", Value::Null),
        ("jti", Value::Null),
        ("sid", Value::Null),
        ("client_id", Value::Null),
    ] {
        let token = issuer.sign(&issuer.header(), &with(name, value.clone()));
        assert!(verifier.verify(&token).is_err(), "{name} = {value} was accepted");
    }
    let expired = issuer.sign(&issuer.header(), &with("exp", json!(now() - 60)));
    assert_eq!(verifier.verify(&expired), Err(Refused::Expired));
}

#[test]
fn wrong_headers_are_refused() {
    let issuer = Issuer::new();
    let verifier = issuer.verifier();
    let changes: [fn(&mut Header); 5] = [
        |header| header.typ = Some("JWT".to_owned()),
        |header| header.typ = None,
        |header| header.kid = None,
        |header| header.kid = Some("../../etc/passwd".to_owned()),
        |header| header.crit = Some(vec!["exp".to_owned()]),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut header = issuer.header();
        change(&mut header);
        let token = issuer.sign(&header, &claims());
        assert!(verifier.verify(&token).is_err(), "change {number} was accepted");
    }
}

#[test]
fn the_token_does_not_choose_the_algorithm() {
    let issuer = Issuer::new();
    let kid = issuer.public.kid();
    let claims = BASE64.encode(claims().to_string());
    let none = BASE64.encode(json!({"alg": "none", "typ": "at+jwt", "kid": kid}).to_string());
    let good = issuer.sign(&issuer.header(), &self::claims());
    let signature = good.rsplit('.').next().unwrap();
    for token in [format!("{none}.{claims}."), format!("{none}.{claims}.{signature}")] {
        assert_eq!(issuer.verifier().verify(&token), Err(Refused::Header));
    }
    // The public key, which everybody knows, as the secret of an HMAC.
    let mut header = issuer.header();
    header.alg = Algorithm::HS256;
    let jwk = serde_json::to_vec(issuer.public.jwk()).unwrap();
    let forged = encode(&header, &self::claims(), &EncodingKey::from_secret(&jwk)).unwrap();
    assert_eq!(issuer.verifier().verify(&forged), Err(Refused::Header));
}

#[test]
fn a_key_in_the_token_is_not_used() {
    let (issuer, attacker) = (Issuer::new(), Issuer::new());
    let mut header = issuer.header();
    header.jwk = Some(attacker.public.jwk().clone());
    header.jku = Some("http://127.0.0.1:9/keys".to_owned());
    let forged = attacker.sign(&header, &claims());
    assert!(matches!(issuer.verifier().verify(&forged), Err(Refused::Invalid(_))));
}

#[test]
fn an_oversized_token_is_not_looked_at() {
    let issuer = Issuer::new();
    let token = issuer.sign(&issuer.header(), &with("more", json!("x".repeat(9000))));
    assert_eq!(issuer.verifier().verify(&token), Err(Refused::TooLarge));
}

/// The key and the thumbprint of RFC 8037, appendix A.3.
#[test]
fn a_key_is_named_by_its_thumbprint() {
    let key = PublicKey::from_x("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let set = jsonwebtoken::jwk::JwkSet { keys: vec![key.jwk().clone()] };
    assert!(StaticKeys::from_set(&set).is_ok());
}

proptest! {
    #[test]
    fn no_text_makes_the_verifier_panic_or_pass(text in "[A-Za-z0-9_.-]{0,200}") {
        let public = PublicKey::from_x("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let verifier = Verifier::new(StaticKeys::from_iter([public]), "issuer", "goodgo");
        prop_assert!(verifier.verify(&text).is_err());
    }
}
