use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Server, ServerSettings};
use crate::config::{Environment, read};
use crate::health::Health;
use crate::telemetry::metrics::registry;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn start(routes: Router, settings: &[(&str, &str)]) -> Running {
    let mut variables = vec![("LISTEN_ADDRESS", "127.0.0.1:0"), ("BODY_LIMIT", "100")];
    variables.extend_from_slice(settings);
    let settings: ServerSettings = read(&Environment::from_iter(variables)).unwrap();
    let health = Health::new("test", "1");
    let server = Server::bind(&settings, routes, health, registry()).await.unwrap();
    let address = server.address();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(server.run_until(async { stopped.await.unwrap_or(()) }));
    Running { address, stop, ended }
}

/// Sends one request on `stream` and reads what comes until the peer closes.
async fn finish(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn ask(address: SocketAddr, line: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    finish(stream).await
}

#[tokio::test]
async fn a_request_in_flight_is_finished_and_new_connections_are_refused() {
    let (arrived, mut arrivals) = mpsc::channel(1);
    let (release, released) = tokio::sync::watch::channel(false);
    let handler = get(move || {
        let (arrived, mut released) = (arrived.clone(), released.clone());
        async move {
            arrived.send(()).await.unwrap();
            released.wait_for(|released| *released).await.unwrap();
            "done"
        }
    });
    let running = start(Router::new().route("/slow", handler), &[]).await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    arrivals.recv().await.unwrap();

    let idle = TcpStream::connect(running.address).await.unwrap();
    running.stop.send(()).unwrap();
    assert_eq!(finish(idle).await, "", "an idle connection is closed");
    assert!(TcpStream::connect(running.address).await.is_err(), "the listener is closed");
    assert!(!running.ended.is_finished());

    release.send(true).unwrap();
    let answer = finish(slow).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.ends_with("done"), "{answer}");
    running.ended.await.unwrap();
}

#[tokio::test]
async fn draining_ends_at_its_limit() {
    let routes = Router::new().route("/never", get(std::future::pending::<()>));
    let running = start(routes, &[("DRAIN_TIMEOUT", "1ms")]).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET /never HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    running.stop.send(()).unwrap();
    running.ended.await.unwrap();
}

#[tokio::test]
async fn what_goes_wrong_becomes_a_problem() {
    async fn panics() {
        panic!("the secret reason");
    }
    let routes = Router::new()
        .route("/panics", get(panics))
        .route("/never", get(std::future::pending::<()>));
    let running = start(routes, &[("REQUEST_TIMEOUT", "100ms")]).await;
    for (line, status, code) in [
        ("GET /panics", "500", "internal"),
        ("GET /never", "503", "timeout"),
        ("GET /nowhere", "404", "not_found"),
        ("POST /panics", "405", "method_not_allowed"),
    ] {
        let answer = ask(running.address, line).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(answer.contains("content-type: application/problem+json"), "{answer}");
        assert!(answer.contains(&format!(r#""code":"{code}""#)), "{answer}");
        assert!(answer.contains(r#""trace_id":""#), "{answer}");
        assert!(!answer.contains("secret reason"), "{answer}");
    }
}

#[tokio::test]
async fn requests_are_measured_by_route_and_not_by_path() {
    let routes = Router::new().route("/things/{id}", get(async || "thing"));
    let running = start(routes, &[]).await;
    for path in ["/things/1", "/things/2", "/health/live", "/other"] {
        ask(running.address, &format!("GET {path}")).await;
    }
    let metrics = ask(running.address, "GET /metrics").await;
    for line in [
        r#"http_requests_total{method="GET",route="/things/{id}",status="200"} 2"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"http_request_duration_seconds_count{method="GET",route="/things/{id}",status="200"} 2"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
}

#[tokio::test]
async fn a_head_with_too_many_fields_is_refused() {
    let running = start(Router::new().route("/", get(async || "home")), &[]).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(200));
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = finish(stream).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}
