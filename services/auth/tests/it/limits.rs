//! Rates, counted in Redis for all replicas.

use serde_json::json;

use crate::support::{Service, TestDatabase};

#[tokio::test]
async fn replicas_count_an_account_together() {
    let database = TestDatabase::new().await;
    let limit = [("AUTH_LIMIT_LOGIN_ACCOUNT", "3/1h")];
    let replicas =
        [Service::start(&database, &limit).await, Service::start(&database, &limit).await];
    let client = replicas[0].client();
    let elsewhere = client.at(replicas[1].address);
    let person = client.register().await;
    let wrong = json!({ "email": person.email, "password": "not the password" });
    let first = client.post("login", &wrong).await.expect(401);
    drop(first);
    elsewhere.post("login", &wrong).await.expect(401);
    let third = client.post("login", &person.body()).await.expect(200);
    assert_eq!(
        third.header("ratelimit-policy"),
        r#""login-address";q=1000;w=60, "login-account";q=3;w=3600"#
    );
    assert!(third.header("ratelimit").starts_with(r#""login-account";r=0;t=3"#), "{third:?}");

    let refused = elsewhere.post("login", &person.body()).await.expect(429);
    assert_eq!(refused.text("code"), "too_many_requests");
    let retry_after: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1100..=1200).contains(&retry_after), "{retry_after}");
    // Somebody else is not in the way.
    let other = client.register().await;
    client.post("login", &other.body()).await.expect(200);
}

#[tokio::test]
async fn an_address_is_limited_over_all_accounts() {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, &[("AUTH_LIMIT_REGISTER_ADDRESS", "2/1h")]).await;
    let client = service.client();
    client.register().await;
    client.register().await;
    let person = crate::support::Person::new();
    client.post("register", &person.body()).await.expect(429);
    service.client().post("register", &person.body()).await.expect(202);
}
