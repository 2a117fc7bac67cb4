//! Refreshes at the same time. The interleaving is made with a lock that the
//! test holds, and not left to luck: requests are known to wait for it before
//! it is given away.

use sqlx::{PgConnection, Postgres, Transaction};
use tokio::task::JoinHandle;

use crate::support::{Answer, Client, Service, TestDatabase, until};

struct Scene {
    database: TestDatabase,
    _replicas: [Service; 2],
    clients: [Client; 2],
    token: String,
}

impl Scene {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let replicas = [Service::start(&database, &[]).await, Service::start(&database, &[]).await];
        let client = replicas[0].client();
        let clients = [client.clone(), client.at(replicas[1].address)];
        let token = client.log_in().await;
        Self { database, _replicas: replicas, clients, token }
    }

    /// Holds the family's row.
    async fn hold(&self) -> Transaction<'static, Postgres> {
        let mut transaction = self.database.pool.begin().await.unwrap();
        sqlx::query("SELECT 1 FROM sessions FOR UPDATE").execute(&mut *transaction).await.unwrap();
        transaction
    }

    /// Starts `count` refreshes with `token`, on both replicas, and returns when
    /// all of them wait for the row.
    async fn refreshes(&self, count: usize, token: &str) -> Vec<JoinHandle<Answer>> {
        let start = |index: usize| {
            let (client, token) = (self.clients[index % 2].clone(), token.to_owned());
            tokio::spawn(async move { client.refresh(&token).await })
        };
        let requests = (0..count).map(start).collect();
        self.until_waiting(count).await;
        requests
    }

    async fn until_waiting(&self, count: usize) {
        let count = i64::try_from(count).unwrap();
        until("requests wait for the row", async || self.waiting().await >= count).await;
    }

    async fn waiting(&self) -> i64 {
        let sql = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.database.count(sql).await
    }
}

async fn answers(requests: Vec<JoinHandle<Answer>>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for request in requests {
        answers.push(request.await.unwrap());
    }
    answers
}

async fn revoke(connection: &mut PgConnection) {
    let sql = "UPDATE sessions SET revoked_at = now(), revoked_because = 'logout'";
    sqlx::query(sql).execute(connection).await.unwrap();
}

#[tokio::test]
async fn two_and_three_at_once_get_the_same_successor() {
    for count in [2, 3] {
        let scene = Scene::new().await;
        let held = scene.hold().await;
        let requests = scene.refreshes(count, &scene.token).await;
        held.commit().await.unwrap();
        let successors: Vec<String> = answers(requests)
            .await
            .into_iter()
            .map(|answer| answer.expect(200).text("refresh_token"))
            .collect();
        assert!(successors.windows(2).all(|pair| pair[0] == pair[1]), "{successors:?}");
        let tokens = "SELECT count(*) FROM refresh_tokens";
        assert_eq!(scene.database.count(tokens).await, 2, "a token was issued twice");
        scene.clients[1].refresh(&successors[0]).await.expect(200);
    }
}

#[tokio::test]
async fn a_session_revoked_while_refreshes_wait_yields_nothing() {
    let scene = Scene::new().await;
    let mut held = scene.hold().await;
    let requests = scene.refreshes(3, &scene.token).await;
    revoke(&mut held).await;
    held.commit().await.unwrap();
    for answer in answers(requests).await {
        answer.expect(401);
    }
    assert_eq!(scene.database.count("SELECT count(*) FROM refresh_tokens").await, 1);
}

#[tokio::test]
async fn parent_and_grandparent_at_once_end_the_family_for_both() {
    let scene = Scene::new().await;
    let child = scene.clients[0].refresh(&scene.token).await.expect(200).text("refresh_token");
    let held = scene.hold().await;
    // PostgreSQL gives a row's lock in the order of arrival: the child first,
    // which makes a grandparent of the token that waits behind it.
    let first = scene.refreshes(1, &child).await;
    let token = scene.token.clone();
    let client = scene.clients[1].clone();
    let second = tokio::spawn(async move { client.refresh(&token).await });
    scene.until_waiting(2).await;
    held.commit().await.unwrap();
    let grandchild = answers(first).await.remove(0).expect(200).text("refresh_token");
    second.await.unwrap().expect(401);
    scene.clients[0].refresh(&grandchild).await.expect(401);
}

#[tokio::test]
async fn a_refresh_cut_off_before_its_commit_changes_nothing() {
    let scene = Scene::new().await;
    let held = scene.hold().await;
    let requests = scene.refreshes(1, &scene.token).await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    assert_eq!(scene.database.count(end).await, 1);
    answers(requests).await.remove(0).expect(503);
    held.commit().await.unwrap();
    scene.clients[0].refresh(&scene.token).await.expect(200);
}

#[tokio::test]
async fn many_at_once_without_any_order_get_the_same_successor() {
    let scene = Scene::new().await;
    let start = |index: usize| {
        let (client, token) = (scene.clients[index % 2].clone(), scene.token.clone());
        tokio::spawn(async move { client.refresh(&token).await })
    };
    let requests: Vec<_> = (0..12).map(start).collect();
    let mut successors: Vec<String> = answers(requests)
        .await
        .into_iter()
        .map(|answer| answer.expect(200).text("refresh_token"))
        .collect();
    successors.dedup();
    assert_eq!(successors.len(), 1);
}
