//! What is kept of a plan, and what makes it void. Secrets are nowhere in it.

mod common;

use common::{World, graph, thing};
use goodgo_model::{Graph, Value};
use goodgo_plan::{Moved, SavedPlan, SavedPlanError};

fn shop(color: &str, password: &str) -> Graph {
    let password = Value::from(password).secret();
    graph([
        thing("db").set("color", color).set("password", password.clone()),
        thing("app").set("urls", Value::list([Value::concat(["pg:".into(), password])])),
    ])
}

#[test]
fn a_saved_plan_holds_until_something_moves() {
    let mut world = World::of(&shop("red", "one"));
    let plan = world.plan(&shop("blue", "one")).unwrap();
    let saved = SavedPlan::decode(&SavedPlan::new(&plan).encode()).unwrap();
    assert_eq!(saved.verify(&world.plan(&shop("blue", "one")).unwrap()), Ok(()));

    let other = world.plan(&shop("green", "one")).unwrap();
    assert!(
        matches!(saved.verify(&other), Err(Moved::Declaration(steps)) if steps == ["update db"])
    );

    world.drift("app", |seen| drop(seen.inputs.insert("color".into(), "grey".into())));
    let moved = saved.verify(&world.plan(&shop("blue", "one")).unwrap()).unwrap_err();
    insta::assert_snapshot!(moved, @"the world has changed since the plan was made (same app, update app); make it again");

    world.state.serial += 1;
    let later = world.plan(&shop("blue", "one")).unwrap();
    assert_eq!(saved.verify(&later), Err(Moved::State { saved: 1, now: 2 }));
}

#[test]
fn what_is_no_saved_plan_is_refused() {
    assert!(matches!(SavedPlan::decode(b"{\"version\":"), Err(SavedPlanError::Unreadable(_))));
    let plan = World::default().plan(&shop("red", "one")).unwrap();
    let newer = SavedPlan { version: 2, ..SavedPlan::new(&plan) };
    assert!(matches!(SavedPlan::decode(&newer.encode()), Err(SavedPlanError::Version(2))));
}

#[test]
fn no_secret_is_shown_kept_or_digested() {
    let world = World::of(&shop("red", "hunter2"));
    let plan = world.plan(&shop("red", "hunter3")).unwrap();
    let kept = String::from_utf8(SavedPlan::new(&plan).encode()).unwrap();
    assert!(kept.contains("password"), "its change is shown");
    assert!(!kept.contains("hunter"), "its value is not");
    assert!(!format!("{plan:?}").contains("hunter"));
    let other = world.plan(&shop("red", "hunter4")).unwrap();
    assert_eq!(plan.basis, other.basis);
    assert_eq!(plan.fingerprint(), other.fingerprint());
}

#[test]
fn a_plan_reads_well_as_json() {
    let world = World::of(&graph([thing("db").set("size", 1_u16).at(7)]));
    let plan = world.plan(&graph([thing("db").set("size", 2_u16).at(7)])).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&plan.view().steps[0]).unwrap(), @r#"
    {
      "step": 0,
      "operation": "create-replacement",
      "urn": "urn:pulumi:local::shop::test:index:Thing::db",
      "type": "test:index:Thing",
      "name": "db",
      "location": "main.rs:7",
      "id": "id-1",
      "reasons": [
        {
          "replaced-for": "size"
        },
        "changed"
      ],
      "changes": [
        {
          "path": "size",
          "old": 1,
          "new": 2
        }
      ],
      "effect": "restart",
      "risks": [
        {
          "kind": "data-loss",
          "message": "what is in it is lost"
        }
      ]
    }
    "#);
}
