use std::path::Path;

use super::*;

/// Compares a page with the committed one; `UPDATE_DOCS=1 cargo test -p goodgo-cli docs` writes it.
fn same_as(page: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "docs/reference/{page} is out of date: run this test with UPDATE_DOCS=1"
    );
}

#[test]
fn the_reference_pages_are_up_to_date() {
    same_as("settings.md", &settings());
    same_as("exit-codes.md", &exit_codes());
    same_as("commands.md", &commands());
}

#[test]
fn every_command_has_examples() {
    let mut root = crate::args::command("local");
    root.build();
    for command in root.get_subcommands() {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.contains("./just "), "{} has no examples", command.get_name());
    }
}
