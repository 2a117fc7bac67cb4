//! Start, ready, restart, stop.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use goodgo_supervisor::{
    Cause, Check, Client, Error, ExitStatus, Failure, Prepare, Probe, Restart, State,
};
use rustix::process::Signal;

use crate::harness::{Environment, alive, eventually, kill, ready, shell, status, status_when};

#[tokio::test]
async fn a_process_starts_becomes_ready_and_stops() {
    let environment = Environment::new();
    assert!(matches!(Client::connect(environment.path()).await, Err(Error::NotRunning { .. })));
    let client = environment.client().await;
    let mut spec = shell("web-0", "echo hello; touch is-ready; exec sleep 1000");
    spec.ports.insert("http".into(), 4711);
    spec.labels.insert("component".into(), "web".into());
    let args = vec!["-c".into(), "test -f is-ready".into()];
    spec.readiness = Some(Probe::new(Check::Command { command: "/bin/sh".into(), args }));

    client.start("web-0-a", &spec).await.unwrap();
    let status = client.wait("web-0-a", 0).await.unwrap();
    let pid = status.pid.unwrap();
    assert!(alive(pid));
    assert_eq!((status.state, status.restarts), (State::Ready, 0));
    assert_eq!((status.ports["http"], status.labels["component"].as_str()), (4711, "web"));
    assert_eq!(status.digest, spec.digest());
    assert_eq!(environment.lines("web-0-a").await, ["hello"]);

    client.stop("web-0-a", None).await.unwrap();
    assert!(!alive(pid));
    client.stop("web-0-a", None).await.unwrap();
    assert_eq!(client.list().await.unwrap(), []);
    environment.end().await;
}

#[tokio::test]
async fn starting_twice_is_starting_once_and_another_specification_is_a_conflict() {
    let environment = Environment::new();
    let client = environment.client().await;
    let spec = shell("a", "exec sleep 1000");
    client.start("a", &spec).await.unwrap();
    let first = client.wait("a", 0).await.unwrap();
    assert_eq!(client.start("a", &spec).await.unwrap().pid, first.pid);

    let other = shell("a", "exec sleep 2000");
    let refused = client.start("a", &other).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Failure::Conflict { key, .. }) if key == "a"));
    assert_eq!(status(&client, "a").await.unwrap().pid, first.pid);

    client.stop("a", None).await.unwrap();
    client.start("a", &other).await.unwrap();
    assert_ne!(client.wait("a", 0).await.unwrap().pid, first.pid);
    environment.end().await;
}

#[tokio::test]
async fn impossible_keys_and_programs_are_refused() {
    let environment = Environment::new();
    let client = environment.client().await;
    for key in ["", "../a", "a b", ".a", "a/b"] {
        let refused = client.start(key, &shell("a", "true")).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Failure::Invalid { .. })), "{key}");
    }
    let mut spec = shell("a", "true");
    spec.command = "sh".into();
    let refused = client.start("a", &spec).await.unwrap_err();
    assert_eq!(refused.to_string(), "the supervisor refused the call: sh is not an absolute path");
    environment.end().await;
}

#[tokio::test]
async fn a_crashed_process_is_started_again() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "exec sleep 1000")).await.unwrap();
    let first = client.wait("a", 0).await.unwrap();
    kill(first.pid.unwrap(), Signal::KILL);
    let second =
        status_when(&client, "a", |status| status.state == State::Ready && status.pid != first.pid)
            .await;
    assert_eq!(second.restarts, 1);
    let exit = second.last_exit.unwrap();
    assert_eq!((exit.status, exit.cause), (ExitStatus::Signal(9), Cause::Itself));
    environment.end().await;
}

#[tokio::test]
async fn a_process_that_ends_at_once_fails_with_its_last_lines() {
    let environment = Environment::new();
    let client = environment.client().await;
    let mut spec = shell("a", "echo one; echo 'no database' >&2; exit 3");
    spec.readiness = Some(Probe::tcp("127.0.0.1:1"));
    client.start("a-1", &spec).await.unwrap();
    let Error::Refused(Failure::NotReady { exit, mut last_lines, .. }) =
        client.wait("a-1", 0).await.unwrap_err()
    else {
        panic!("it was ready")
    };
    assert_eq!(exit.status, ExitStatus::Code(3));
    last_lines.truncate(2);
    let mut texts: Vec<_> = last_lines.into_iter().map(|line| line.text).collect();
    texts.sort();
    assert_eq!(texts, ["no database", "one"]);
    environment.end().await;
}

#[tokio::test]
async fn patience_waits_for_a_process_that_fails_at_first() {
    let environment = Environment::new();
    let client = environment.client().await;
    let script = "test -f again || { touch again; exit 1; }; exec sleep 1000";
    let mut spec = shell("a", script);
    let args = vec!["-c".into(), "test -f again".into()];
    spec.readiness = Some(Probe::new(Check::Command { command: "/bin/sh".into(), args }));
    client.start("a", &spec).await.unwrap();
    assert_eq!(client.wait("a", 5).await.unwrap().state, State::Ready);
    environment.end().await;
}

#[tokio::test]
async fn a_process_that_is_never_ready_is_stopped_and_says_why() {
    let environment = Environment::new();
    let client = environment.client().await;
    let mut spec = shell("a", "echo waiting; exec sleep 1000");
    spec.readiness = Some(Probe::tcp("127.0.0.1:1"));
    spec.start_timeout_ms = 100;
    spec.restart = Restart::Never;
    client.start("a", &spec).await.unwrap();
    let error = client.wait("a", 0).await.unwrap_err().to_string();
    assert!(error.contains("a was not ready within 100 ms (127.0.0.1:1: "), "{error}");
    assert!(error.ends_with("its last lines:\n  waiting"), "{error}");
    assert_eq!(status(&client, "a").await.unwrap().pid, None);
    environment.end().await;
}

#[tokio::test]
async fn a_program_that_does_not_exist_is_named() {
    let environment = Environment::new();
    let client = environment.client().await;
    let spec = goodgo_supervisor::Spec::new("a", "/does/not/exist");
    client.start("a", &spec).await.unwrap();
    let error = client.wait("a", 0).await.unwrap_err().to_string();
    assert!(error.contains("could not be started: /does/not/exist: No such file"), "{error}");
    environment.end().await;
}

#[tokio::test]
async fn a_process_that_ignores_the_signal_is_killed_with_its_children() {
    let environment = Environment::new();
    let client = environment.client().await;
    let script = "trap '' TERM; sleep 1000 & echo $! > child; while :; do sleep 1; done";
    client.start("a", &shell("a", script)).await.unwrap();
    let child = environment.path().join("child");
    let child: u32 =
        eventually("the child", || std::fs::read_to_string(&child).ok()?.trim().parse().ok()).await;
    client.stop("a", Some(Duration::from_millis(50))).await.unwrap();
    assert!(!alive(child));
    assert!(environment.events().contains("\"event\":\"killed\""));
    environment.end().await;
}

#[tokio::test]
async fn a_failing_liveness_probe_restarts_and_a_failing_readiness_probe_shows() {
    let (healthy, alive) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(true)));
    let (ready_at, alive_at) = (http(Arc::clone(&healthy)), http(Arc::clone(&alive)));
    let environment = Environment::new();
    let client = environment.client().await;
    let mut spec = shell("a", "exec sleep 1000");
    let probe = |address: &str| Probe {
        interval_ms: 10,
        failures: 2,
        ..Probe::http(address, "/health/live")
    };
    spec.readiness = Some(probe(&ready_at));
    spec.liveness = Some(probe(&alive_at));
    client.start("a", &spec).await.unwrap();
    let first = client.wait("a", 0).await.unwrap();

    healthy.store(false, Ordering::SeqCst);
    let unhealthy = status_when(&client, "a", |status| status.state == State::Unhealthy).await;
    assert_eq!(unhealthy.pid, first.pid);
    healthy.store(true, Ordering::SeqCst);
    assert_eq!(ready(&client, "a").await.pid, first.pid);

    alive.store(false, Ordering::SeqCst);
    let restarted = status_when(&client, "a", |status| status.restarts > 0).await;
    let Cause::NotAlive { last } = restarted.last_exit.unwrap().cause else { panic!() };
    assert_eq!(last, format!("http://{alive_at}/health/live answered 503"));
    alive.store(true, Ordering::SeqCst);
    ready(&client, "a").await;
    environment.end().await;
}

#[tokio::test]
async fn preparation_runs_once_and_whole() {
    let environment = Environment::new();
    let client = environment.client().await;
    let data = environment.path().join("data");
    let half = environment.path().join("data.new");
    std::fs::create_dir(&half).unwrap();
    std::fs::write(half.join("left-over"), "").unwrap();
    let mut spec = shell("db", "exec sleep 1000");
    let script = "echo preparing; mkdir data.new; touch data.new/done; exit $CODE";
    let step = |code: &str| Prepare {
        command: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        env: [("CODE".to_owned(), code.to_owned())].into(),
        creates: Some(data.clone()),
        temporary: Some(half.clone()),
        timeout_ms: 30_000,
    };
    spec.prepare = vec![step("1")];
    spec.restart = Restart::Never;
    client.start("db", &spec).await.unwrap();
    let error = client.wait("db", 0).await.unwrap_err().to_string();
    assert!(error.contains("could not be started: /bin/sh exited with code 1"), "{error}");
    assert!(!data.exists());

    client.stop("db", None).await.unwrap();
    spec.prepare = vec![step("0")];
    for _ in 0..2 {
        client.start("db", &spec).await.unwrap();
        client.wait("db", 0).await.unwrap();
        client.stop("db", None).await.unwrap();
    }
    assert!(data.join("done").exists() && !data.join("left-over").exists());
    assert_eq!(environment.lines("db").await, ["preparing", "preparing"]);
    environment.end().await;
}

/// A server that answers 200 or 503.
fn http(well: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let code = if well.load(Ordering::SeqCst) { "200 OK" } else { "503 No" };
            let _ = write!(stream, "HTTP/1.1 {code}\r\nContent-Length: 0\r\n\r\n");
        }
    });
    address
}
