//! `--target`, `--exclude`, destroy, and everything that stands against a plan.

mod common;

use common::{World, errors, graph, group, render, thing};
use goodgo_model::{Graph, GraphBuilder, Resource, Urn};

fn preview(world: &World, graph: &Graph) -> String {
    match world.plan(graph) {
        Ok(plan) => render(&plan),
        Err(error) => errors(&error),
    }
}

fn strings(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(|&pattern| pattern.to_owned()).collect()
}

/// Two components of two things each; `app` uses `db`.
fn platform(color: &str) -> Graph {
    let of = |name: &str, parent: &str| thing(name).inside(parent).set("color", color);
    graph([
        group("pg"),
        of("db", "pg"),
        of("role", "pg").from("on", "db", "address"),
        group("auth"),
        of("app", "auth").from("db", "role", "address"),
        of("log", "auth"),
    ])
}

#[test]
fn a_component_stands_for_all_in_it() {
    let mut world = World::of(&platform("red"));
    world.options.targets = strings(&["auth"]);
    insta::assert_snapshot!(preview(&world, &platform("blue")), @r#"
    0 same auth
    1 same pg
    2 same db after [1]
    3 update log [changed] Restart! after [0]
         color: "red" -> "blue"
    4 same role after [1, 2]
    5 update app [changed] Restart! after [0, 4]
         color: "red" -> "blue"
    "#);
    world.options.targets = strings(&["*"]);
    world.options.excludes = strings(&["auth", "urn:pulumi:*::role"]);
    insta::assert_snapshot!(preview(&world, &platform("blue")), @r#"
    0 same auth
    1 same pg
    2 update db [changed] Restart! after [1]
         color: "red" -> "blue"
    3 same log after [0]
    4 same role after [1, 2]
    5 same app after [0, 4]
    "#);
}

#[test]
fn a_target_brings_what_it_needs_and_does_not_exist() {
    let mut world = World::default();
    world.options.targets = strings(&["app"]);
    insta::assert_snapshot!(preview(&world, &platform("red")), @r#"
    0 create auth [new]
    1 create pg [new]
    2 create db [new] after [1]
         color: - -> "red"
    3 create role [new] after [1, 2]
         color: - -> "red"
         on: - -> [unknown]
    4 create app [new] after [0, 3]
         color: - -> "red"
         db: - -> [unknown]
    "#);
    world.options.excludes = strings(&["role"]);
    insta::assert_snapshot!(preview(&world, &platform("red")), @r"LeftOut: `app` needs `role`, which does not exist yet and is excluded (exclude `app` as well, or include `role`)");
}

#[test]
fn what_is_removed_and_not_targeted_stays() {
    let mut world = World::of(&platform("red"));
    world.options.targets = strings(&["log"]);
    insta::assert_snapshot!(preview(&world, &graph([group("auth"), thing("log").inside("auth")])), @r#"
    0 same auth
    1 update log [changed] Restart! after [0]
         color: "red" -> "blue"
    "#);
}

#[test]
fn what_others_still_need_is_not_deleted() {
    let mut world = World::of(&platform("red"));
    world.options.targets = strings(&["pg"]);
    world.options.destroy = true;
    insta::assert_snapshot!(preview(&world, &platform("red")), @r"StillNeeded: `role` would be deleted and `app`, which this plan leaves alone, still needs it (target `app` as well, or leave out both)");
}

#[test]
fn destroy_deletes_all_in_reverse_order() {
    let mut world = World::of(&platform("red"));
    world.options.destroy = true;
    insta::assert_snapshot!(preview(&world, &platform("red")), @r"
    0 delete app [removed] Outage!
    1 delete role [removed] Outage! after [0]
    2 delete log [removed] Outage!
    3 delete db [removed] Outage! after [1]
    4 delete pg [removed] after [1, 3]
    5 delete auth [removed] after [0, 2]
    ");
}

#[test]
fn every_problem_is_told_at_once() {
    let before = graph([
        thing("kept").set("size", 1_u16).protected().at(1),
        thing("gone").protected().at(2),
        thing("source").at(3),
    ]);
    let mut world = World::of(&before);
    world.options.targets = strings(&["*", "suorce"]);
    world.options.replace = strings(&["nothing-like-it"]);
    let mut after = GraphBuilder::new();
    let stranger = Urn::new("local", "shop", "azure:index:Blob", "blob");
    for declared in [
        thing("kept").set("size", 2_u16).protected().at(11),
        thing("source").at(13),
        thing("user").from("it", "source", "adress").at(14),
        thing("wrong").set("bad", true).at(15),
    ] {
        after.add(declared.0);
    }
    after.add(Resource::new(stranger, goodgo_model::Map::new()));
    insta::assert_snapshot!(preview(&world, &after.build().unwrap()), @r"
    NoMatch: --replace nothing-like-it matches nothing (give a URN, or the name of a resource or component; `*` stands for any text)
    NoMatch: --target suorce matches nothing (did you mean `source`?)
    NoProvider: `blob` is a azure:index:Blob, and no provider here answers for the package `azure` (link the target or provider that has it into this environment)
    Protected: main.rs:2: `gone` is protected and would be deleted (declare it again without `protect`, deploy, and then remove it)
    Protected: main.rs:11: `kept` is protected and would be replaced for `size` (take the change back, or drop `protect` from the declaration)
    NoSuchOutput: main.rs:14: `user` uses the output `adress` of `source`, which has none of that name (it has: address, color)
    Check: main.rs:15: `bad` of `wrong`: is not allowed
    ");
}

#[test]
fn dropping_protect_is_enough_to_destroy() {
    let mut world = World::of(&graph([thing("db").protected()]));
    world.options.destroy = true;
    insta::assert_snapshot!(preview(&world, &graph([thing("db").protected().at(3)])), @r"Protected: main.rs:3: `db` is protected and would be deleted (drop `protect` from the declaration, or exclude it)");
    insta::assert_snapshot!(preview(&world, &graph([thing("db")])), @r"0 delete db [removed] Outage!");
    insta::assert_snapshot!(preview(&world, &graph([])), @r"Protected: `db` is protected and would be deleted (declare it again without `protect`, deploy, and then remove it)");
}
