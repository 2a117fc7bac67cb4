//! What the planner decides, scenario by scenario, as a reader of a plan would check it.

mod common;

use common::{World, errors, graph, group, registry, render, thing, urn};
use goodgo_model::{Existing, Graph, Value};
use goodgo_plan::{Observation, Request, refresh_only};

/// `db` stands alone, `app` uses its address.
fn shop(color: &str, size: u16) -> Graph {
    graph([
        thing("db").set("size", size).at(1),
        thing("app").set("color", color).from("db", "db", "address").at(2),
    ])
}

fn preview(world: &World, graph: &Graph) -> String {
    match world.plan(graph) {
        Ok(plan) => render(&plan),
        Err(error) => errors(&error),
    }
}

#[test]
fn what_is_new_is_created_in_order() {
    insta::assert_snapshot!(preview(&World::default(), &shop("red", 1)), @r#"
    0 create db [new]
         color: - -> "blue"
         size: - -> 1
    1 create app [new] after [0]
         color: - -> "red"
         db: - -> [unknown]
    "#);
}

#[test]
fn what_did_not_change_stays_and_is_not_even_rewritten() {
    insta::assert_snapshot!(preview(&World::of(&shop("red", 1)), &shop("red", 1)), @r"
    0 same db
    1 same app after [0]
    ");
}

#[test]
fn an_update_in_place_leaves_dependents_alone() {
    let declared = |label: &str| {
        graph([thing("db").set("label", label), thing("app").from("db", "db", "address")])
    };
    insta::assert_snapshot!(preview(&World::of(&declared("a")), &declared("b")), @r#"
    0 update db [changed] Restart!
         label: "a" -> "b"
    1 same app after [0]
    "#);
}

#[test]
fn a_replace_creates_first_and_deletes_when_nothing_uses_the_old_one() {
    insta::assert_snapshot!(preview(&World::of(&shop("red", 1)), &shop("red", 2)), @r#"
    0 create-replacement db [for size, changed] Restart! risk: what is in it is lost
         size: 1 -> 2
    1 update app [changed] Restart! after [0]
         db: "at id-1" -> [unknown]
    2 delete-replaced db [for size, changed] risk: its data goes with it after [0, 1]
    "#);
}

#[test]
fn when_the_old_one_goes_first_what_stands_on_it_goes_before() {
    let declared = |slot: u16| {
        graph([
            thing("net").set("label", "n"),
            thing("db").set("slot", slot).from("net", "net", "label"),
            thing("role").from("on", "db", "address"),
            thing("app").from("role", "role", "address"),
            thing("other").needs("db"),
        ])
    };
    insta::assert_snapshot!(preview(&World::of(&declared(1)), &declared(2)), @r#"
    0 same net
    1 delete-replaced role [without db, for on, changed] after [0]
    2 delete-replaced db [for slot, changed] after [0, 1]
    3 create-replacement db [for slot, changed] Restart! after [0, 2]
         slot: 1 -> 2
    4 same other after [3]
    5 create-replacement role [without db, for on, changed] Restart! after [1, 3]
         on: "at id-2" -> [unknown]
    6 update app [changed] Restart! after [5]
         role: "at id-4" -> [unknown]
    "#);
}

#[test]
fn what_stood_on_a_replaced_one_goes_first_even_if_the_declaration_forgot_it() {
    // `side` used to stand on `db`; it is replaced for a reason of its own.
    let before = graph([
        thing("db").set("slot", 1_u16),
        thing("side").from("on", "db", "address").set("size", 1_u16),
    ]);
    let after = graph([thing("db").set("slot", 2_u16), thing("side").set("size", 2_u16)]);
    insta::assert_snapshot!(preview(&World::of(&before), &after), @r#"
    0 delete-replaced side [without db, for on, for size, changed] risk: its data goes with it
    1 delete-replaced db [for slot, changed] after [0]
    2 create-replacement db [for slot, changed] Restart! after [1]
         slot: 1 -> 2
    3 create-replacement side [without db, for on, for size, changed] Restart! risk: what is in it is lost after [0]
         on: "at id-1" -> -
         size: 1 -> 2
    "#);
}

#[test]
fn what_is_removed_and_stood_on_a_replaced_one_goes_before_it() {
    let before = graph([
        thing("vpc").set("slot", 1_u16),
        thing("subnet").from("vpc", "vpc", "address"),
        thing("app").from("subnet", "subnet", "address"),
    ]);
    let after =
        graph([thing("vpc").set("slot", 2_u16), thing("app").from("subnet", "vpc", "address")]);
    insta::assert_snapshot!(preview(&World::of(&before), &after), @r#"
    0 delete subnet [removed] Outage!
    1 delete-replaced vpc [for slot, changed] after [0]
    2 create-replacement vpc [for slot, changed] Restart! after [1]
         slot: 1 -> 2
    3 update app [changed] Restart! after [2]
         subnet: "at id-2" -> [unknown]
    "#);
}

#[test]
fn the_declaration_may_turn_the_order_of_a_replace() {
    let declared = |size: u16, slot: u16| {
        graph([
            thing("a").set("size", size).with(|it| it.delete_before_replace = Some(true)),
            thing("b").set("slot", slot).with(|it| it.delete_before_replace = Some(false)),
        ])
    };
    insta::assert_snapshot!(preview(&World::of(&declared(1, 1)), &declared(2, 2)), @r"
    0 create-replacement b [for slot, changed] Restart!
         slot: 1 -> 2
    1 delete-replaced a [for size, changed] risk: its data goes with it
    2 create-replacement a [for size, changed] Restart! risk: what is in it is lost after [1]
         size: 1 -> 2
    3 delete-replaced b [for slot, changed] after [0]
    ");
}

#[test]
fn what_is_not_declared_any_more_is_deleted_dependents_first() {
    let before = graph([
        thing("db").set("size", 1_u16),
        thing("cache").from("db", "db", "address"),
        thing("app").from("cache", "cache", "address"),
    ]);
    insta::assert_snapshot!(preview(&World::of(&before), &graph([thing("app")])), @r#"
    0 update app [changed] Restart!
         cache: "at id-2" -> -
    1 delete cache [removed] Outage! after [0]
    2 delete db [removed] Outage! risk: its data goes with it after [1]
    "#);
}

#[test]
fn drift_is_told_from_intent() {
    let mut world = World::of(&shop("red", 1));
    world.drift("app", |seen| drop(seen.inputs.insert("color".into(), "green".into())));
    insta::assert_snapshot!(preview(&world, &shop("red", 1)), @r#"
    0 same db
    1 update app [drifted] Restart! after [0]
         color: "green" -> "red"
    "#);
    insta::assert_snapshot!(preview(&world, &shop("white", 1)), @r#"
    0 same db
    1 update app [changed, drifted] Restart! after [0]
         color: "green" -> "white"
    "#);
    // The world came to be as it is declared: only the record is behind.
    insta::assert_snapshot!(preview(&world, &shop("green", 1)), @r"
    0 same db
    1 same app rewritten after [0]
    ");
}

#[test]
fn what_is_gone_is_made_again() {
    let mut world = World::of(&shop("red", 1));
    world.lose("db");
    insta::assert_snapshot!(preview(&world, &shop("red", 1)), @r#"
    0 create db [gone]
         color: - -> "blue"
         size: - -> 1
    1 update app [changed] Restart! after [0]
         db: "at id-1" -> [unknown]
    "#);
    insta::assert_snapshot!(preview(&world, &graph([])), @r"
    0 delete app [removed] Outage!
    1 forget db [removed, gone] after [0]
    ");
}

#[test]
fn what_stands_half_is_finished() {
    let mut world = World::of(&shop("red", 1));
    world.drift("db", |seen| seen.complete = false);
    world.rewrite("app", |existing| existing.incomplete = true);
    insta::assert_snapshot!(preview(&world, &shop("red", 1)), @r"
    0 update db [incomplete]
    1 update app [incomplete] after [0]
    ");
    insta::assert_snapshot!(preview(&world, &shop("red", 2)), @r#"
    0 create-replacement db [for size, incomplete, changed] Restart! risk: what is in it is lost
         size: 1 -> 2
    1 update app [incomplete, changed] Restart! after [0]
         db: "at id-1" -> [unknown]
    2 delete-replaced db [for size, incomplete, changed] risk: its data goes with it after [0, 1]
    "#);
}

#[test]
fn an_old_generation_that_was_left_is_deleted() {
    let mut world = World::of(&shop("red", 1));
    let old =
        Existing { id: "id-0".to_owned(), delete: true, ..Existing::clone(world.existing("db")) };
    world.state.resources.push(old.into());
    insta::assert_snapshot!(preview(&world, &shop("red", 1)), @r"
    0 same db
    1 same app after [0]
    2 delete-replaced db [incomplete] risk: its data goes with it
    ");
}

#[test]
fn ignored_changes_are_not_acted_upon() {
    let declared = |color: &str, tag: &str| {
        let tags = Value::map([("a", Value::from(tag)), ("b", "kept".into())]);
        graph([thing("app").set("color", color).set("tags", tags).with(|it| {
            it.ignore_changes = vec!["color".into(), "tags.a".into()];
        })])
    };
    let mut world = World::of(&declared("red", "x"));
    insta::assert_snapshot!(preview(&world, &declared("blue", "y")), @r"0 same app");
    world.drift("app", |seen| drop(seen.inputs.remove("color")));
    insta::assert_snapshot!(preview(&world, &declared("blue", "y")), @r"0 same app rewritten");
}

#[test]
fn the_declaration_may_force_a_replace() {
    let declared = |color: &str| {
        graph([thing("app").set("color", color).with(|it| {
            it.replace_on_changes = vec!["color".into()];
        })])
    };
    insta::assert_snapshot!(preview(&World::of(&declared("red")), &declared("blue")), @r#"
    0 create-replacement app [for color, changed] Restart!
         color: "red" -> "blue"
    1 delete-replaced app [for color, changed] after [0]
    "#);
}

#[test]
fn a_person_may_ask_for_a_replace() {
    let mut world = World::of(&shop("red", 1));
    world.options.replace = vec!["app".to_owned()];
    insta::assert_snapshot!(preview(&world, &shop("red", 1)), @r"
    0 same db
    1 create-replacement app [asked] after [0]
    2 delete-replaced app [asked] after [1]
    ");
}

#[test]
fn a_rename_keeps_the_thing() {
    let world = World::of(&graph([
        thing("old").set("size", 1_u16),
        thing("app").from("db", "old", "address"),
    ]));
    let renamed = |color: &str| {
        graph([
            thing("new")
                .set("size", 1_u16)
                .set("color", color)
                .with(|it| it.aliases = vec![urn("old")]),
            thing("app").from("db", "new", "address"),
        ])
    };
    insta::assert_snapshot!(preview(&world, &renamed("blue")), @r"
    0 same new (was old) rewritten
    1 same app rewritten after [0]
    ");
    insta::assert_snapshot!(preview(&world, &renamed("red")), @r#"
    0 update new (was old) [changed] Restart!
         color: "blue" -> "red"
    1 same app rewritten after [0]
    "#);
}

#[test]
fn children_follow_the_rename_of_their_component() {
    let before = graph([group("pg"), thing("pg-data").inside("pg"), thing("pg-log").inside("pg")]);
    let after = graph([
        group("db").with(|it| it.aliases = vec![common::group_urn("pg")]),
        thing("db-data").inside("db"),
        thing("pg-log").inside("db"),
    ]);
    insta::assert_snapshot!(preview(&World::of(&before), &after), @r"
    0 same db (was pg) rewritten
    1 same db-data (was pg-data) rewritten after [0]
    2 same pg-log rewritten after [0]
    ");
}

#[test]
fn what_is_retained_is_only_forgotten() {
    let retained =
        |size: u16| graph([thing("db").set("size", size).with(|it| it.retain_on_delete = true)]);
    let world = World::of(&retained(1));
    insta::assert_snapshot!(preview(&world, &graph([])), @r"0 forget db [removed]");
    insta::assert_snapshot!(preview(&world, &retained(2)), @r"
    0 create-replacement db [for size, changed] Restart! risk: what is in it is lost
         size: 1 -> 2
    1 forget db [for size, changed] after [0]
    ");
}

#[test]
fn what_exists_is_imported() {
    let declared = graph([
        thing("db").set("color", "red").with(|it| it.import = Some("db-7".to_owned())),
        thing("app").from("db", "db", "address"),
    ]);
    let mut world = World::default();
    insta::assert_snapshot!(preview(&world, &declared), @r#"
    0 import db [new]
    1 create app [new] after [0]
         color: - -> "blue"
         db: - -> [unknown]
    "#);
    let seen = |size: Option<u16>| {
        let mut inputs = goodgo_model::Map::from([("color".into(), Value::from("blue"))]);
        inputs.extend(size.map(|size| ("size".into(), Value::from(size))));
        let outputs = goodgo_model::Map::from([("address".into(), "there".into())]);
        let id = "db-7".to_owned();
        let observed = goodgo_provider::Observed { id, inputs, outputs, complete: true };
        Observation::Observed(Box::new(observed))
    };
    world.observed.insert(urn("db"), "db-7", seen(None));
    insta::assert_snapshot!(preview(&world, &declared), @r#"
    0 import db [new] Restart!
         color: "blue" -> "red"
    1 create app [new] after [0]
         color: - -> "blue"
         db: - -> "there"
    "#);
    world.observed.insert(urn("db"), "db-7", seen(Some(3)));
    insta::assert_snapshot!(preview(&world, &declared), @r"Import: `db` imports `db-7`, which differs in `size` and cannot be changed in place (declare it as it is, and change it after the import)");
    world.observed.insert(urn("db"), "db-7", Observation::Gone);
    insta::assert_snapshot!(preview(&world, &declared), @r"Import: `db` imports `db-7`, and there is no such Thing (correct the id, or drop `import` to create it)");
}

#[test]
fn a_component_changes_with_what_it_passes_on() {
    let declared = |color: &str, size: u16| {
        graph([
            group("pg").passes("color", "db", "color").passes("address", "db", "address"),
            thing("db").set("color", color).set("size", size).inside("pg"),
            thing("app")
                .set("db", Value::Output { urn: common::group_urn("pg"), path: "address".into() }),
        ])
    };
    let world = World::of(&declared("red", 1));
    insta::assert_snapshot!(preview(&world, &declared("red", 1)), @r"
    0 same pg
    1 same db after [0]
    2 same app after [0, 1]
    ");
    insta::assert_snapshot!(preview(&world, &declared("blue", 1)), @r#"
    0 update pg [changed]
         color: "red" -> "blue"
    1 update db [changed] Restart! after [0]
         color: "red" -> "blue"
    2 same app after [0, 1]
    "#);
    insta::assert_snapshot!(preview(&world, &declared("red", 2)), @r#"
    0 same pg rewritten
    1 create-replacement db [for size, changed] Restart! risk: what is in it is lost after [0]
         size: 1 -> 2
    2 update app [changed] Restart! after [0, 1]
         db: "at id-2" -> [unknown]
    3 delete-replaced db [for size, changed] risk: its data goes with it after [1, 2]
    "#);
}

#[test]
fn only_a_place_that_moved_rewrites_the_record() {
    let world = World::of(&graph([thing("app").at(1)]));
    insta::assert_snapshot!(preview(&world, &graph([thing("app").at(2)])), @r"0 same app rewritten");
}

#[test]
fn the_refresh_plan_touches_the_state_alone() {
    let mut world = World::of(&shop("red", 1));
    world.drift("app", |seen| drop(seen.outputs.insert("address".into(), "moved".into())));
    world.lose("db");
    let (registry, graph) = (registry(), Graph::default());
    let plan = refresh_only(&Request {
        environment: "local",
        project: "shop",
        graph: &graph,
        snapshot: &world.state,
        observed: &world.observed,
        providers: registry.inspectors(),
        options: &world.options,
    });
    insta::assert_snapshot!(render(&plan.unwrap()), @r#"
    0 forget db [gone]
    1 refresh app [drifted]
         address: "at id-2" -> "moved"
    "#);
}
