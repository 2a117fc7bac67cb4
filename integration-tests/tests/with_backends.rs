//! `with-backends` itself: what it hands to the command, and that it leaves
//! nothing behind however it ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// Runs a shell script with backends in the temporary folder `dir`.
fn with_backends(dir: &Path, script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_with-backends"));
    command.args(["--", "sh", "-c", script]).env("TMPDIR", dir);
    command
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    // PostgreSQL runs as another user if this test runs as root.
    let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    fs::set_permissions(dir.path(), open).expect("opened");
    dir
}

fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).expect("there").next().is_none()
}

#[test]
fn the_command_reaches_both_and_its_exit_code_is_passed_on() {
    let dir = folder();
    let script = r#"
        [ "$("$TEST_REDIS_BIN/redis-cli" -u "$TEST_REDIS_URL" --no-auth-warning ping)" = PONG ] || exit 1
        [ -x "$TEST_POSTGRES_BIN/postgres" ] || exit 2
        case $TEST_DATABASE_URL in postgres://*@127.0.0.1:*/postgres) exit 42 ;; esac
        exit 3"#;
    let status = with_backends(dir.path(), script).status().expect("it runs");
    assert_eq!(status.code(), Some(42));
    assert!(is_empty(dir.path()));
}

#[test]
fn a_termination_reaches_the_command_and_both_are_stopped() {
    let dir = folder();
    let script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child =
        with_backends(dir.path(), script).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says so");
    assert_eq!(line, "ready\n");
    let pid = Pid::from_raw(child.id().cast_signed()).expect("a process");
    kill_process(pid, Signal::TERM).expect("it runs");
    assert_eq!(child.wait().expect("it ends").code(), Some(9));
    assert!(is_empty(dir.path()));
}

#[test]
fn a_command_that_does_not_exist_is_told_from_one_that_fails() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_with-backends"));
        command.args(arguments).stderr(Stdio::null()).status().expect("it runs").code()
    };
    assert_eq!(run(&["--", "/no/such/command"]), Some(127));
    assert_eq!(run(&[]), Some(2));
}
