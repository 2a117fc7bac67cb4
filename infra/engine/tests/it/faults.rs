//! Each call of the provider made to go wrong, one at a time.

use goodgo_engine::{End, Outcome};
use goodgo_model::{Graph, Value};

use crate::harness::{Declare, Place, file, output};
use crate::world::Faulty;

/// Creates, an update, replaces of both kinds and deletes, all depending on one another.
pub(crate) fn before() -> Graph {
    Declare::new()
        .component("c")
        .file("kept", &[("text", "same".into())])
        .file("updated", &[("text", "one".into())])
        .file("moved", &[("place", "x".into()), ("text", output(&file("kept"), "stamp"))])
        .seat("seat", &[("place", "x".into())])
        .file("route", &[("text", output(&file("moved"), "stamp"))])
        .file("gone", &[("text", output(&file("updated"), "text"))])
        .build()
}

/// What [`before`] is changed to.
pub(crate) fn after() -> Graph {
    let password = Value::from("hunter2!").secret();
    Declare::new()
        .component("c")
        .file("kept", &[("text", "same".into())])
        .file("updated", &[("text", "two".into()), ("password", password)])
        .file("moved", &[("place", "y".into()), ("text", output(&file("kept"), "stamp"))])
        .seat("seat", &[("place", "y".into()), ("text", output(&file("updated"), "text"))])
        .file("route", &[("text", output(&file("moved"), "stamp"))])
        .file("new", &[("text", output(&file("route"), "text"))])
        .build()
}

/// Deploys with the fault in the call of that number; `None` when there was no such call.
async fn deploy(place: &Place, number: usize, fault: Faulty, graph: &Graph) -> Option<Outcome> {
    let reached = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told = reached.clone();
    let engine = place.faulty(move |call, _| {
        let now = call == number;
        told.fetch_or(now, std::sync::atomic::Ordering::Relaxed);
        now.then_some(fault)
    });
    let outcome = place.deploy_with(&engine, graph).await.unwrap();
    reached.load(std::sync::atomic::Ordering::Relaxed).then_some(outcome)
}

async fn each_call(fault: Faulty, check: impl Fn(&Outcome, &str)) {
    let mut number = 0;
    loop {
        let context = format!("{fault:?} in call {number}");
        let place = Place::new();
        place.deploy(&before()).await;
        let Some(outcome) = deploy(&place, number, fault, &after()).await else { break };
        check(&outcome, &context);
        let again = place.deploy(&after()).await;
        assert_eq!(again.end, End::Done, "{context}: {:?}", again.failures);
        place.assert_is(&after(), &context).await;
        assert_eq!(place.destroy().await.end, End::Done, "{context}");
        place.assert_empty(&context).await;
        number += 1;
    }
    assert!(number >= 8, "only {number} calls");
}

fn failed(outcome: &Outcome, context: &str) {
    assert_eq!(outcome.end, End::Failed, "{context}");
    assert_eq!(outcome.failures.len(), 1, "{context}: {:?}", outcome.failures);
    let kept = outcome.undone.iter().all(|one| one.old_serves && one.failures.is_empty());
    assert!(kept, "{context}: {:?}", outcome.undone);
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again() {
    each_call(Faulty::Transient, |outcome, context| {
        assert_eq!(outcome.end, End::Done, "{context}: {:?}", outcome.failures);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_stays_is_undone_and_the_next_run_converges() {
    each_call(Faulty::Permanent, failed).await;
}

#[tokio::test(start_paused = true)]
async fn what_breaks_half_way_is_undone_and_the_next_run_converges() {
    each_call(Faulty::Half, failed).await;
}

#[tokio::test(start_paused = true)]
async fn what_hangs_is_dropped_undone_and_the_next_run_converges() {
    each_call(Faulty::Hang, |outcome, context| {
        failed(outcome, context);
        let message = &outcome.failures[0].message;
        assert!(message.starts_with("not done after"), "{context}: {message}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_panics_is_an_error_and_the_next_run_converges() {
    each_call(Faulty::Panic, failed).await;
}

/// In an environment that is new, what was made stays, and what is half made is finished.
#[tokio::test(start_paused = true)]
async fn a_first_deploy_is_continued() {
    for fault in [Faulty::Permanent, Faulty::Half, Faulty::Hang, Faulty::Panic] {
        for number in 0..6 {
            let context = format!("{fault:?} in call {number}");
            let place = Place::new();
            let outcome = deploy(&place, number, fault, &before()).await.unwrap();
            assert_eq!(outcome.end, End::Failed, "{context}");
            assert!(outcome.undone.is_empty(), "{context}: {:?}", outcome.undone);
            assert_eq!(place.deploy(&before()).await.end, End::Done, "{context}");
            place.assert_is(&before(), &context).await;
        }
    }
}

/// What is half made goes when it is not wanted any more, and is made anew when it is wanted
/// otherwise.
#[tokio::test(start_paused = true)]
async fn what_is_half_made_can_still_be_changed_or_removed() {
    let graph = |text: &str| {
        let inputs = [("text", text.into()), ("place", text.into())];
        Declare::new().file("file", &inputs).seat("seat", &inputs).build()
    };
    for fault in [Faulty::Half, Faulty::Hang] {
        for number in 0..2 {
            let context = format!("{fault:?} in call {number}");
            let place = Place::new();
            deploy(&place, number, fault, &graph("one")).await.unwrap();
            assert_eq!(place.deploy(&graph("two")).await.end, End::Done, "{context}");
            place.assert_is(&graph("two"), &context).await;
            let place = Place::new();
            deploy(&place, number, fault, &graph("one")).await.unwrap();
            assert_eq!(place.destroy().await.end, End::Done, "{context}");
            place.assert_empty(&context).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_resource_may_set_its_own_limit() {
    let limit = std::time::Duration::from_secs(3);
    let graph = Declare::new()
        .file("file", &[])
        .with(|file| file.options.timeouts.create = Some(limit))
        .build();
    let started = tokio::time::Instant::now();
    let outcome = deploy(&Place::new(), 0, Faulty::Hang, &graph).await.unwrap();
    assert_eq!(outcome.failures[0].message, "not done after 3s");
    assert_eq!(started.elapsed().as_secs(), 3);
}
