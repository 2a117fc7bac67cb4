//! The rotation of refresh tokens, one request after the other. Time is moved
//! by moving what the database remembers.

use crate::support::{Client, Service, TestDatabase};

async fn start(more: &[(&str, &str)]) -> (TestDatabase, Service, Client) {
    let database = TestDatabase::new().await;
    let service = Service::start(&database, more).await;
    let client = service.client();
    (database, service, client)
}

/// Uses `token` and answers its successor.
async fn next(client: &Client, token: &str) -> String {
    client.refresh(token).await.expect(200).text("refresh_token")
}

#[tokio::test]
async fn each_use_gives_a_new_token_and_a_good_access_token() {
    let (database, _service, client) = start(&[]).await;
    let mut token = client.log_in().await;
    for _ in 0..3 {
        let tokens = client.refresh(&token).await.expect(200);
        client.me(&tokens.text("access_token")).await.expect(200);
        assert_ne!(tokens.text("refresh_token"), token);
        token = tokens.text("refresh_token");
    }
    assert_eq!(database.count("SELECT count(*) FROM refresh_tokens").await, 4);
}

#[tokio::test]
async fn the_parent_gives_the_same_successor_within_the_grace() {
    let (database, _service, client) = start(&[]).await;
    let parent = client.log_in().await;
    let child = next(&client, &parent).await;
    assert_eq!(next(&client, &parent).await, child);
    assert_eq!(next(&client, &parent).await, child);
    assert_eq!(database.count("SELECT count(*) FROM refresh_tokens").await, 2);
    // And the successor goes on as if nothing had happened.
    next(&client, &child).await;
}

#[tokio::test]
async fn after_the_grace_the_parent_ends_the_family() {
    let (database, _service, client) = start(&[]).await;
    let parent = client.log_in().await;
    let child = next(&client, &parent).await;
    database
        .run("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '10 seconds'")
        .await;
    let refused = client.refresh(&parent).await.expect(401);
    assert_eq!(refused.text("code"), "invalid_refresh_token");
    client.refresh(&child).await.expect(401);
    let revoked = "SELECT count(*) FROM sessions WHERE revoked_because = 'reuse'";
    assert_eq!(database.count(revoked).await, 1);
    let metrics = client.get("/metrics").await;
    let metrics = String::from_utf8_lossy(&metrics.bytes).into_owned();
    assert!(metrics.contains(r#"auth_events_total{event="refresh_token_reused"} 1"#), "{metrics}");
}

#[tokio::test]
async fn without_a_grace_every_second_use_ends_the_family() {
    let (_database, _service, client) = start(&[("AUTH_ROTATION_GRACE", "0s")]).await;
    let parent = client.log_in().await;
    let child = next(&client, &parent).await;
    client.refresh(&parent).await.expect(401);
    client.refresh(&child).await.expect(401);
}

#[tokio::test]
async fn the_grandparent_ends_its_family_and_no_other() {
    let (_database, service, client) = start(&[]).await;
    let person = client.register().await;
    let log_in =
        async || client.post("login", &person.body()).await.expect(200).text("refresh_token");
    let (first, other) = (log_in().await, log_in().await);
    let child = next(&client, &first).await;
    let grandchild = next(&client, &child).await;
    client.refresh(&first).await.expect(401);
    client.refresh(&grandchild).await.expect(401);
    client.refresh(&child).await.expect(401);
    next(&service.client(), &other).await;
}

#[tokio::test]
async fn a_successor_that_was_used_is_not_kept_any_more() {
    let (database, _service, client) = start(&[]).await;
    let child = next(&client, &client.log_in().await).await;
    let kept = "SELECT count(*) FROM refresh_tokens WHERE sealed_successor IS NOT NULL";
    assert_eq!(database.count(kept).await, 1);
    next(&client, &child).await;
    assert_eq!(database.count(kept).await, 1);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_at_its_absolute_end() {
    let (database, _service, client) = start(&[]).await;
    for end in [
        "UPDATE sessions SET last_used_at = last_used_at - interval '14 days'",
        "UPDATE sessions SET expires_at = clock_timestamp()",
    ] {
        let token = client.log_in().await;
        database.run(end).await;
        client.refresh(&token).await.expect(401);
        // It has ended by itself: that is not a security event.
        let revoked = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL";
        assert_eq!(database.count(revoked).await, 0);
    }
}

#[tokio::test]
async fn logout_ends_the_family_of_any_of_its_tokens() {
    let (_database, _service, client) = start(&[]).await;
    let parent = client.log_in().await;
    let child = next(&client, &parent).await;
    client.logout(&parent).await.expect(204);
    client.refresh(&child).await.expect(401);
    client.refresh(&parent).await.expect(401);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let (_database, _service, client) = start(&[]).await;
    let unknown = goodgo_auth::token::RefreshToken::random().unwrap().text();
    for text in ["", "ggr_", "nonsense", &unknown, "' OR 1=1 --"] {
        client.refresh(text).await.expect(401);
        client.logout(text).await.expect(204);
    }
}

#[tokio::test]
async fn two_replicas_continue_each_others_sessions() {
    let (database, _first, client) = start(&[]).await;
    let second = Service::start(&database, &[]).await;
    let elsewhere = client.at(second.address);
    let parent = client.log_in().await;
    let child = next(&elsewhere, &parent).await;
    assert_eq!(next(&client, &parent).await, child);
    let tokens = client.refresh(&child).await.expect(200);
    elsewhere.me(&tokens.text("access_token")).await.expect(200);
}
