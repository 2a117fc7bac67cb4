//! Rates, counted in Redis for all replicas.

use goodgo_auth::limit::{Quota, verdict};
use goodgo_service_kit::cache::{Cache, Script};
use goodgo_service_kit::config::{Environment, read};
use serde_json::json;
use uuid::Uuid;

use crate::support::{Backend, Person, Service, TestDatabase};

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
    let person = Person::new();
    client.post("register", &person.body()).await.expect(429);
    service.client().post("register", &person.body()).await.expect(202);
}

/// The script and the Rust function are two texts of one algorithm: run side by
/// side, on the clock that Redis answers, they say the same.
#[tokio::test]
async fn the_script_does_what_the_function_says() {
    let redis = Backend::redis();
    let url = format!("redis://{}/{}", redis.address, redis.rest);
    let variables = [("REDIS_URL", url.as_str()), ("REDIS_PASSWORD", &redis.password)];
    let cache = Cache::new(&read(&Environment::from_iter(variables)).unwrap()).unwrap();
    let script = Script::new(include_str!("../../src/limit/shared.lua"));
    let tight = Quota { interval: 60_000_000, window: 300_000_000 };
    let wide = Quota { interval: 1_000, window: 900_000_000 };
    let keys = [(); 2].map(|()| format!("auth:test:{}", Uuid::new_v4()));
    let mut tats = [0, 0];
    for round in 0..8 {
        let mut call = script.prepare_invoke();
        for (key, quota) in keys.iter().zip([tight, wide]) {
            call.key(key).arg(quota.interval).arg(quota.window);
        }
        let answer: Vec<u64> = cache.run(&call).await.unwrap();
        let expected = [verdict(tight, tats[0], answer[0]), verdict(wide, tats[1], answer[0])];
        let said = [answer[1], answer[2], answer[3], answer[4]];
        let [first, second] = expected;
        assert_eq!(said, [first.next, first.retry_after, second.next, second.retry_after]);
        let refused = first.retry_after + second.retry_after > 0;
        assert_eq!(refused, round >= 5, "round {round}");
        if !refused {
            tats = expected.map(|verdict| verdict.next);
        }
    }
}
