//! The program itself: its commands, its settings, its signals.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};

use goodgo_auth::schema::MIGRATIONS;
use goodgo_service_kit::database::migrate;
use serde_json::Value;

use crate::support::{Client, SIGNING_KEY, TestDatabase, variables};

fn program(arguments: &[&str], variables: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auth"));
    command.args(arguments).env_clear().envs(variables.iter().cloned());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str], variables: &[(String, String)]) -> Output {
    program(arguments, variables).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Starts the service and reads its log up to the address it listens on.
fn serve(variables: &[(String, String)]) -> (Child, impl Iterator<Item = Value>, SocketAddr) {
    let mut child = program(&[], variables).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut log = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let listening = log.find(|line| line["message"] == "listening").unwrap();
    let address = listening["address"].as_str().unwrap().parse().unwrap();
    (child, log, address)
}

#[test]
fn every_wrong_setting_is_listed() {
    let variables = [
        ("LISTEN_ADDRESS", "nowhere"),
        ("AUTH_ROTATION_GRACE", "2m"),
        ("AUTH_LIMIT_LOGIN_ACCOUNT", "often"),
        ("DATABASE_URL", "postgres://auth:s3cret@127.0.0.1/auth"),
        ("TRUSTED_PROXIES", "everybody"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = run(&["serve"], &variables);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr), @r#"
    auth: 7 settings are wrong:
      AUTH_SIGNING_KEY is not set: give it, or the name of a file that holds it in AUTH_SIGNING_KEY_FILE
      AUTH_ROTATION_GRACE must be from 0s to 1m, not 2m
      AUTH_LIMIT_LOGIN_ACCOUNT must be a count and a duration such as 10/1m, not "often"
      DATABASE_URL must not hold the password: give it in DATABASE_PASSWORD_FILE
      REDIS_URL is not set, and has no default
      LISTEN_ADDRESS must be an IP address and a port such as 127.0.0.1:8000, not "nowhere"
      TRUSTED_PROXIES must be networks such as 10.0.0.0/8, not "everybody"
    "#);
}

#[test]
fn the_settings_are_documented() {
    insta::assert_snapshot!(text(&run(&["settings"], &[]).stdout));
}

#[test]
fn an_unknown_command_is_refused_with_the_usage() {
    let output = run(&["srve"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("usage: auth"));
}

#[tokio::test]
async fn migrations_may_run_several_times_and_at_once() {
    let database = TestDatabase::empty().await;
    let settings = database.settings();
    let (first, second) =
        tokio::join!(migrate(&settings, MIGRATIONS), migrate(&settings, MIGRATIONS));
    assert_eq!((first.unwrap(), second.unwrap()), (MIGRATIONS.len(), MIGRATIONS.len()));
    // The program needs nothing but the database for it.
    let output = run(&["migrate"], &database.variables());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let line: Value = serde_json::from_slice(&output.stdout).expect("one line of log");
    assert_eq!((&line["message"], &line["count"]), (&"the schema is up to date".into(), &2.into()));
}

#[test]
fn a_migration_without_its_database_fails_and_says_which() {
    let url = "postgres://auth@127.0.0.1:1/auth".to_owned();
    let output = run(&["migrate"], &[("DATABASE_URL".to_owned(), url)]);
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output.stderr);
    let expected =
        "auth: cannot connect to the database postgres://auth@127.0.0.1:1/auth\n  because: ";
    assert!(text.starts_with(expected), "{text}");
}

#[tokio::test]
async fn it_serves_with_files_for_secrets_until_sigterm_and_logs_no_secret() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, SIGNING_KEY.as_str()).unwrap();
    let mut variables = variables(&database, &[]);
    variables.retain(|(name, _)| name != "AUTH_SIGNING_KEY");
    variables.push(("AUTH_SIGNING_KEY_FILE".to_owned(), key.display().to_string()));

    let (mut child, log, address) = serve(&variables);
    let client = Client::new(address);
    let live = client.get("/health/live").await.expect(200);
    assert_eq!((live.text("service").as_str(), live.text("version").as_str()), ("auth", "test"));
    client.get("/health/ready").await.expect(200);
    let person = client.register().await;
    let tokens = client.post("login", &person.body()).await.expect(200);

    let kill = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
    assert!(kill.success());
    assert!(child.wait().unwrap().success());
    let log: Vec<Value> = log.collect();
    assert_eq!(log.last().unwrap()["message"], "stopped");
    let login = log.iter().find(|line| line["message"] == "logged in").unwrap();
    assert_eq!(login["span"]["trace_id"], tokens.header("x-trace-id"));
    let log = serde_json::to_string(&log).unwrap();
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    for secret in [&person.password, &access, &refresh, &database.server.password] {
        assert!(!log.contains(secret.as_str()), "a secret is in {log}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let variables = [
        ("LISTEN_ADDRESS", address.as_str()),
        ("AUTH_SIGNING_KEY", SIGNING_KEY.as_str()),
        ("DATABASE_URL", "postgres://auth@127.0.0.1:1/auth"),
        ("REDIS_URL", "redis://127.0.0.1:1"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = run(&[], &variables);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&format!("cannot listen on {address}")));
}
