//! Accounts: register, login, me, logout.

use axum::http::Method;
use serde_json::json;

use crate::support::{Person, Service, TestDatabase};

#[tokio::test]
async fn somebody_signs_up_logs_in_looks_and_logs_out() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[]).await;
    let client = service.client();
    let person = client.register().await;
    let tokens = client.post("login", &person.body()).await.expect(200);
    assert_eq!(tokens.json()["token_type"], "Bearer");
    assert_eq!(tokens.json()["expires_in"], 600);
    assert_eq!(tokens.header("cache-control"), "no-store");

    let me = client.me(&tokens.text("access_token")).await.expect(200);
    assert_eq!(me.text("email"), person.email);
    assert!(me.text("created_at").ends_with('Z'));

    client.logout(&tokens.text("refresh_token")).await.expect(204);
    client.logout(&tokens.text("refresh_token")).await.expect(204);
    client.refresh(&tokens.text("refresh_token")).await.expect(401);
    service.stop().await;
}

#[tokio::test]
async fn an_address_is_one_account_in_any_spelling() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[]).await;
    let client = service.client();
    let person = client.register().await;
    let capitals = Person { email: person.email.to_uppercase(), ..person.clone() };
    client.post("login", &capitals.body()).await.expect(200);

    let first = client.post("register", &Person::new().body()).await.expect(202);
    let other_password = json!({ "email": capitals.email, "password": "another long phrase" });
    let again = client.post("register", &other_password).await.expect(202);
    assert_eq!(first.bytes, again.bytes);
    client.post("login", &other_password).await.expect(401);
    client.post("login", &person.body()).await.expect(200);
    assert_eq!(database.count("SELECT count(*) FROM accounts").await, 2);
}

#[tokio::test]
async fn a_failed_login_does_not_say_why() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[]).await;
    let client = service.client();
    let person = client.register().await;
    let wrong = json!({ "email": person.email, "password": "not the password" });
    let unknown = json!({ "email": "nobody@example.org", "password": "not the password" });
    let no_address = json!({ "email": "nobody", "password": "not the password" });
    let mut answers = Vec::new();
    for body in [wrong, unknown, no_address] {
        answers.push(client.post("login", &body).await.expect(401).snapshot());
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    insta::assert_snapshot!(answers[0], @r#"
    401 application/problem+json
    {
      "code": "wrong_credentials",
      "status": 401,
      "title": "The e-mail address or the password is wrong",
      "trace_id": "[trace]",
      "type": "urn:goodgo:problem:wrong_credentials"
    }
    "#);
}

#[tokio::test]
async fn every_wrong_field_is_listed() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[]).await;
    let body = json!({ "email": "nobody", "password": "short" });
    let answer = service.client().post("register", &body).await.expect(422);
    insta::assert_snapshot!(answer.snapshot(), @r#"
    422 application/problem+json
    {
      "code": "invalid_fields",
      "errors": [
        {
          "field": "email",
          "message": "must be of the form name@domain"
        },
        {
          "field": "password",
          "message": "must have at least 15 characters"
        }
      ],
      "status": 422,
      "title": "Some fields are not valid",
      "trace_id": "[trace]",
      "type": "urn:goodgo:problem:invalid_fields"
    }
    "#);
}

#[tokio::test]
async fn a_body_that_is_not_understood_is_a_client_error() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[]).await;
    let client = service.client();
    let path = "/api/v1/auth/login";
    for (content_type, body, status) in [
        ("text/plain", "{}".to_owned(), 415),
        ("application/json", "{".to_owned(), 400),
        ("application/json", "[".repeat(10_000), 422),
        ("application/json", r#"{"email":"#.repeat(2_000), 422),
        ("application/json", r#"{"email":"a@b","password":"x","admin":true}"#.to_owned(), 422),
        ("application/json", r#"{"email":"a@b"}"#.to_owned(), 422),
        ("application/json", format!(r#"{{"email":"{}"}}"#, "a".repeat(70_000)), 413),
        ("application/json", "{\"email\":\"a\\u0000@b\",\"password\":\"x\"}".to_owned(), 401),
    ] {
        let answer = client.send(Method::POST, path, &[("content-type", content_type)], body).await;
        let answer = answer.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn a_login_brings_an_old_hash_up_to_date() {
    let database = TestDatabase::new().await;
    let before = Service::start(&database, &[]).await;
    let person = before.client().register().await;
    let after = Service::start(&database, &[("AUTH_HASH_MEMORY", "2048")]).await;
    let new = "SELECT count(*) FROM accounts WHERE password_hash LIKE '$argon2id$v=19$m=2048,%'";
    assert_eq!(database.count(new).await, 0);
    after.client().post("login", &person.body()).await.expect(200);
    assert_eq!(database.count(new).await, 1);
    // The replica with the old settings, during a rollout, can still read it.
    before.client().post("login", &person.body()).await.expect(200);
}

#[tokio::test]
async fn a_token_outlives_its_account_for_nothing() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[]).await;
    let client = service.client();
    let person = client.register().await;
    let tokens = client.post("login", &person.body()).await.expect(200);
    assert_eq!(database.run("DELETE FROM accounts").await, 1);
    assert_eq!(
        client.me(&tokens.text("access_token")).await.expect(401).text("code"),
        "account_gone"
    );
    client.refresh(&tokens.text("refresh_token")).await.expect(401);
}
