//! A rollout that fails: the new version never gets traffic, the old one goes on serving.

use goodgo_engine::{End, Outcome};
use goodgo_model::{Graph, Value};

use crate::harness::{Declare, Place, component_urn, file, output};
use crate::world::Faulty;

/// A service of two replicas and the route to them.
fn service(version: &str, replicas: &[&str]) -> Graph {
    let mut declare = Declare::new().component("service");
    for name in replicas {
        declare = declare.file(name, &[("place", version.into()), ("text", version.into())]);
    }
    let stamps: Vec<Value> = replicas.iter().map(|name| output(&file(name), "stamp")).collect();
    declare.file("route", &[("text", Value::concat(stamps))]).build()
}

fn failing(
    call: &'static str,
    fault: Faulty,
) -> impl Fn(usize, &str) -> Option<Faulty> + Send + Sync {
    move |_, name| (name == call).then_some(fault)
}

fn undone(outcome: &Outcome) -> Vec<String> {
    let steps = outcome.undone.iter().flat_map(|one| &one.steps);
    let mut texts: Vec<_> =
        steps.map(|step| format!("{} {:?}", step.urn.name(), step.operation)).collect();
    texts.sort();
    texts
}

async fn assert_old_serves(fault: Faulty, call: &'static str, expected: &[&str]) {
    let place = Place::new();
    let old = service("v1", &["r0", "r1"]);
    place.deploy(&old).await;
    let before = place.disk.all();
    let new = service("v2", &["r0", "r1", "r2"]);
    let outcome = place.deploy_with(&place.faulty(failing(call, fault)), &new).await.unwrap();
    assert_eq!(outcome.end, End::Failed);
    assert_eq!(outcome.failures[0].step.urn.name(), call.split_once(' ').unwrap().1);
    assert_eq!(undone(&outcome), expected);
    assert_eq!(outcome.undone[0].urn, component_urn("service"));
    assert!(outcome.undone[0].old_serves);
    assert_eq!(place.disk.all(), before, "the old version is as it was");
    place.assert_is(&old, "the old declaration still holds").await;
    place.deploy(&new).await;
    place.assert_is(&new, "the next run goes through").await;
}

#[tokio::test]
async fn a_replica_that_does_not_get_ready_takes_the_others_with_it() {
    let expected = ["r0 CreateReplacement", "r1 CreateReplacement", "r2 Create"];
    assert_old_serves(Faulty::Half, "create r1", &expected).await;
}

#[tokio::test]
async fn a_route_that_cannot_be_changed_takes_the_replicas_with_it() {
    let expected = ["r0 CreateReplacement", "r1 CreateReplacement", "r2 Create"];
    assert_old_serves(Faulty::Permanent, "update route", &expected).await;
}

#[tokio::test]
async fn a_route_that_was_half_changed_is_changed_back() {
    let place = Place::new();
    let old = service("v1", &["r0", "r1"]);
    place.deploy(&old).await;
    let before = place.disk.all();
    let once = std::sync::atomic::AtomicBool::new(true);
    let fault = move |_: usize, call: &str| {
        let first =
            call == "update route" && once.swap(false, std::sync::atomic::Ordering::Relaxed);
        first.then_some(Faulty::Half)
    };
    let new = service("v2", &["r0", "r1", "r2"]);
    let outcome = place.deploy_with(&place.faulty(fault), &new).await.unwrap();
    assert_eq!(outcome.undone[0].steps[0].urn, file("route"), "before what it stands on");
    let expected = ["r0 CreateReplacement", "r1 CreateReplacement", "r2 Create", "route Update"];
    assert_eq!(undone(&outcome), expected);
    assert_eq!(place.disk.all(), before);
}

#[tokio::test]
async fn a_seat_is_given_back_to_who_had_it() {
    let place = Place::new();
    let graph = |version: &str| {
        Declare::new().component("c").seat("s", &[("place", version.into())]).build()
    };
    place.deploy(&graph("v1")).await;
    let once = std::sync::atomic::AtomicBool::new(true);
    let fault = move |_: usize, call: &str| {
        let first = call == "create s" && once.swap(false, std::sync::atomic::Ordering::Relaxed);
        first.then_some(Faulty::Half)
    };
    let outcome = place.deploy_with(&place.faulty(fault), &graph("v2")).await.unwrap();
    assert_eq!(undone(&outcome), ["s CreateReplacement", "s DeleteReplaced"]);
    assert!(outcome.undone[0].old_serves);
    place.assert_is(&graph("v1"), "the old one sits again").await;
}

#[tokio::test]
async fn what_is_new_stays_as_far_as_it_got() {
    let place = Place::new();
    let graph = service("v1", &["r0", "r1"]);
    let engine = place.faulty(failing("create r1", Faulty::Permanent));
    let outcome = place.deploy_with(&engine, &graph).await.unwrap();
    assert_eq!(outcome.end, End::Failed);
    assert!(outcome.undone.is_empty());
    assert_eq!(place.texts(), ["r0=v1"]);
    let outcome = place.deploy(&graph).await;
    assert_eq!((outcome.end, outcome.done.create), (End::Done, 2));
    place.assert_is(&graph, "went on").await;
}

#[tokio::test]
async fn another_component_goes_on() {
    let place = Place::new();
    let graph = |version: &str| {
        let version = || Value::from(version);
        Declare::new()
            .component("one")
            .file("a", &[("text", version())])
            .component("two")
            .file("b", &[("text", version())])
            .build()
    };
    place.deploy(&graph("v1")).await;
    let engine = place.faulty(failing("update a", Faulty::Permanent));
    let outcome = place.deploy_with(&engine, &graph("v2")).await.unwrap();
    assert_eq!(outcome.end, End::Failed);
    assert_eq!(place.texts(), ["a=v1", "b=v2"]);
}

#[tokio::test]
async fn who_was_changed_to_fit_is_changed_back() {
    let place = Place::new();
    let graph = |version: &str| {
        Declare::new()
            .component("one")
            .file("a", &[("place", version.into())])
            .file("z", &[("text", Value::concat([version.into(), output(&file("b"), "text")]))])
            .component("two")
            .file("b", &[("text", output(&file("a"), "stamp"))])
            .build()
    };
    place.deploy(&graph("v1")).await;
    let before = place.disk.all();
    let engine = place.faulty(failing("update z", Faulty::Permanent));
    let outcome = place.deploy_with(&engine, &graph("v2")).await.unwrap();
    assert_eq!(undone(&outcome), ["a CreateReplacement", "b Update"]);
    assert_eq!(place.disk.all(), before);
    place.assert_is(&graph("v1"), "as before").await;
}

#[tokio::test]
async fn what_the_old_version_uses_again_is_not_deleted() {
    let place = Place::new();
    let old = Declare::new()
        .file("config", &[("text", "v1".into())])
        .component("c")
        .file("a", &[("text", output(&file("config"), "text"))])
        .file("z", &[("text", "v1".into())])
        .build();
    place.deploy(&old).await;
    let new = Declare::new()
        .component("c")
        .file("a", &[("text", "v2".into())])
        .file("z", &[("text", "v2".into())])
        .build();
    let engine = place.faulty(failing("update z", Faulty::Permanent));
    let outcome = place.deploy_with(&engine, &new).await.unwrap();
    assert_eq!(undone(&outcome), ["a Update"]);
    place.assert_is(&old, "as before").await;
    place.deploy(&new).await;
    place.assert_is(&new, "next time").await;
}
