use super::*;

fn member(folder: &str, dependencies: &[&str]) -> Member {
    let dependencies = dependencies.iter().map(|name| (*name).to_owned()).collect();
    Member { folder: folder.to_owned(), dependencies }
}

fn messages(folder: &str, dependency: &str) -> Vec<String> {
    let members = [member(folder, &[dependency]), member(dependency, &[])];
    let found = violations(&members);
    found.iter().filter(|one| one.folder == folder).map(|one| one.message.clone()).collect()
}

#[test]
fn dependencies_up_the_page_are_fine() {
    for (folder, dependency) in [
        ("infra/plan", "infra/model"),
        ("infra/cli", "infra/engine"),
        ("infra/process", "infra/secret"),
        ("environments/staging", "environments/platform"),
        ("services/order", "services/kit"),
        ("bench", "infra/engine"),
    ] {
        assert_eq!(messages(folder, dependency), [""; 0], "{folder} on {dependency}");
    }
}

#[test]
fn every_other_way_is_a_violation_with_its_reason() {
    for (folder, dependency, why) in [
        ("infra/model", "infra/plan", "`parts` is a later layer than `vocabulary`"),
        ("infra/plan", "infra/state", "crates of the layer `parts` do not know each other"),
        ("infra/engine", "infra/secret", "the engine knows no concrete provider"),
        ("infra/engine", "infra/pulumi", "`edge` is a later layer than `engine`"),
        (
            "environments/local",
            "environments/staging",
            "crates of the layer `environments` do not know each other",
        ),
        ("services/auth", "infra/model", "services know nothing of infrastructure"),
        (
            "services/auth",
            "services/order",
            "crates of the layer `services` do not know each other",
        ),
        (
            "environments/local",
            "services/auth",
            "infrastructure runs services as programs; it does not link them",
        ),
        ("infra/cli", "integration-tests", "nothing depends on tests and benchmarks"),
    ] {
        let expected = format!("depends on {dependency}, but {why}");
        assert!(messages(folder, dependency).contains(&expected), "{folder} on {dependency}");
    }
}

#[test]
fn crates_of_others_can_be_forbidden_too() {
    let found = violations(&[member("infra/plan", &["time", "serde"])]);
    assert_eq!(
        found[0].to_string(),
        "infra/plan/Cargo.toml: depends on time, but the planner is a pure function: no I/O, no clock, no randomness"
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn a_new_crate_needs_a_place() {
    let found = violations(&[member("infra/utils", &[])]);
    assert!(found[0].message.starts_with("has no layer"));
}

#[test]
fn members_are_read_from_what_cargo_prints() {
    let metadata = r#"{"workspace_root": "/w", "packages": [{
        "manifest_path": "/w/infra/plan/Cargo.toml",
        "dependencies": [
            {"name": "goodgo-model", "path": "/w/infra/model", "kind": null},
            {"name": "serde", "kind": null},
            {"name": "insta", "kind": "dev"}
        ]}]}"#;
    assert_eq!(members(metadata), Some(vec![member("infra/plan", &["infra/model", "serde"])]));
    assert_eq!(members("{}"), None);
}
