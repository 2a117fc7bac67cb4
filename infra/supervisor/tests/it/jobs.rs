//! Programs that run once.

use std::time::Duration;

use goodgo_supervisor::{Cause, ExitStatus, State};
use rustix::process::Signal;

use crate::harness::{Environment, eventually, kill, shell, status_when};

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_job_tells_its_code_and_its_last_lines() {
    let environment = Environment::new();
    let client = environment.client().await;
    let good = client.job("m", &shell("m", "echo fine"), LONG).await.unwrap();
    assert!(good.succeeded());
    assert_eq!(good.last_lines[0].text, "fine");
    let bad = client.job("m", &shell("m", "echo 'relation exists'; exit 7"), LONG).await.unwrap();
    assert_eq!(bad.exit.status, ExitStatus::Code(7));
    assert_eq!(bad.last_lines.last().unwrap().text, "relation exists");
    environment.end().await;
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_stopped() {
    let environment = Environment::new();
    let client = environment.client().await;
    let spec = shell("m", "exec sleep 1000");
    let result = client.job("m", &spec, Duration::from_millis(50)).await.unwrap();
    assert!(!result.succeeded());
    assert_eq!(result.exit.cause, Cause::TimedOut { after_ms: 50 });
    environment.end().await;
}

#[tokio::test]
async fn two_callers_wait_for_the_same_run() {
    let environment = Environment::new();
    let client = environment.client().await;
    let spec = shell("m", "echo ran >> runs; while ! test -f go; do sleep 0.01; done; exit 5");
    let run = || client.job("m", &spec, LONG);
    let runs = environment.path().join("runs");
    let go = async {
        eventually("it runs", || runs.exists().then_some(())).await;
        std::fs::write(environment.path().join("go"), "").unwrap();
    };
    let (first, second, ()) = tokio::join!(run(), run(), go);
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(std::fs::read_to_string(&runs).unwrap(), "ran\n");
    environment.end().await;
}

#[tokio::test]
async fn a_job_outlives_a_killed_supervisor_and_runs_once() {
    let environment = Environment::new();
    let client = environment.client().await;
    let spec = shell("m", "echo ran >> runs; while ! test -f go; do sleep 0.01; done; exit 5");
    let runs = environment.path().join("runs");
    let meanwhile = async {
        // From then on it is recorded; before, only its attempt is.
        status_when(&client, "m", |status| status.pid.is_some()).await;
        kill(client.hello().pid, Signal::KILL);
        std::fs::write(environment.path().join("go"), "").unwrap();
    };
    let (result, ()) = tokio::join!(client.job("m", &spec, LONG), meanwhile);
    assert_eq!(result.unwrap().exit.status, ExitStatus::Code(5));
    assert_eq!(std::fs::read_to_string(&runs).unwrap(), "ran\n");
    environment.end().await;
}

#[tokio::test]
async fn a_job_of_which_nobody_knows_whether_it_ran_is_not_run_again() {
    let environment = Environment::new();
    let client = environment.client().await;
    let spec = shell("m", "echo ran >> runs");
    assert!(client.job("m", &spec, LONG).await.unwrap().succeeded());
    // As it is on disk between the start of the job and the note of who it is.
    let path = environment.path().join("run/processes/m.json");
    let record = std::fs::read_to_string(&path).unwrap();
    kill(client.hello().pid, Signal::STOP);
    std::fs::write(&path, record.replace("\"ended\":true", "\"ended\":false")).unwrap();
    kill(client.hello().pid, Signal::KILL);

    let status = status_when(&client, "m", |status| status.state == State::Exited).await;
    assert_eq!(status.last_exit.unwrap().status, ExitStatus::Unknown);
    assert_eq!(std::fs::read_to_string(environment.path().join("runs")).unwrap(), "ran\n");
    environment.end().await;
}
