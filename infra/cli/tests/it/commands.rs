//! The other commands, help, and what is told about wrong use.

use crate::support::Desk;

fn deployed() -> Desk {
    let desk = Desk::new("milk=buy milk");
    desk.ok(&["deploy"]);
    desk
}

#[test]
fn hidden_commands_come_before_everything() {
    let desk = Desk::new("");
    let output = desk.command(&["__hidden", "a", "b"]).output().unwrap();
    assert_eq!(output.status.code(), Some(42));
}

#[test]
fn help_and_wrong_use() {
    let desk = Desk::new("");
    insta::assert_snapshot!(desk.ok(&["--help"]).out);
    assert_eq!(desk.run(&["deploi"]).code, 3);
    assert_eq!(desk.run(&["deploy", "--parallel", "0"]).code, 3);
    assert!(desk.run(&["deploi"]).err.contains("'deploy'"));
}

#[test]
fn outputs_hide_secrets_unless_asked() {
    let desk = deployed();
    insta::assert_snapshot!(desk.ok(&["outputs"]).out, @r"
    diary
      key: [secret]
      url: http://127.0.0.1:4000/diary
    ");
    assert_eq!(desk.ok(&["outputs", "diary.url"]).out, "http://127.0.0.1:4000/diary\n");
    assert_eq!(desk.run(&["outputs", "diary.key"]).code, 3);
    assert_eq!(desk.ok(&["outputs", "diary.key", "--show-secrets"]).out.trim().len(), 16);
    assert_eq!(desk.json(&["outputs"])["diary"]["key"], "[secret]");
    assert!(desk.run(&["outputs", "dairy.url"]).err.contains("diary.url"));
}

#[test]
fn status_logs_and_doctor() {
    let desk = Desk::new("");
    insta::assert_snapshot!(desk.ok(&["status"]).out, @r"
    replica  state  since  restarts  memory   pid  addresses
    diary-1  ready  -      2         3.0 MiB  -    http 127.0.0.1:4000
    ");
    assert_eq!(desk.ok(&["logs"]).out, "03:04:05.678 diary-1 dear diary\n");
    assert_eq!(desk.json(&["logs"])["text"], "dear diary");
    let unknown = desk.run(&["logs", "dairy"]);
    assert_eq!((unknown.code, unknown.err.contains("there is: diary")), (1, true));
    assert!(desk.ok(&["doctor"]).out.contains("✓ pencil: sharp\n"));
}

#[test]
fn the_graph_in_three_languages() {
    let desk = Desk::new("milk=buy milk");
    insta::assert_snapshot!(desk.ok(&["graph"]).out, @r#"
    flowchart TD
      n0["diary<br/><i>Notebook</i>"]
      n1["milk<br/><i>Note</i>"]
      n1 --> n0
    "#);
    assert!(desk.ok(&["graph", "--format", "svg"]).out.starts_with("<svg "));
    assert!(desk.ok(&["graph", "--format", "dot", "--resources"]).out.contains("RandomPassword"));
}

#[test]
fn the_state_can_be_looked_at_moved_and_mended() {
    let desk = deployed();
    let list = desk.ok(&["state", "list"]).out;
    assert!(list.contains("urn:pulumi:test::notes::notes:index:Note::milk"), "{list}");
    assert!(desk.ok(&["state", "show", "milk"]).out.contains("key: [secret]"));
    let exported = desk.ok(&["state", "export"]).out;
    assert!(!exported.contains("[secret]") && exported.contains("ciphertext"), "{exported}");

    desk.ok(&["state", "rename", "milk", "oat-milk"]);
    assert_eq!(desk.json(&["preview"])["summary"]["create"], 1);
    std::fs::write(desk.path().join("state.json"), exported).unwrap();
    desk.ok(&["state", "import", "state.json"]);
    assert!(desk.ok(&["preview"]).out.starts_with("no changes"));

    assert_eq!(desk.run(&["state", "remove", "diary-key"]).code, 3, "the note needs it");
    desk.ok(&["state", "remove", "milk"]);
    assert_eq!(desk.texts(), ["buy milk"], "the real thing stays");
    assert!(desk.json(&["history"]).as_array().unwrap().len() >= 3);
    assert!(desk.ok(&["state", "unlock", "--yes"]).err.contains("nobody had the lock"));
}

#[test]
fn a_state_goes_to_pulumi_under_a_passphrase() {
    let desk = deployed();
    assert_eq!(desk.run(&["state", "export", "--passphrase"]).code, 3, "none is given");
    let mut command = desk.command(&["state", "export", "--passphrase"]);
    let output = command.env("GOODGO_EXPORT_PASSPHRASE", "open sesame").output().unwrap();
    let exported: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let provider = &exported["deployment"]["secrets_providers"];
    assert_eq!((&exported["version"], &provider["type"]), (&3.into(), &"passphrase".into()));
}

#[test]
fn a_damaged_state_is_refused_and_left_as_it_is() {
    let desk = deployed();
    let home = desk.path().join("home");
    let project = std::fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().path());
    let project = project.into_iter().find(|path| !path.ends_with("keys")).unwrap();
    let state = project.join("test/state.json");
    let text = std::fs::read_to_string(&state).unwrap();
    std::fs::write(&state, &text[..text.len() / 2]).unwrap();
    for command in [["preview"], ["deploy"], ["outputs"]] {
        let failed = desk.run(&command);
        assert_eq!(failed.code, 5, "{command:?}: {}", failed.err);
    }
    assert_eq!(std::fs::read_to_string(&state).unwrap(), text[..text.len() / 2]);
}

#[test]
fn a_note_is_adopted() {
    let desk = Desk::new("milk=buy milk");
    let shelf = desk.path().join("workspace/notes/desk");
    std::fs::create_dir_all(&shelf).unwrap();
    std::fs::write(shelf.join("old-note"), "buy milk").unwrap();
    desk.ok(&["deploy", "--target", "diary"]);
    desk.ok(&["import", "milk", "desk/old-note", "--yes"]);
    assert!(desk.ok(&["preview"]).out.starts_with("no changes"));
    assert_eq!(desk.texts(), ["buy milk"]);
    assert_eq!(desk.run(&["import", "rent", "desk/x"]).code, 3);
}

#[test]
fn completions_and_settings() {
    let desk = Desk::new("");
    assert!(desk.ok(&["completions", "bash"]).out.contains("complete"));
    assert!(desk.ok(&["settings"]).out.contains("`GOODGO_PASSPHRASE_FILE`"));
}

#[cfg(not(feature = "aws"))]
#[test]
fn a_bucket_that_was_not_built_in_is_told_before_anything_is_touched() {
    let desk = Desk::new("milk=buy milk");
    let output = desk.command(&["deploy"]).env("GOODGO_STATE", "s3://acme/team").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r#"
    error: the state is to be in s3://acme/team/notes/test (GOODGO_STATE), but this program was built without the feature `aws` of goodgo-cli, which reaches such a bucket
      help: write `goodgo-cli = { workspace = true, features = ["aws"] }` in environments/test/Cargo.toml, or set GOODGO_STATE to a folder
    "#);
    assert!(!desk.path().join("home").exists());
    // What needs no state still answers.
    let settings = desk.command(&["settings"]).env("GOODGO_STATE", "s3://acme/team").output();
    assert!(settings.unwrap().status.success());
}
