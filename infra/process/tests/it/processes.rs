//! What users rely on: secrets by file, failures that explain themselves, restarts that recover.

use std::time::Duration;

use goodgo_model::{Map, Type, Urn, Value};
use goodgo_provider::{Read, Update};

use crate::world::{PROCESS, World, ask, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_process_gets_its_secret_as_a_file_and_shows_it_nowhere() {
    let world = World::new();
    let created = world.create("echo-0", &server("echo-0", "restart", "hello")).await.unwrap();
    assert_eq!(ask(&created.outputs), "hello-marked");
    let status = world.runtime.operate().status().await.unwrap();
    let pid = status[0].pid.unwrap();
    for file in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{pid}/{file}")).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("-marked"), "{file}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_at_once_is_reported_with_its_last_lines_and_leaves_nothing() {
    let world = World::new();
    let mut inputs = server("echo-0", "restart", "");
    inputs.insert("args".into(), Value::list(["fail"]));
    let error = world.create("echo-0", &inputs).await.unwrap_err();
    assert_eq!(error.log, ["cannot go on: the setting is wrong"]);
    assert!(error.message.contains("exited with code 7"), "{}", error.message);
    assert!(error.left.is_none());
    assert!(world.runtime.operate().status().await.unwrap().is_empty());
    assert!(!world.context.directory.join("work/echo-0-t0000001").exists());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_fails_brings_the_former_version_back() {
    let world = World::new();
    let old = server("echo-0", "restart", "former");
    let created = world.create("echo-0", &old).await.unwrap();
    let mut new = old.clone();
    new.insert("args".into(), Value::list(["fail"]));
    let urn = Urn::new("test", "goodgo", PROCESS, "echo-0");
    let kind: Type = PROCESS.into();
    let request = Update {
        urn: &urn,
        kind: &kind,
        id: &created.id,
        old_inputs: &old,
        old_outputs: &created.outputs,
        new_inputs: &new,
        timeout: Duration::from_secs(30),
        log: &|_| (),
    };
    let error = world.provider().update(request).await.unwrap_err();
    assert!(error.hint.unwrap().contains("the former version runs again"));
    assert_eq!(ask(&created.outputs), "former-marked");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_a_stranger_holds_is_named_with_its_owner() {
    let world = World::new();
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let number = stranger.local_addr().unwrap().port();
    let mut inputs = server("echo-0", "restart", "");
    inputs.insert("ports".into(), Value::map([("http", Value::from(number))]));
    let error = world.create("echo-0", &inputs).await.unwrap_err();
    let expected = format!("port {number} is taken by ");
    assert!(error.message.starts_with(&expected), "{}", error.message);
    assert!(
        error.message.contains(&format!("process {}", std::process::id())),
        "{}",
        error.message
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_killed_behind_our_back_comes_back_by_itself() {
    let world = World::new();
    let inputs = server("echo-0", "restart", "again");
    let created = world.create("echo-0", &inputs).await.unwrap();
    let pid = world.runtime.operate().status().await.unwrap()[0].pid.unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        let status = world.runtime.operate().status().await.unwrap();
        if status[0].state == "ready" && status[0].restarts == 1 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{status:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ask(&created.outputs), "again-marked");
    let urn = Urn::new("test", "goodgo", PROCESS, "echo-0");
    let kind: Type = PROCESS.into();
    let outputs = Map::new();
    let read = Read { urn: &urn, kind: &kind, id: &created.id, inputs: &inputs, outputs: &outputs };
    let observed = world.provider().read(read).await.unwrap().unwrap();
    assert!(observed.complete);
    assert_eq!(observed.inputs, inputs);
    world.end().await;
}
