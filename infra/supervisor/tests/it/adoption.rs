//! Killing the supervisor, its keeper, or both.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use goodgo_supervisor::{Client, Error, State};
use rustix::process::Signal;

use crate::harness::{
    Environment, alive, eventually, kill, program, ready, shell, status, status_when,
};

/// Prints numbers as fast as it can, in portions that end within lines.
const COUNT: &str = "i=0; while :; do i=$((i+1)); printf 'line '; echo $i; done";

#[tokio::test]
async fn a_killed_supervisor_is_replaced_and_no_line_is_lost_or_doubled() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("count", &shell("count", COUNT)).await.unwrap();
    let first = client.wait("count", 0).await.unwrap();
    let mut supervisor = client.hello().pid;
    let keeper = client.hello().keeper;
    for _ in 0..5 {
        let before = size(&environment, "count");
        eventually("it prints", || (size(&environment, "count") > before).then_some(())).await;
        kill(supervisor, Signal::KILL);
        let next = environment.client().await;
        assert_ne!(next.hello().pid, supervisor);
        assert_eq!(next.hello().keeper, keeper);
        supervisor = next.hello().pid;
        assert_eq!(status(&next, "count").await.unwrap().pid, first.pid);
    }
    client.stop("count", None).await.unwrap();
    let lines = environment.lines("count").await;
    let expected: Vec<String> = (1..=lines.len()).map(|n| format!("line {n}")).collect();
    let wrong = lines.iter().zip(&expected).position(|(line, expected)| line != expected);
    // The last line may have been cut by the end of the process.
    assert!(wrong.is_none_or(|at| at + 1 == lines.len()), "{:?}", wrong.map(|at| &lines[at]));
    environment.end().await;
}

fn size(environment: &Environment, name: &str) -> u64 {
    let path = environment.path().join(format!("logs/{name}.log"));
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

#[tokio::test]
async fn an_adopted_process_is_restarted_and_its_end_is_known() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "exec sleep 1000")).await.unwrap();
    let first = client.wait("a", 0).await.unwrap();
    kill(client.hello().pid, Signal::KILL);
    assert_eq!(ready(&client, "a").await.pid, first.pid);
    kill(first.pid.unwrap(), Signal::TERM);
    let second =
        status_when(&client, "a", |status| status.state == State::Ready && status.pid != first.pid)
            .await;
    let exit = second.last_exit.unwrap();
    assert_eq!(exit.status, goodgo_supervisor::ExitStatus::Signal(15));
    environment.end().await;
}

#[tokio::test]
async fn with_a_killed_keeper_everything_ends_and_the_next_start_brings_it_back() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "exec sleep 1000")).await.unwrap();
    client.start("b", &shell("b", "sleep 1000 & wait")).await.unwrap();
    client.wait("a", 0).await.unwrap();
    client.wait("b", 0).await.unwrap();
    kill(client.hello().keeper, Signal::KILL);
    eventually("all have ended", || environment.processes().is_empty().then_some(())).await;
    assert!(matches!(client.list().await, Err(Error::NotRunning { .. })));

    let client = environment.client().await;
    ready(&client, "a").await;
    ready(&client, "b").await;
    environment.end().await;
}

#[tokio::test]
async fn with_both_killed_the_next_supervisor_adopts() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "exec sleep 1000")).await.unwrap();
    let first = client.wait("a", 0).await.unwrap();
    kill_both(&client);
    let client = environment.client().await;
    assert_eq!(ready(&client, "a").await.pid, first.pid);
    assert_eq!(environment.processes().len(), 3);
    environment.end().await;
}

#[tokio::test]
async fn a_process_that_was_started_and_not_recorded_is_found() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "exec sleep 1000")).await.unwrap();
    let first = client.wait("a", 0).await.unwrap();
    kill_both(&client);
    let path = environment.path().join("run/processes/a.json");
    let record = fs::read_to_string(&path).unwrap();
    let begin = record.find("\"process\":{").unwrap() + "\"process\":".len();
    let end = begin + record[begin..].find('}').unwrap() + 1;
    fs::write(&path, format!("{}null{}", &record[..begin], &record[end..])).unwrap();

    let client = environment.client().await;
    assert_eq!(ready(&client, "a").await.pid, first.pid);
    environment.end().await;
}

#[tokio::test]
async fn after_a_reboot_everything_starts_again_in_order() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "echo a >> order; exec sleep 1000")).await.unwrap();
    client.wait("a", 0).await.unwrap();
    let mut after = shell("b", "echo b >> order; exec sleep 1000");
    after.start_after = vec!["a".into()];
    client.start("b", &after).await.unwrap();
    client.wait("b", 0).await.unwrap();
    kill_both(&client);
    for pid in environment.processes() {
        kill(pid, Signal::KILL);
    }
    eventually("all have ended", || environment.processes().is_empty().then_some(())).await;
    fs::write(environment.path().join("run/processes/torn.json"), "{\"key\"").unwrap();

    let client = environment.client().await;
    ready(&client, "a").await;
    ready(&client, "b").await;
    let order = environment.path().join("order");
    let order = eventually("b has written", || {
        fs::read_to_string(&order).ok().filter(|order| order.lines().count() == 4)
    })
    .await;
    assert_eq!(order, "a\nb\na\nb\n");
    assert!(environment.events().contains("record unreadable"));
    fs::remove_file(environment.path().join("run/processes/torn.unreadable")).unwrap();
    environment.end().await;
}

#[tokio::test]
async fn two_that_start_at_once_get_one_supervisor() {
    let environment = Environment::new();
    let (program, dir) = (program(), environment.path());
    let start = || Client::connect_or_start(dir, &program);
    let (a, b, c) = tokio::join!(start(), start(), start());
    let pids = [a, b, c].map(|client| client.unwrap().hello().pid);
    assert!(pids.iter().all(|pid| *pid == pids[0]));
    assert_eq!(environment.processes().len(), 2);
    environment.end().await;
}

#[tokio::test]
async fn a_supervisor_is_replaced_and_its_keeper_stays_the_parent() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "exec sleep 1000")).await.unwrap();
    let process = client.wait("a", 0).await.unwrap();
    let next = client.replace(&program()).await.unwrap();
    assert_eq!(next.hello().keeper, client.hello().keeper);
    assert_ne!(next.hello().pid, client.hello().pid);
    assert_eq!(ready(&next, "a").await.pid, process.pid);
    environment.end().await;
}

#[tokio::test]
async fn without_stopping_all_the_processes_outlive_the_supervisor() {
    let environment = Environment::new();
    let client = environment.client().await;
    client.start("a", &shell("a", "exec sleep 1000")).await.unwrap();
    let process = client.wait("a", 0).await.unwrap();
    client.shutdown(false).await.unwrap();
    assert!(alive(process.pid.unwrap()));
    let client = environment.client().await;
    assert_eq!(ready(&client, "a").await.pid, process.pid);
    environment.end().await;
}

#[tokio::test]
async fn a_stop_that_was_interrupted_is_finished() {
    let environment = Environment::new();
    let client = environment.client().await;
    let script = "trap 'touch asked; while ! test -f go; do sleep 0.01; done; exit 0' TERM
        touch set; while :; do sleep 0.01; done";
    client.start("a", &shell("a", script)).await.unwrap();
    let exists = |name: &str| environment.path().join(name).exists().then_some(());
    eventually("the trap is set", || exists("set")).await;
    let meanwhile = async {
        eventually("it is asked", || exists("asked")).await;
        kill(client.hello().pid, Signal::KILL);
        fs::write(environment.path().join("go"), "").unwrap();
    };
    let (stopped, ()) = tokio::join!(client.stop("a", None), meanwhile);
    stopped.unwrap();
    assert!(status(&client, "a").await.is_none());
    environment.end().await;
}

#[tokio::test]
async fn other_versions_are_refused_and_may_still_replace() {
    let environment = Environment::new();
    let client = environment.client().await;
    let ask = |request: String| {
        let run = rustix::fs::open(
            environment.path().join("run"),
            rustix::fs::OFlags::PATH,
            rustix::fs::Mode::empty(),
        )
        .unwrap();
        let path = format!("/proc/self/fd/{}/s.sock", run.as_raw_fd());
        let mut stream = UnixStream::connect(path).unwrap();
        writeln!(stream, "{{\"protocol\":99,\"request\":{request}}}").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer
    };
    let refused = ask("{\"type\":\"list\"}".into());
    assert_eq!(refused, "{\"err\":{\"type\":\"protocol\",\"supervisor\":1,\"client\":99}}\n");
    assert!(ask("{\"type\":\"hello\"}".into()).contains("\"hello\":{\"protocol\":1,"));
    let program = program();
    let replaced = ask(format!("{{\"type\":\"replace\",\"program\":{program:?}}}"));
    assert_eq!(replaced, "{\"ok\":\"done\"}\n");
    let old = client.hello().pid;
    eventually("the old one has ended", || (!alive(old)).then_some(())).await;
    environment.end().await;
}

/// The keeper first: it would start another supervisor.
fn kill_both(client: &Client) {
    // Stopped, the supervisor cannot do anything about its keeper's end.
    kill(client.hello().pid, Signal::STOP);
    kill(client.hello().keeper, Signal::KILL);
    kill(client.hello().pid, Signal::KILL);
}
