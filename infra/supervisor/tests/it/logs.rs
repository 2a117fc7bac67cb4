//! What processes write is there, whole and in order.

use std::time::Duration;

use goodgo_supervisor::{Client, LogLimits, LogQuery, Stream};

use crate::harness::{Environment, eventually, shell};

#[tokio::test]
async fn rotation_loses_no_line_and_a_follower_sees_each_once() {
    let environment = Environment::new();
    let client = environment.client().await;
    let mut spec =
        shell("a", "i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo $i; done; exec sleep 1000");
    spec.logs = LogLimits { bytes: 20_000, files: 50 };
    let query = LogQuery { of: vec!["a".into()], follow: true, ..LogQuery::default() };
    let mut follower = client.logs(query).await.unwrap();
    client.start("a", &spec).await.unwrap();
    for number in 1..=5000 {
        assert_eq!(follower.next().await.unwrap().unwrap().text, number.to_string());
    }
    let expected: Vec<String> = (1..=5000).map(|number| number.to_string()).collect();
    assert_eq!(environment.lines("a").await, expected);
    assert!(environment.path().join("logs/a.log.5").exists());
    environment.end().await;
}

#[tokio::test]
async fn output_without_a_newline_blocks_nobody_and_is_complete() {
    let environment = Environment::new();
    let client = environment.client().await;
    let script = "head -c 1000000 /dev/zero | tr '\\0' x; touch written; exec sleep 1000";
    client.start("a", &shell("a", script)).await.unwrap();
    let written = environment.path().join("written");
    eventually("all is written", || written.exists().then_some(())).await;
    client.stop("a", None).await.unwrap();
    let lines = environment.lines("a").await;
    assert_eq!(lines.iter().map(String::len).sum::<usize>(), 1_000_000);
    environment.end().await;
}

#[tokio::test]
async fn lines_are_found_by_name_key_count_and_time() {
    let environment = Environment::new();
    let client = environment.client().await;
    for (key, script) in [("web-1", "echo one; echo two"), ("web-2", "echo three >&2")] {
        let result = client.job(key, &shell("web", script), Duration::from_secs(20)).await;
        assert!(result.unwrap().succeeded());
    }
    let texts = |query| lines(&client, query);
    let of = |of: &str| LogQuery { of: vec![of.into()], ..LogQuery::default() };
    assert_eq!(texts(of("web")).await, ["one", "two", "three"]);
    assert_eq!(texts(of("web-1")).await, ["one", "two"]);
    assert_eq!(texts(LogQuery { lines: Some(2), ..of("web") }).await, ["two", "three"]);
    assert_eq!(texts(LogQuery { lines: Some(1), ..of("web-1") }).await, ["two"]);
    assert!(texts(LogQuery { since_ms: Some(u64::MAX / 2_000_000), ..of("web") }).await.is_empty());

    client.stop("web-1", None).await.unwrap();
    assert_eq!(texts(of("web-1")).await, ["one", "two"]);

    let mut stream = client.logs(of("web-2")).await.unwrap();
    let line = stream.next().await.unwrap().unwrap();
    assert_eq!((line.name.as_str(), line.key.as_str()), ("web", "web-2"));
    assert_eq!(line.stream, Stream::Err);
    environment.end().await;
}

async fn lines(client: &Client, query: LogQuery) -> Vec<String> {
    let mut stream = client.logs(query).await.unwrap();
    let mut lines = Vec::new();
    while let Some(line) = stream.next().await.unwrap() {
        lines.push(line.text);
    }
    lines
}
