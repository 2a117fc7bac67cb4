//! What happens when a backend is away, and when it comes back.

use std::time::{Duration, Instant};

use crate::support::{Backend, Client, Proxy, Service, TestDatabase};

/// Over the second that is promised, because the machine may be busy: what is
/// told apart here is an answer from waiting for a timeout of the system.
const SOON: Duration = Duration::from_secs(5);

async fn metrics(client: &Client) -> String {
    String::from_utf8_lossy(&client.get("/metrics").await.bytes).into_owned()
}

#[tokio::test]
async fn without_its_database_it_says_so_and_comes_back() {
    let database = TestDatabase::new().await;
    let mut wire = Proxy::to(&database.server.address).await;
    let user = &database.server.user;
    let url = format!("postgres://{user}@{}/{}", wire.address, database.name);
    let service = Service::start(&database, &[("DATABASE_URL", &url)]).await;
    let client = service.client();
    let person = client.register().await;
    let tokens = client.post("login", &person.body()).await.expect(200);

    wire.cut().await;
    let started = Instant::now();
    let answer = client.post("login", &person.body()).await.expect(503);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert_eq!(answer.header("retry-after"), "1");
    insta::assert_snapshot!(answer.snapshot(), @r#"
    503 application/problem+json
    {
      "code": "database_unavailable",
      "status": 503,
      "title": "The database does not answer at the moment",
      "trace_id": "[trace]",
      "type": "urn:goodgo:problem:database_unavailable"
    }
    "#);
    client.refresh(&tokens.text("refresh_token")).await.expect(503);
    client.me(&tokens.text("access_token")).await.expect(503);
    client.me("a.b.c").await.expect(401);
    client.get("/health/live").await.expect(200);
    let ready = client.get("/health/ready").await.expect(503);
    insta::assert_snapshot!(ready.snapshot(), @r#"
    503 application/json
    {
      "checks": [
        {
          "name": "database",
          "reason": "cannot be reached",
          "status": "down"
        },
        {
          "name": "redis",
          "status": "up"
        }
      ],
      "service": "auth",
      "status": "not ready",
      "version": "test"
    }
    "#);

    wire.mend();
    client.get("/health/ready").await.expect(200);
    client.refresh(&tokens.text("refresh_token")).await.expect(200);
}

#[tokio::test]
async fn without_redis_it_counts_alone_and_comes_back() {
    let database = TestDatabase::new().await;
    let redis = Backend::redis();
    let mut wire = Proxy::to(&redis.address).await;
    let url = format!("redis://{}/{}", wire.address, redis.rest);
    let more = [("REDIS_URL", url.as_str()), ("AUTH_LIMIT_LOGIN_ACCOUNT", "2/1h")];
    let service = Service::start(&database, &more).await;
    let client = service.client();
    let person = client.register().await;
    assert!(metrics(&client).await.contains("auth_limit_alone 0"));

    wire.cut().await;
    client.post("login", &person.body()).await.expect(200);
    client.post("login", &person.body()).await.expect(200);
    client.post("login", &person.body()).await.expect(429);
    let text = metrics(&client).await;
    assert!(text.contains("auth_limit_alone 1"), "{text}");
    let counted =
        r#"auth_limit_decisions_total{action="login",backend="process",outcome="refused"} 1"#;
    assert!(text.contains(counted), "{text}");
    let ready = client.get("/health/ready").await.expect(503).json();
    assert_eq!(ready["checks"][0]["status"], "up");
    assert_eq!(
        (&ready["checks"][1]["name"], &ready["checks"][1]["status"]),
        (&"redis".into(), &"down".into())
    );

    wire.mend();
    // The first attempts may find the broken connection; each makes a new one.
    while client.get("/health/ready").await.status != 200 {}
    client.post("login", &person.body()).await.expect(200);
    assert!(metrics(&client).await.contains("auth_limit_alone 0"));
}

#[tokio::test]
async fn it_starts_without_its_backends() {
    let database = TestDatabase::new().await;
    let gone = Proxy::to("127.0.0.1:1").await.address;
    let (postgres, redis) = (format!("postgres://auth@{gone}/auth"), format!("redis://{gone}/0"));
    let more = [("DATABASE_URL", postgres.as_str()), ("REDIS_URL", redis.as_str())];
    let service = Service::start(&database, &more).await;
    let client = service.client();
    client.get("/health/live").await.expect(200);
    client.get("/health/ready").await.expect(503);
    client.get("/api/v1/auth/.well-known/jwks.json").await.expect(200);
}

#[tokio::test]
async fn a_full_hashing_pool_is_a_503_with_retry_after() {
    let database = TestDatabase::new().await;
    // One permit, no waiting, and hashes that take a while.
    let slow = [
        ("AUTH_HASH_PERMITS", "1"),
        ("AUTH_HASH_WAIT", "0s"),
        ("AUTH_HASH_MEMORY", "65536"),
        ("AUTH_HASH_PASSES", "4"),
    ];
    let service = Service::start(&database, &slow).await;
    let client = service.client();
    let attempt = |_| {
        let client = client.clone();
        tokio::spawn(
            async move { client.post("login", &crate::support::Person::new().body()).await },
        )
    };
    let attempts: Vec<_> = (0..8).map(attempt).collect();
    let mut refused = 0;
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        if answer.status == 503 {
            assert_eq!((answer.text("code").as_str(), answer.header("retry-after")), ("busy", "2"));
            refused += 1;
        } else {
            answer.expect(401);
        }
    }
    assert!((1..8).contains(&refused), "{refused} of 8 were refused");
}
