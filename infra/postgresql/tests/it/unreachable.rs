use std::net::TcpListener;

use goodgo_model::{Map, Value};
use goodgo_provider::ErrorKind;

use crate::world::{ROLE, Server, Subject, unique};

fn inputs(subject: &Subject, server: Value) -> Map {
    subject.check(&[("server", server), ("name", unique("nobody").into())])
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_back() {
    let subject = Subject::new(ROLE);
    // A port that was free a moment ago, on an address that nobody else uses.
    let listener = TcpListener::bind("127.88.77.66:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let inputs = inputs(&subject, Server::of_tests().input_with("127.88.77.66", port, "x"));
    let error = subject.read("nobody", &inputs).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Transient);
    assert!(error.message.contains(&format!("127.88.77.66:{port}")), "{error}");
}

#[tokio::test]
async fn a_wrong_password_stays_wrong_and_the_hint_says_whose() {
    let subject = Subject::new(ROLE);
    let inputs = inputs(&subject, Server::of_tests().with_wrong_password());
    let error = subject.read("nobody", &inputs).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Permanent);
    assert!(error.hint.unwrap().contains("`postgres`"));
}

#[tokio::test]
async fn without_a_server_there_is_nobody_to_ask() {
    let error = Subject::new(ROLE).read("nobody", &Map::new()).await.unwrap_err();
    assert!(error.message.contains("which PostgreSQL server"), "{error}");
}
