//! Creates that ended halfway, laid out as a crash would leave them.

use goodgo_model::Map;
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::world::{DATABASE, ROLE, Server, Subject, token, unique};

fn inputs(subject: &Subject, server: &Server, name: &str) -> Map {
    subject.check(&[("server", server.input()), ("name", name.into())])
}

#[tokio::test]
async fn a_database_without_its_name_is_found_and_finished() {
    let (server, subject) = (Server::of_tests(), Subject::new(DATABASE));
    let (name, token) = (unique("half"), token());
    let inputs = inputs(&subject, &server, &name);
    server.by_hand(&format!("CREATE DATABASE goodgo_{token} ALLOW_CONNECTIONS false")).await;

    let half = subject.find(&token, &inputs).await.unwrap().unwrap();
    assert_eq!((half.id, half.complete), (format!("goodgo_{token}"), false));

    subject.create(&token, &inputs).await.unwrap();
    let whole = subject.find(&token, &inputs).await.unwrap().unwrap();
    assert_eq!((whole.id.as_str(), whole.complete), (name.as_str(), true));
    assert_eq!(subject.drift(&name, &inputs).await, [""; 0]);
    assert_eq!(subject.read(&format!("goodgo_{token}"), &inputs).await.unwrap(), None);
    subject.delete(&name, &inputs).await.unwrap();
}

#[tokio::test]
async fn a_role_is_found_by_its_token_and_made_only_once() {
    let (server, subject) = (Server::of_tests(), Subject::new(ROLE));
    let (name, token) = (unique("half"), token());
    let inputs = inputs(&subject, &server, &name);
    assert_eq!(subject.find(&token, &inputs).await.unwrap(), None);
    subject.create(&token, &inputs).await.unwrap();
    server.by_hand(&format!("ALTER ROLE {name} CREATEROLE")).await;
    subject.create(&token, &inputs).await.unwrap();
    assert_eq!(subject.drift(&name, &inputs).await, [""; 0]);
    let found = subject.find(&token, &inputs).await.unwrap().unwrap();
    assert!(found.complete && found.inputs == inputs);
    subject.delete(&name, &inputs).await.unwrap();
}

#[tokio::test]
async fn find_waits_for_a_create_that_the_server_still_works_on() {
    let (server, subject) = (Server::of_tests(), Subject::new(ROLE));
    let (name, token) = (unique("slow"), token());
    let inputs = inputs(&subject, &server, &name);
    let key = format!("hashtextextended('goodgo:{token}', 0)");
    // The session of a create whose client has died.
    let mut working = server.connect().await;
    working.execute(AssertSqlSafe(format!("SELECT pg_advisory_lock({key})"))).await.unwrap();
    let waiting = format!(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
         AND ((classid::bigint << 32) | objid::bigint) = {key})"
    );
    let work = async {
        while !server.ask(&waiting).await {}
        let made = format!("CREATE ROLE {name}; COMMENT ON ROLE {name} IS 'goodgo:{token}'");
        sqlx::raw_sql(AssertSqlSafe(made)).execute(&mut working).await.unwrap();
        working.close().await.unwrap();
    };
    let (found, ()) = tokio::join!(subject.find(&token, &inputs), work);
    assert_eq!(found.unwrap().unwrap().id, name);
    subject.delete(&name, &inputs).await.unwrap();
}
