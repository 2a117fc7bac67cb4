//! Ctrl-C, once and twice.

use goodgo_engine::{Cancel, End, Error, Options};
use goodgo_model::Graph;

use crate::harness::{Declare, Place, file, output, stop_at};
use crate::world::Faulty;

fn chain() -> Graph {
    Declare::new()
        .file("a", &[("text", "one".into())])
        .file("b", &[("text", output(&file("a"), "stamp"))])
        .file("c", &[("text", output(&file("b"), "stamp"))])
        .build()
}

#[tokio::test]
async fn once_lets_the_running_step_finish_and_starts_no_other() {
    let place = Place::new();
    let engine = stop_at(place.engine(), &Cancel::new(), "b", 1);
    let outcome = place.deploy_with(&engine, &chain()).await.unwrap();
    assert_eq!((outcome.end, outcome.done.create), (End::Stopped, 2));
    assert_eq!(outcome.skipped[0].urn, file("c"));
    let state = place.state().await;
    assert_eq!((state.resources.len(), state.pending.len()), (2, 0));
    place.deploy(&chain()).await;
    place.assert_is(&chain(), "went on").await;
}

#[tokio::test]
async fn twice_drops_the_running_step_and_the_state_knows_it() {
    let place = Place::new();
    let hangs = place.faulty(|_, call| (call == "create b").then_some(Faulty::Hang));
    let engine = stop_at(hangs, &Cancel::new(), "b", 2);
    let outcome = place.deploy_with(&engine, &chain()).await.unwrap();
    assert_eq!((outcome.end, outcome.done.create), (End::Stopped, 1));
    assert!(outcome.failures.is_empty() && outcome.undone.is_empty());
    let state = place.state().await;
    assert_eq!((state.resources.len(), state.pending.len()), (1, 1));
    place.deploy(&chain()).await;
    place.assert_is(&chain(), "went on").await;
}

#[tokio::test]
async fn before_anything_began_nothing_does() {
    let place = Place::new();
    let cancel = Cancel::new();
    cancel.request();
    let engine = place.engine().cancel(cancel.clone());
    let outcome = place.deploy_with(&engine, &chain()).await.unwrap();
    assert_eq!(outcome.end, End::Stopped);
    place.assert_empty("stopped").await;
    place.deploy(&chain()).await;
    cancel.request();
    let state = place.state().await;
    let error = engine.preview(&chain(), &state, &Options::default()).await.unwrap_err();
    assert!(matches!(error, Error::Stopped));
}
