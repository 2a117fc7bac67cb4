use goodgo_model::PendingKind;
use object_store::memory::InMemory;

use super::*;
use crate::testing::{keys, names, resource, with_secret};
use crate::{Entry, Journal as _, Session, history, load};

fn owner() -> Owner {
    Owner::current("ada", "deploy")
}

fn elsewhere() -> Owner {
    Owner { host: "another".into(), user: "bob".into(), ..owner() }
}

fn bucket() -> Arc<InMemory> {
    Arc::new(InMemory::new())
}

fn store(bucket: &Arc<InMemory>) -> Arc<dyn Store> {
    Arc::new(ObjectStore::new(bucket.clone(), "goodgo/shop/production"))
}

#[tokio::test]
async fn a_state_lives_in_a_bucket_through_a_crash() {
    let (_folder, keys) = keys();
    let bucket = bucket();
    let store = store(&bucket);
    for (serial, name) in [(1, "a"), (2, "b")] {
        let lease = store.lock(&owner()).await.unwrap();
        let session = Session::open(store.clone(), keys.clone(), lease).await.unwrap();
        let resource = Arc::new(with_secret(name, "cafe"));
        session.record(Entry::begin(PendingKind::Creating, resource.clone())).await.unwrap();
        let pending = session.snapshot().pending.remove(0);
        session.record(Entry::end(&pending).put(resource)).await.unwrap();
        assert!(load(&*store, &keys).await.unwrap().recovered);
        assert_eq!(session.finish().await.unwrap(), serial);
    }
    let loaded = load(&*store, &keys).await.unwrap();
    assert_eq!((names(&loaded.snapshot), loaded.recovered), (vec!["a", "b"], false));
    let serials: Vec<_> = history::list(&*store).await.unwrap().iter().map(|v| v.serial).collect();
    assert_eq!(serials, [2, 1]);

    let lease = store.lock(&owner()).await.unwrap();
    let session = Session::open(store.clone(), keys.clone(), lease).await.unwrap();
    session.record(Entry::default().put(Arc::new(resource("c", &[])))).await.unwrap();
    drop(session);
    assert_eq!(names(&load(&*store, &keys).await.unwrap().snapshot), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_living_owner_elsewhere_is_named_and_an_expired_one_followed() {
    let bucket = bucket();
    let lease = store(&bucket).lock(&elsewhere()).await.unwrap();
    let refused = store(&bucket).lock(&owner()).await.unwrap_err();
    assert!(refused.to_string().contains("bob on another"), "{refused}");
    drop(lease);
    // Nobody renews it any more; by the system's clock it ends after its time.
    let path = Path::from("goodgo/shop/production/lease.json");
    let text = bucket.get(&path).await.unwrap().bytes().await.unwrap();
    let mut record: serde_json::Value = serde_json::from_slice(&text).unwrap();
    record["expires"] = 1.into();
    bucket.put(&path, serde_json::to_vec(&record).unwrap().into()).await.unwrap();
    let followed = store(&bucket).lock(&owner()).await.unwrap();
    assert_eq!(followed.fence, 2);
    assert_eq!(followed.recovered.unwrap().owner, elsewhere());
}

#[tokio::test]
async fn a_dead_owner_on_this_machine_is_followed_at_once() {
    let bucket = bucket();
    let dead = Owner { started: 1, ..owner() };
    drop(store(&bucket).lock(&dead).await.unwrap());
    let lease = store(&bucket).lock(&owner()).await.unwrap();
    assert_eq!(lease.recovered.unwrap().owner, dead);
}

#[tokio::test]
async fn an_owner_that_lost_its_lease_cannot_write() {
    let bucket = bucket();
    let (first, second) = (store(&bucket), store(&bucket));
    let lost = first.lock(&elsewhere()).await.unwrap();
    assert_eq!(second.unlock().await.unwrap().unwrap().owner, elsewhere());
    let lease = second.lock(&owner()).await.unwrap();
    assert_eq!(lease.fence, 3);
    second.append(lease.fence, 0, b"new".to_vec()).await.unwrap();
    // Under the number that `unlock` used up.
    let error = first.append(2, 0, b"old".to_vec()).await.unwrap_err();
    assert!(matches!(error, Error::LeaseLost { ours: 2, found: 3, .. }), "{error}");
    let written = second.write(lease.fence, b"{}".to_vec(), None).await.unwrap();
    let error = first.write(lost.fence, b"{}".to_vec(), None).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    assert_eq!(second.read().await.unwrap().unwrap().tag, written);
}

#[tokio::test]
async fn a_lease_is_renewed_until_somebody_takes_it() {
    let bucket = bucket();
    let time = Duration::from_millis(60);
    let first = ObjectStore::with_lease_time(bucket.clone(), "goodgo", time);
    let lease = first.lock(&elsewhere()).await.unwrap();
    let path = first.path("lease.json");
    // Four renewals reach beyond the end of the first lease.
    for _ in 0..4 {
        let before = bucket.head(&path).await.unwrap().e_tag;
        while bucket.head(&path).await.unwrap().e_tag == before {
            tokio::task::yield_now().await;
        }
    }
    ObjectStore::new(bucket.clone(), "goodgo").unlock().await.unwrap();
    let error = loop {
        match first.append(lease.fence, 0, b"x".to_vec()).await {
            Ok(()) => tokio::task::yield_now().await,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::LeaseLost { ours: 1, found: 2, .. }), "{error}");
}

#[tokio::test]
async fn what_is_removed_leaves_no_object_and_can_begin_again() {
    let bucket = bucket();
    let neighbour = Path::from("goodgo/shop/production-2/state.json");
    bucket.put(&neighbour, "{}".into()).await.unwrap();
    let store = store(&bucket);
    let lease = store.lock(&owner()).await.unwrap();
    let first = store.write(lease.fence, b"{}".to_vec(), None).await.unwrap();
    let previous = Previous { tag: first, serial: Some(1) };
    store.write(lease.fence, b"{}".to_vec(), Some(&previous)).await.unwrap();
    store.append(lease.fence, 2, b"line\n".to_vec()).await.unwrap();
    store.remove(&lease).await.unwrap();
    let left = object_store::ObjectStore::list(&*bucket, None);
    let left: Vec<ObjectMeta> = left.try_collect().await.unwrap();
    assert_eq!(left.iter().map(|one| &one.location).collect::<Vec<_>>(), [&neighbour]);
    let error = store.write(lease.fence, b"{}".to_vec(), None).await.unwrap_err();
    assert!(matches!(error, Error::LeaseLost { .. }), "{error}");
    assert_eq!(store.lock(&owner()).await.unwrap().fence, 1);
}

#[tokio::test]
async fn places_are_shown_by_the_address_that_people_know() {
    let store = ObjectStore::new(bucket(), "goodgo/shop").shown_as("s3://acme");
    assert_eq!(store.place(), "s3://acme/goodgo/shop/state.json");
}
