use goodgo_model::Value;
use goodgo_provider::ErrorKind;

use crate::world::{ROLE, Server, Subject, token, unique};

fn secret(text: &str) -> Value {
    Value::from(text).secret()
}

#[tokio::test]
async fn the_password_logs_in_and_one_changed_by_hand_is_drift() {
    let (server, subject, name) = (Server::of_tests(), Subject::new(ROLE), unique("role"));
    let inputs = subject.check(&[
        ("server", server.input()),
        ("name", name.as_str().into()),
        ("login", true.into()),
        ("password", secret("it's a p\\ssword")),
    ]);
    subject.create(&token(), &inputs).await.unwrap();
    assert!(server.log_in(&name, "it's a p\\ssword", "postgres").await.is_ok());
    assert_eq!(subject.drift(&name, &inputs).await, [""; 0]);

    server.by_hand(&format!("ALTER ROLE {name} PASSWORD 'other' CREATEDB")).await;
    assert_eq!(subject.drift(&name, &inputs).await, ["createDatabase", "password"]);
    let seen = subject.read(&name, &inputs).await.unwrap().unwrap();
    assert!(matches!(seen.inputs["password"], Value::Secret(_)));

    subject.update(&name, &seen.inputs, &inputs).await.unwrap();
    assert_eq!(subject.drift(&name, &inputs).await, [""; 0]);
    assert!(server.log_in(&name, "it's a p\\ssword", "postgres").await.is_ok());

    server.by_hand(&format!("ALTER ROLE {name} PASSWORD NULL")).await;
    assert_eq!(subject.drift(&name, &inputs).await, ["password"]);
    subject.delete(&name, &inputs).await.unwrap();
}

#[tokio::test]
async fn a_role_of_somebody_else_is_not_taken_over() {
    let (server, subject, name) = (Server::of_tests(), Subject::new(ROLE), unique("stranger"));
    server.by_hand(&format!("CREATE ROLE {name}")).await;
    let inputs = subject.check(&[("server", server.input()), ("name", name.as_str().into())]);
    let error = subject.create(&token(), &inputs).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Permanent);
    assert!(error.message.contains(&format!("the role `{name}` exists already")), "{error}");
    assert!(error.hint.is_some());
    assert_eq!(subject.find(&token(), &inputs).await.unwrap(), None);
    subject.delete(&name, &inputs).await.unwrap();
}

#[tokio::test]
async fn a_role_that_still_owns_something_is_kept_and_the_error_says_what() {
    let (server, subject, name) = (Server::of_tests(), Subject::new(ROLE), unique("owner"));
    let inputs = subject.check(&[("server", server.input()), ("name", name.as_str().into())]);
    subject.create(&token(), &inputs).await.unwrap();
    server.by_hand(&format!("CREATE DATABASE {name} OWNER {name}")).await;
    let error = subject.delete(&name, &inputs).await.unwrap_err();
    assert!(error.hint.unwrap().contains(&format!("owner of database {name}")));
    server.by_hand(&format!("DROP DATABASE {name}")).await;
    subject.delete(&name, &inputs).await.unwrap();
}

#[tokio::test]
async fn names_are_names_whatever_is_in_them() {
    let (server, subject) = (Server::of_tests(), Subject::new(ROLE));
    let name = format!("{}\"; DROP ROLE postgres; --'", unique("quoted"));
    let inputs = subject.check(&[("server", server.input()), ("name", name.as_str().into())]);
    subject.create(&token(), &inputs).await.unwrap();
    assert_eq!(subject.drift(&name, &inputs).await, [""; 0]);
    subject.delete(&name, &inputs).await.unwrap();
    assert_eq!(subject.read(&name, &inputs).await.unwrap(), None);
}

#[tokio::test]
async fn the_server_never_sees_a_password() {
    let (server, subject, name) = (Server::of_tests(), Subject::new(ROLE), unique("silent"));
    let inputs = subject.check(&[
        ("server", server.input()),
        ("name", name.as_str().into()),
        ("password", secret("marked-password")),
    ]);
    subject.create(&token(), &inputs).await.unwrap();
    // The last statement of every session of this provider that is still open.
    let seen =
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%marked-pass' || 'word%')";
    assert!(!server.ask(seen).await);
    let stored = format!(
        "SELECT rolpassword LIKE 'SCRAM-SHA-256$4096:%' FROM pg_authid WHERE rolname = '{name}'"
    );
    assert!(server.ask(&stored).await);
    subject.delete(&name, &inputs).await.unwrap();
}
