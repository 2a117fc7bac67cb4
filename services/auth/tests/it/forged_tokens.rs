//! Access tokens that must not pass, sent over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::support::{Service, TestDatabase, signing_key};

fn claims() -> Value {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    json!({
        "iss": "urn:goodgo:auth", "sub": Uuid::new_v4(), "aud": "goodgo",
        "client_id": "goodgo-app", "exp": now + 600, "iat": now,
        "jti": Uuid::new_v4(), "sid": Uuid::new_v4(),
    })
}

fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    (header.typ, header.kid) = (Some("at+jwt".to_owned()), Some(kid.to_owned()));
    header
}

/// Every forgery, by what is wrong with it.
fn forgeries(kid: &str, public: &Value) -> Vec<(&'static str, String)> {
    let ours = signing_key();
    let sign = |header: &Header, claims: &Value| encode(header, claims, &ours).unwrap();
    let claim = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        sign(&header(kid), &claims)
    };
    let none = json!({ "alg": "none", "typ": "at+jwt", "kid": kid }).to_string();
    let none = format!("{}.{}.", BASE64.encode(none), BASE64.encode(claims().to_string()));
    let mut hmac = header(kid);
    hmac.alg = Algorithm::HS256;
    let secret = EncodingKey::from_secret(&BASE64.decode(public["x"].as_str().unwrap()).unwrap());
    let mut id_token = header(kid);
    id_token.typ = Some("JWT".to_owned());
    vec![
        ("alg none", none),
        ("the public key as a secret", encode(&hmac, &claims(), &secret).unwrap()),
        ("another type", sign(&id_token, &claims())),
        ("an unknown key", sign(&header("unknown"), &claims())),
        ("another audience", claim("aud", json!("another"))),
        ("another issuer", claim("iss", json!("another"))),
        ("expired", claim("exp", json!(OffsetDateTime::now_utc().unix_timestamp() - 60))),
        ("an expiry in text", claim("exp", json!("9999999999"))),
        ("not yet valid", claim("nbf", json!(OffsetDateTime::now_utc().unix_timestamp() + 600))),
        ("nothing of a token", "a.b.c".to_owned()),
    ]
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[]).await;
    let client = service.client();
    let keys = client.get("/api/v1/auth/.well-known/jwks.json").await.expect(200);
    let public = keys.json()["keys"][0].clone();
    let kid = public["kid"].as_str().unwrap();

    // The control: with nothing wrong it is only the account that is missing.
    let good = encode(&header(kid), &claims(), &signing_key()).unwrap();
    assert_eq!(client.me(&good).await.expect(401).text("code"), "account_gone");
    for (what, token) in forgeries(kid, &public) {
        let answer = client.me(&token).await.expect(401);
        let expected = if what == "expired" { "token_expired" } else { "invalid_token" };
        assert_eq!(answer.text("code"), expected, "{what}");
        assert_eq!(answer.header("www-authenticate"), r#"Bearer error="invalid_token""#, "{what}");
    }
    let none = client.get("/api/v1/auth/me").await.expect(401);
    assert_eq!(
        (none.text("code").as_str(), none.header("www-authenticate")),
        ("no_token", "Bearer")
    );
}
