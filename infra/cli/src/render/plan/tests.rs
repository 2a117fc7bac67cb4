use std::sync::Arc;

use goodgo_model::{Existing, Location, Map, Options, Path, Type, Urn, Value};
use goodgo_plan::{Operation, Plan, Reason, Step, Wanted};
use goodgo_provider::{Change, Effect, Risk, RiskKind};

use super::*;
use crate::confirm::Weight;
use crate::render::paint::Paint;

const SERVICE: &str = "goodgo:platform:Service";
const DATABASE: &str = "goodgo:platform:Postgres";

fn urn(qualified: &str, name: &str) -> Urn {
    Urn::new("local", "goodgo", qualified, name)
}

fn place(line: u32) -> Option<Location> {
    Some(Location { file: "environments/local/src/main.rs".into(), line })
}

fn wanted(parent: Option<Urn>, custom: bool, line: u32) -> Option<Arc<Wanted>> {
    Some(Arc::new(Wanted {
        inputs: Map::from([
            ("port".into(), Value::from(8080_u16)),
            ("image".into(), "auth".into()),
        ]),
        outputs: Map::new(),
        dependencies: Vec::new(),
        parent,
        options: Options::default(),
        custom,
        location: place(line),
    }))
}

fn existing(urn: &Urn, parent: Option<Urn>) -> Option<Arc<Existing>> {
    Some(Arc::new(Existing {
        urn: urn.clone(),
        kind: Type::new(urn.type_token()),
        custom: true,
        id: "1".to_owned(),
        inputs: Map::new(),
        outputs: Map::new(),
        parent,
        dependencies: Vec::new(),
        delete: false,
        protect: false,
        retain_on_delete: false,
        incomplete: false,
        created: 0,
        modified: 0,
        location: place(30),
    }))
}

fn step(operation: Operation, urn: &Urn) -> Step {
    Step {
        operation,
        urn: urn.clone(),
        kind: Type::new(urn.type_token()),
        old: None,
        new: None,
        changes: Vec::new(),
        reasons: Vec::new(),
        effect: Effect::None,
        risks: Vec::new(),
        after: Vec::new(),
    }
}

fn change(path: &str, old: Option<Value>, new: Option<Value>) -> Change {
    Change { path: Path::parse(path), old, new }
}

/// One of everything.
fn plan() -> Plan {
    let (auth, data) = (urn(SERVICE, "auth"), urn(DATABASE, "main"));
    let child = |parent: &Urn, kind: &str, name: &str| {
        urn(&format!("{}$goodgo-process:index:{kind}", parent.qualified_type()), name)
    };
    let process = child(&auth, "Process", "auth");
    let update = Step {
        old: existing(&process, Some(auth.clone())),
        new: wanted(Some(auth.clone()), true, 23),
        changes: vec![
            change("env.LOG_LEVEL", Some("info".into()), Some("debug".into())),
            change("env.OLD", Some("<script>|".into()), None),
            change("secrets.TOKEN", Some("plain".into()), Some(Value::from("x").secret())),
            change("servers", None, Some(Value::Unknown)),
        ],
        reasons: vec![Reason::Changed, Reason::Drifted],
        effect: Effect::Rolling,
        ..step(Operation::Update, &process)
    };
    let volume = child(&data, "Volume", "main-data");
    let replace = Step {
        old: existing(&volume, Some(data.clone())),
        new: wanted(Some(data.clone()), true, 30),
        changes: vec![change("mount", Some("/a".into()), Some("/b".into()))],
        reasons: vec![Reason::ReplacedFor(Path::parse("mount"))],
        effect: Effect::Outage,
        ..step(Operation::CreateReplacement, &volume)
    };
    let lost = Risk { kind: RiskKind::DataLoss, message: "the data in `/a` is deleted".to_owned() };
    let old = Step {
        old: existing(&volume, Some(data.clone())),
        risks: vec![lost],
        ..step(Operation::DeleteReplaced, &volume)
    };
    let job = child(&auth, "Job", "auth-migrate");
    let gone = urn("random:index/randomPassword:RandomPassword", "old");
    let component =
        |urn: &Urn, line| Step { new: wanted(None, false, line), ..step(Operation::Same, urn) };
    let steps = vec![
        component(&auth, 23),
        component(&data, 30),
        Step { new: wanted(Some(auth), true, 23), ..step(Operation::Create, &job) },
        update,
        replace,
        old,
        Step {
            old: existing(&gone, None),
            reasons: vec![Reason::Removed],
            ..step(Operation::Delete, &gone)
        },
    ];
    Plan {
        environment: "local".to_owned(),
        project: "goodgo".to_owned(),
        serial: 7,
        steps,
        basis: "1.2.3".to_owned(),
    }
}

#[test]
fn as_a_tree() {
    let plan = plan();
    let view = View::new(&plan);
    let plain = Paint::new(false);
    let text = format!("{}{}", tree(&view, plain, true), summary(&view, plain));
    insta::assert_snapshot!(text);
}

#[test]
fn as_markdown() {
    insta::assert_snapshot!(markdown(&View::new(&plan())));
}

#[test]
fn as_html() {
    let page = html(&View::new(&plan()));
    let body = page.split_once("<body>").unwrap().1;
    insta::assert_snapshot!(body);
    assert!(!page.contains("{{"), "everything is filled in");
}

#[test]
fn as_json() {
    insta::assert_json_snapshot!(json(&View::new(&plan())));
}

#[test]
fn colours_change_nothing_but_colours() {
    let plan = plan();
    let colored = tree(&View::new(&plan), Paint::new(true), false);
    let mut bare = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, tree(&View::new(&plan), Paint::new(false), false));
}

#[test]
fn the_two_steps_of_a_replace_are_one() {
    let plan = plan();
    let view = View::new(&plan);
    assert_eq!((view.counts.of(Mark::Replace), view.counts.of(Mark::Delete)), (1, 1));
    assert_eq!(Weight::of(&view), Weight::Grave, "the risk of the deleting half counts");
}

#[test]
fn nothing_changes() {
    let plan = Plan { environment: "local".to_owned(), ..Plan::default() };
    let view = View::new(&plan);
    assert_eq!(summary(&view, Paint::new(false)), "no changes");
    assert_eq!(markdown(&view), "### Plan for `local`: no changes\n");
    assert_eq!(Weight::of(&view), Weight::Light);
}
