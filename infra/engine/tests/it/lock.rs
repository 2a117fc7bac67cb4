//! Two deploys at once: never both.

use std::time::Duration;

use goodgo_engine::{End, Options, Yes};
use goodgo_state::{Error, FileStore, Keys, Owner, Session, Store, lock};

use crate::harness::{Declare, Place};

#[tokio::test]
async fn the_second_leaves_with_the_owners_name_or_waits() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::at(folder.path());
    let first = place.session().await;
    let store: std::sync::Arc<dyn Store> =
        std::sync::Arc::new(FileStore::new(folder.path().join("state")));
    let owner = Owner::current("eve", "deploy");
    let refused = lock::acquire(&store, &owner, Duration::ZERO, |_| {}).await.unwrap_err();
    let Error::Locked(holder) = &refused else { panic!("{refused}") };
    assert_eq!(holder.owner.user, "test");

    let graph = Declare::new().file("a", &[("text", "one".into())]).build();
    let (told, waits) = tokio::sync::oneshot::channel();
    let mut told = Some(told);
    let keys = Keys::new(folder.path().join("key"), None);
    let second = tokio::spawn(async move {
        let tell = move |_: &lock::Holder| {
            if let Some(told) = told.take() {
                told.send(()).unwrap();
            }
        };
        let lease = lock::acquire(&store, &owner, Duration::from_mins(1), tell).await.unwrap();
        Session::open(store, keys, lease).await.unwrap()
    });
    waits.await.unwrap();
    let outcome = place.engine().deploy(&graph, &first, &Options::default(), &Yes).await.unwrap();
    assert_eq!(outcome.end, End::Done);
    first.finish().await.unwrap();
    let second = second.await.unwrap();
    let outcome = place.engine().deploy(&graph, &second, &Options::default(), &Yes).await.unwrap();
    assert!(outcome.plan.is_empty(), "it sees what the first one did");
}
