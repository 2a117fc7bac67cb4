use goodgo_model::{Map, Value};
use sqlx::{Executor, Row};

use crate::world::{DATABASE, ROLE, Server, Subject, token, unique};

/// A service's role and database, as a target makes them.
struct Service {
    name: String,
    roles: Subject,
    role: Map,
    databases: Subject,
    database: Map,
}

impl Service {
    async fn make(server: &Server) -> Self {
        let name = unique("service");
        let (roles, databases) = (Subject::new(ROLE), Subject::new(DATABASE));
        let role = roles.check(&[
            ("server", server.input()),
            ("name", name.as_str().into()),
            ("login", true.into()),
            ("password", Value::from(name.as_str()).secret()),
        ]);
        roles.create(&token(), &role).await.unwrap();
        let database = databases.check(&[
            ("server", server.input()),
            ("name", name.as_str().into()),
            ("owner", name.as_str().into()),
        ]);
        databases.create(&token(), &database).await.unwrap();
        Self { name, roles, role, databases, database }
    }

    async fn remove(&self) {
        self.databases.delete(&self.name, &self.database).await.unwrap();
        self.roles.delete(&self.name, &self.role).await.unwrap();
        assert_eq!(self.databases.read(&self.name, &self.database).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_service_uses_its_own_database_and_can_enter_no_other() {
    let server = Server::of_tests();
    let (one, two) = (Service::make(&server).await, Service::make(&server).await);
    let mut own = server.log_in(&one.name, &one.name, &one.name).await.unwrap();
    own.execute("CREATE TABLE orders (id int)").await.unwrap();
    let refused = server.log_in(&one.name, &one.name, &two.name).await.unwrap_err();
    assert!(refused.to_string().contains("permission denied for database"), "{refused}");
    // Dropping it does not wait for whoever is still connected.
    one.remove().await;
    two.remove().await;
}

#[tokio::test]
async fn rights_and_limits_changed_by_hand_are_drift_and_are_set_back() {
    let server = Server::of_tests();
    let service = Service::make(&server).await;
    let (name, subject) = (&service.name, &service.databases);
    assert_eq!(subject.drift(name, &service.database).await, [""; 0]);
    server
        .by_hand(&format!(
            "GRANT CONNECT ON DATABASE {name} TO PUBLIC; \
             ALTER DATABASE {name} CONNECTION LIMIT 3; ALTER DATABASE {name} OWNER TO postgres"
        ))
        .await;
    let drifted = ["connectionLimit", "owner", "publicConnect"];
    assert_eq!(subject.drift(name, &service.database).await, drifted);
    subject.update(name, &service.database, &service.database).await.unwrap();
    assert_eq!(subject.drift(name, &service.database).await, [""; 0]);
    service.remove().await;
}

#[tokio::test]
async fn a_new_owner_gets_the_tables_too_so_that_the_old_one_can_go() {
    let server = Server::of_tests();
    let service = Service::make(&server).await;
    let mut own = server.log_in(&service.name, &service.name, &service.name).await.unwrap();
    own.execute("CREATE TABLE orders (id int)").await.unwrap();

    let (heir, roles) = (unique("heir"), &service.roles);
    let mut role = service.role.clone();
    role.insert("name".into(), heir.as_str().into());
    roles.create(&token(), &role).await.unwrap();
    let mut database = service.database.clone();
    database.insert("owner".into(), heir.as_str().into());
    service.databases.update(&service.name, &service.database, &database).await.unwrap();
    roles.delete(&service.name, &service.role).await.unwrap();

    let mut heirs = server.log_in(&heir, &service.name, &service.name).await.unwrap();
    let row = heirs.fetch_one("SELECT count(*) FROM orders").await.unwrap();
    assert_eq!(row.get::<i64, _>(0), 0);
    service.databases.delete(&service.name, &database).await.unwrap();
    roles.delete(&heir, &role).await.unwrap();
}

#[tokio::test]
async fn a_database_of_somebody_else_is_not_taken_over() {
    let (server, subject, name) = (Server::of_tests(), Subject::new(DATABASE), unique("stranger"));
    server.by_hand(&format!("CREATE DATABASE {name}")).await;
    let inputs = subject.check(&[("server", server.input()), ("name", name.as_str().into())]);
    let error = subject.create(&token(), &inputs).await.unwrap_err();
    assert!(error.message.contains("exists already"), "{error}");
    subject.delete(&name, &inputs).await.unwrap();
}

#[tokio::test]
async fn an_encoding_is_the_same_under_all_its_names() {
    let (server, subject, name) = (Server::of_tests(), Subject::new(DATABASE), unique("encoded"));
    let inputs = subject.check(&[
        ("server", server.input()),
        ("name", name.as_str().into()),
        ("encoding", "utf-8".into()),
        ("lcCollate", "C".into()),
        ("lcCtype", "C".into()),
    ]);
    subject.create(&token(), &inputs).await.unwrap();
    assert_eq!(subject.drift(&name, &inputs).await, [""; 0]);
    subject.delete(&name, &inputs).await.unwrap();
}

#[tokio::test]
async fn updating_what_is_gone_says_so() {
    let (server, subject, name) = (Server::of_tests(), Subject::new(DATABASE), unique("gone"));
    let inputs = subject.check(&[("server", server.input()), ("name", name.as_str().into())]);
    let error = subject.update(&name, &inputs, &inputs).await.unwrap_err();
    assert!(error.message.contains(&format!("there is no database `{name}`")), "{error}");
}
