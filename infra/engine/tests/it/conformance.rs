//! The provider of these tests keeps the promises on which the engine relies.

use goodgo_model::{Map, Type, Value};
use goodgo_provider::conformance::{self, Case};

use crate::harness::Place;
use crate::world::{FILE, SEAT};

fn inputs(text: &str, place: &str) -> Map {
    let secret = Value::from("hunter2!").secret();
    let pairs = [("text", text.into()), ("place", place.into()), ("password", secret)];
    pairs.into_iter().map(|(key, value)| (key.into(), value)).collect()
}

#[tokio::test]
async fn the_folder_keeps_its_promises() {
    let place = Place::new();
    let case = |kind: &str| Case {
        kind: Type::new(kind),
        inputs: inputs("a", "here"),
        update: Some(inputs("b", "here")),
        replace: Some(inputs("a", "there")),
    };
    let broken = conformance::check(&place.folder(), &[case(FILE), case(SEAT)]).await;
    assert!(broken.is_empty(), "{}", conformance::report(&broken));
    assert!(place.disk.all().is_empty());
}
