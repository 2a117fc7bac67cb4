//! What a run does when nothing goes wrong.

use goodgo_engine::{Confirm, End, Error, Event, Options, Yes};
use goodgo_model::{Graph, Value};
use goodgo_plan::{Operation, Plan, SavedPlan};

use crate::harness::{Declare, Heard, Place, component_urn, file, output};

fn pair(text: &str, place: &str) -> Graph {
    Declare::new()
        .component("c")
        .with(|c| {
            c.outputs = [("stamp".into(), output(&file("a"), "stamp"))].into_iter().collect();
        })
        .file("a", &[("text", text.into()), ("place", place.into())])
        .file("b", &[("text", Value::concat(["of ".into(), output(&file("a"), "text")]))])
        .build()
}

#[tokio::test]
async fn outputs_flow_and_a_second_deploy_does_nothing() {
    let place = Place::new();
    let outcome = place.deploy(&pair("one", "x")).await;
    assert_eq!((outcome.end, outcome.done.create), (End::Done, 3));
    assert_eq!(place.texts(), ["a=one", "b=of one"]);
    place.assert_is(&pair("one", "x"), "first").await;
    let serial = place.state().await.serial;
    let again = place.deploy(&pair("one", "x")).await;
    assert!(again.plan.is_empty());
    assert_eq!(place.state().await.serial, serial);
}

#[tokio::test]
async fn an_update_goes_through_to_what_uses_it() {
    let place = Place::new();
    place.deploy(&pair("one", "x")).await;
    let outcome = place.deploy(&pair("two", "x")).await;
    assert_eq!((outcome.end, outcome.done.update), (End::Done, 2));
    assert_eq!(place.texts(), ["a=two", "b=of two"]);
    place.assert_is(&pair("two", "x"), "updated").await;
}

#[tokio::test]
async fn a_component_gives_out_what_its_children_became() {
    let place = Place::new();
    place.deploy(&pair("one", "x")).await;
    let outcome = place.deploy(&pair("one", "y")).await;
    assert_eq!((outcome.end, outcome.done.replace), (End::Done, 1));
    let state = outcome.state;
    let of = |urn| state.resources.iter().find(|one| one.urn == urn).unwrap().outputs.clone();
    let stamp = of(component_urn("c"))["stamp"].clone();
    assert_eq!(stamp, of(file("a"))["stamp"]);
    assert!(stamp.as_str().unwrap().ends_with("/y"));
    place.assert_is(&pair("one", "y"), "replaced").await;
}

#[tokio::test]
async fn drift_is_mended_and_what_is_gone_is_made_again() {
    let place = Place::new();
    let graph = pair("one", "x");
    place.deploy(&graph).await;
    let mut things = place.disk.all();
    things[0].inputs.insert("text".into(), "somebody was here".into());
    place.disk.put(&things[0]);
    place.disk.remove(&things[1].id);
    let plan = place.preview(&graph).await;
    let operations: Vec<_> = plan.changes().map(|step| step.operation).collect();
    assert_eq!(operations, [Operation::Update, Operation::Create]);
    place.deploy(&graph).await;
    place.assert_is(&graph, "mended").await;
}

#[tokio::test]
async fn a_refresh_records_what_it_sees_and_changes_nothing() {
    let place = Place::new();
    let graph = pair("one", "x");
    place.deploy(&graph).await;
    let mut things = place.disk.all();
    things[0].inputs.insert("text".into(), "somebody was here".into());
    place.disk.put(&things[0]);
    place.disk.remove(&things[1].id);
    let session = place.session().await;
    let outcome = place.engine().refresh(&session, &Options::default(), &Yes).await.unwrap();
    session.finish().await.unwrap();
    assert_eq!((outcome.done.refresh, outcome.done.forget), (1, 1));
    assert_eq!(place.texts(), ["a=somebody was here"]);
    assert_eq!(place.state().await.resources.len(), 2);
    place.deploy(&graph).await;
    place.assert_is(&graph, "mended").await;
}

#[tokio::test]
async fn secrets_are_not_in_events() {
    let place = Place::new();
    let graph = Declare::new()
        .file("a", &[("password", Value::from("hunter2!").secret())])
        .file("b", &[("text", output(&file("a"), "password"))])
        .build();
    let heard = Heard::default();
    place.deploy_with(&heard.by(place.engine()), &graph).await.unwrap();
    let events = serde_json::to_string(&heard.events()).unwrap();
    assert!(!events.contains("hunter2!"), "{events}");
    assert!(events.contains(r#""event":"step-succeeded","step":1"#), "{events}");
    assert!(events.contains(r#""operation":"create","location":"env.rs:7""#), "{events}");
}

#[tokio::test]
async fn destroy_leaves_nothing() {
    let place = Place::new();
    place.deploy(&pair("one", "x")).await;
    let outcome = place.destroy().await;
    assert_eq!((outcome.end, outcome.done.delete), (End::Done, 3));
    place.assert_empty("destroyed").await;
}

struct No;

#[async_trait::async_trait]
impl Confirm for No {
    async fn confirm(&self, _plan: &Plan) -> bool {
        false
    }
}

#[tokio::test]
async fn nothing_happens_when_a_person_says_no() {
    let place = Place::new();
    let session = place.session().await;
    let engine = place.engine();
    let outcome =
        engine.deploy(&pair("one", "x"), &session, &Options::default(), &No).await.unwrap();
    assert_eq!(outcome.end, End::Declined);
    drop(session);
    place.assert_empty("declined").await;
}

#[tokio::test]
async fn a_saved_plan_is_refused_when_the_world_has_moved() {
    let place = Place::new();
    place.deploy(&pair("one", "x")).await;
    let graph = pair("two", "x");
    let options =
        Options { saved: Some(SavedPlan::new(&place.preview(&graph).await)), ..Options::default() };
    let mut thing = place.disk.all().remove(0);
    thing.inputs.insert("text".into(), "moved".into());
    place.disk.put(&thing);
    let session = place.session().await;
    let error = place.engine().deploy(&graph, &session, &options, &Yes).await.unwrap_err();
    assert!(matches!(error, Error::Moved(_)), "{error}");
    thing.inputs.insert("text".into(), "one".into());
    place.disk.put(&thing);
    let outcome = place.engine().deploy(&graph, &session, &options, &Yes).await.unwrap();
    assert_eq!(outcome.end, End::Done);
}

#[tokio::test]
async fn without_refresh_the_state_is_taken_for_true() {
    let place = Place::new();
    let graph = pair("one", "x");
    place.deploy(&graph).await;
    let thing = place.disk.all().remove(0);
    place.disk.remove(&thing.id);
    let heard = Heard::default();
    let engine = heard.by(place.engine());
    let options = Options { refresh: false, ..Options::default() };
    let plan = engine.preview(&graph, &place.state().await, &options).await.unwrap();
    assert!(plan.is_empty());
    let looked = heard.events().iter().any(|event| matches!(event, Event::RefreshProgress { .. }));
    assert!(!looked);
}

#[tokio::test]
async fn a_replace_that_turns_out_to_be_needless_is_not_done() {
    let place = Place::new();
    let graph = |text: &str, place: &str| {
        Declare::new()
            .file("a", &[("text", text.into()), ("place", place.into())])
            .file("b", &[("place", output(&file("a"), "stamp"))])
            .build()
    };
    place.deploy(&graph("one", "x")).await;
    let before = place.disk.all();
    let outcome = place.deploy(&graph("two", "x")).await;
    assert_eq!(outcome.end, End::Done);
    assert_eq!(place.disk.all()[1], before[1]);
    place.assert_is(&graph("two", "x"), "b stayed").await;
}
