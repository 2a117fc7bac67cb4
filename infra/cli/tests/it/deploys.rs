//! Preview, deploy, drift, saved plans, destroy.

use crate::support::Desk;

const NOTES: &str = "milk=buy milk\nhome/rent=pay the rent";

#[test]
fn from_nothing_to_nothing() {
    let mut desk = Desk::new(NOTES);
    insta::assert_snapshot!(desk.ok(&["preview"]).out);
    assert_eq!(desk.texts(), [""; 0], "a preview writes nothing");
    assert!(!desk.path().join("home").exists(), "not even a folder");

    let deployed = desk.ok(&["deploy"]);
    assert_eq!(deployed.out, "  diary  http://127.0.0.1:4000/diary\n");
    assert!(deployed.err.contains("✓ created Note milk in [TIME]"), "{}", deployed.err);
    assert!(deployed.err.contains("done: 4 created in [TIME]"), "{}", deployed.err);
    assert_eq!(desk.texts(), ["buy milk", "pay the rent"]);

    let again = desk.ok(&["deploy"]);
    assert_eq!(again.err, "no changes (4 resources, [TIME])\n");
    assert_eq!(desk.ok(&["preview", "--exit-code"]).out, "no changes (4 resources, [TIME])\n");

    desk.notes = "milk=buy oat milk\nwork/rent=pay the rent\nnew=hello".to_owned();
    let changed = desk.run(&["preview", "--exit-code"]);
    assert_eq!(changed.code, 2);
    insta::assert_snapshot!(changed.out);
    insta::assert_snapshot!(
        desk.ok(&["preview", "--markdown"]).out.replace(&fingerprint(&desk), "[PLAN]")
    );

    desk.notes = "milk=buy oat milk".to_owned();
    let refused = desk.run(&["deploy"]);
    assert_eq!(refused.code, 6, "{}", refused.err);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    assert_eq!(desk.texts(), ["buy milk", "pay the rent"]);
    desk.ok(&["deploy", "--yes"]);
    assert_eq!(desk.texts(), ["buy oat milk"]);

    assert_eq!(desk.run(&["destroy"]).code, 6, "data is deleted only on a word");
    desk.ok(&["destroy", "--yes"]);
    assert_eq!(desk.texts(), [""; 0]);
    let left: Vec<_> = walk(&desk.path().join("home"));
    assert_eq!(left, [""; 0], "no file is left");
    assert!(desk.ok(&["destroy"]).err.contains("nothing to destroy"));
}

fn fingerprint(desk: &Desk) -> String {
    desk.json(&["preview"])["fingerprint"].as_str().unwrap().to_owned()
}

/// Every file under a folder.
fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path))
        } else {
            files.push(path.display().to_string())
        }
    }
    files
}

#[test]
fn json_is_one_object_a_line() {
    let desk = Desk::new("milk=buy milk");
    let plan = desk.json(&["preview"]);
    assert_eq!((&plan["event"], &plan["changes"]), (&"plan".into(), &true.into()));
    assert_eq!(plan["summary"]["create"], 3);
    let output = desk.ok(&["deploy", "--json"]);
    let events: Vec<serde_json::Value> =
        output.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().any(|event| event["event"] == "step-succeeded"));
    let last = events.last().unwrap();
    assert_eq!(last["event"], "result");
    assert_eq!(last["addresses"]["diary"], "http://127.0.0.1:4000/diary");
    assert_eq!(output.err, "", "nothing but JSON");
}

#[test]
fn what_fails_is_told_with_place_reason_log_and_advice() {
    let desk = Desk::new("milk=unreadable");
    let failed = desk.run(&["deploy", "--quiet"]);
    assert_eq!(failed.code, 1);
    insta::assert_snapshot!(failed.err);
    let error = desk.json(&["deploy"]);
    assert_eq!((&error["kind"], &error["exitCode"]), (&"failed".into(), &1.into()));
}

#[test]
fn mistakes_in_the_declaration_are_all_told_at_once() {
    let desk = Desk::new("milk=\nmilk=twice\nrent=");
    let failed = desk.run(&["preview"]);
    assert_eq!(failed.code, 3);
    insta::assert_snapshot!(failed.err);
}

#[test]
fn a_saved_plan_is_done_as_it_was_reviewed_or_not_at_all() {
    let mut desk = Desk::new("milk=buy milk");
    desk.ok(&["preview", "--save", "plan.json", "--html", "plan.html"]);
    assert!(
        std::fs::read_to_string(desk.path().join("plan.html")).unwrap().contains("<b>milk</b>")
    );
    desk.ok(&["deploy", "--plan", "plan.json"]);
    desk.notes = "milk=buy two bottles".to_owned();
    desk.ok(&["preview", "--save", "plan.json"]);
    desk.notes = "milk=buy three bottles".to_owned();
    let moved = desk.run(&["deploy", "--plan", "plan.json"]);
    assert_eq!(moved.code, 6, "{}", moved.err);
    assert_eq!(desk.texts(), ["buy milk"]);
    std::fs::write(desk.path().join("plan.json"), "{}").unwrap();
    assert_eq!(desk.run(&["deploy", "--plan", "plan.json"]).code, 3);
}

#[test]
fn drift_is_told_from_intent() {
    let desk = Desk::new("milk=buy milk");
    desk.ok(&["deploy"]);
    let shelf = desk.path().join("workspace/notes/desk");
    let note = std::fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&note, "buy beer").unwrap();
    let drifted = desk.ok(&["preview"]).out;
    assert!(drifted.contains("text: \"buy beer\" → \"buy milk\""), "{drifted}");
    assert!(drifted.contains("changed outside of GoodGo"), "{drifted}");
    assert!(desk.ok(&["preview", "--refresh=false"]).out.starts_with("no changes"));
    desk.ok(&["refresh"]);
    assert_eq!(desk.texts(), ["buy beer"], "a refresh changes nothing but the state");
    desk.ok(&["deploy"]);
    assert_eq!(desk.texts(), ["buy milk"]);
}
