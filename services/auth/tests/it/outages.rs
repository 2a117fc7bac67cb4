//! What happens when a backend is away, and when it comes back.

use uuid::Uuid;

use crate::support::{Backend, Client, Proxy, Service, TestDatabase, until};

async fn metrics(client: &Client) -> String {
    String::from_utf8_lossy(&client.get("/metrics").await.bytes).into_owned()
}

#[tokio::test]
async fn without_its_database_it_says_so_and_comes_back() {
    let database = TestDatabase::new().await;
    let wire = Proxy::to(&database.server.address).await;
    let user = &database.server.user;
    let url = format!("postgres://{user}@{}/{}", wire.address, database.name);
    let service = Service::start(&database, &[("DATABASE_URL", &url)]).await;
    let client = service.client();
    let person = client.register().await;
    let tokens = client.post("login", &person.body()).await.expect(200);

    wire.cut();
    // Not the code "timeout": it did not wait for the request's time limit.
    let answer = client.post("login", &person.body()).await.expect(503);
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
    until("ready", async || client.get("/health/ready").await.status == 200).await;
    client.refresh(&tokens.text("refresh_token")).await.expect(200);
}

#[tokio::test]
async fn without_redis_it_counts_alone_and_comes_back() {
    let database = TestDatabase::new().await;
    let redis = Backend::redis();
    let wire = Proxy::to(&redis.address).await;
    let url = format!("redis://{}/{}", wire.address, redis.rest);
    let more = [("REDIS_URL", url.as_str()), ("AUTH_LIMIT_LOGIN_ACCOUNT", "2/1h")];
    let service = Service::start(&database, &more).await;
    let client = service.client();
    let person = client.register().await;
    assert!(metrics(&client).await.contains("auth_limit_alone 0"));

    wire.cut();
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
    until("ready", async || client.get("/health/ready").await.status == 200).await;
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
async fn it_comes_back_after_redis_refused_it_at_the_door() {
    let database = TestDatabase::new().await;
    let redis = Backend::redis();
    let user = format!("auth-{}", Uuid::new_v4().simple());
    let url = format!("redis://{user}@{}/{}", redis.address, redis.rest);
    let service =
        Service::start(&database, &[("REDIS_URL", &url), ("REDIS_PASSWORD", "later")]).await;
    let client = service.client();
    let ready = client.get("/health/ready").await.expect(503).json();
    assert_eq!(ready["checks"][1]["reason"], "refuses to work");

    let mut admin = administrator(&redis).await;
    let mut create = redis::cmd("ACL");
    create.arg("SETUSER").arg(&user).arg("on").arg(">later").arg("~*").arg("+@all");
    create.exec_async(&mut admin).await.unwrap();
    until("ready", async || client.get("/health/ready").await.status == 200).await;
    redis::cmd("ACL").arg("DELUSER").arg(&user).exec_async(&mut admin).await.unwrap();
}

/// A connection to Redis behind the service's back.
async fn administrator(redis: &Backend) -> redis::aio::MultiplexedConnection {
    let Backend { user, password, address, rest } = redis;
    let client = redis::Client::open(format!("redis://{user}:{password}@{address}/{rest}"));
    client.unwrap().get_multiplexed_async_connection().await.unwrap()
}
