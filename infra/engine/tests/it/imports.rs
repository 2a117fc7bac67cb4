//! Adopting what exists.

use goodgo_engine::{End, Error, Options, Yes};
use goodgo_model::Graph;
use goodgo_plan::Operation;

use crate::harness::{Declare, Place, file};
use crate::world::Thing;

fn declared() -> Graph {
    Declare::new().file("a", &[("text", "new".into())]).file("b", &[]).build()
}

fn existing(place: &Place) {
    let inputs = [("text".into(), "old".into())].into_iter().collect();
    let urn = file("a").to_string();
    place.disk.put(&Thing { id: "there".to_owned(), urn, inputs, complete: true });
}

#[tokio::test]
async fn what_exists_is_adopted_and_made_as_declared() {
    let place = Place::new();
    existing(&place);
    let session = place.session().await;
    let engine = place.engine();
    let outcome = engine
        .import(&declared(), &session, (&file("a"), "there"), &Options::default(), &Yes)
        .await
        .unwrap();
    session.finish().await.unwrap();
    assert_eq!(outcome.end, End::Done, "{:?}", outcome.failures);
    assert!(outcome.plan.changes().all(|step| step.operation == Operation::Import));
    assert_eq!(place.texts(), ["a=new"]);
    place.deploy(&declared()).await;
    place.assert_is(&declared(), "imported").await;
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_adopted() {
    let place = Place::new();
    let session = place.session().await;
    let engine = place.engine();
    let none = engine
        .import(&declared(), &session, (&file("a"), "nowhere"), &Options::default(), &Yes)
        .await;
    assert!(matches!(none, Err(Error::Plan(_))));
    let none = engine
        .import(&declared(), &session, (&file("z"), "there"), &Options::default(), &Yes)
        .await;
    assert!(matches!(none, Err(Error::NotDeclared(_))));
}
