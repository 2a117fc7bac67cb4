//! Secrets are searched wherever somebody else might read: none may be found in clear.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::traces::{contains, files, processes};
use crate::support::world::World;

#[test]
fn no_secret_is_found_in_clear() {
    let mut world = World::new();
    let mut told = String::new();
    told.push_str(&world.run(&["preview", "--details"]).ok().to_string());
    told.push_str(&world.deploying().end().ok().to_string());
    world.browser().sign_up("hedy@example.org");
    // A rollout, planned, saved and applied, leaves more behind.
    world.vary.log_level = "debug".to_owned();
    told.push_str(&everything_that_can_be_asked(&world));
    let plan = world.beside("plan.json");
    let plan = plan.to_str().expect("the path is text");
    told.push_str(&world.run(&["deploy", "--yes", "--plan", plan]).ok().to_string());
    told.push_str(&everything_that_can_be_asked(&world));

    let secrets = secrets(&world);
    for secret in &secrets {
        assert!(!told.contains(secret.as_str()), "it was told: {}", around(&told, secret));
    }
    not_in_processes(&world, &secrets);
    not_in_files(&world, &secrets);
    world.destroy();
}

/// What every command tells that tells something.
fn everything_that_can_be_asked(world: &World) -> String {
    let path = |name: &str| world.beside(name).to_str().expect("the path is text").to_owned();
    let (page, plan) = (path("plan.html"), path("plan.json"));
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["preview", "--details", "--html", &page, "--save", &plan],
        vec!["preview", "--details", "--markdown"],
        vec!["preview", "--json"],
        vec!["refresh"],
        vec!["status"],
        vec!["outputs"],
        vec!["outputs", "--json"],
        vec!["graph"],
        vec!["history"],
        vec!["logs"],
        vec!["state", "list", "--json"],
        vec!["state", "export"],
    ];
    let listed = world.run(&["state", "list"]).ok().stdout;
    let urns = listed.lines().filter_map(|line| line.split("  ").next());
    commands.extend(urns.map(|urn| vec!["state", "show", urn]));
    commands.iter().map(|command| world.run(command).ok().to_string()).collect()
}

/// What was generated: each process has its own secrets in files. Of a key, the line that is it.
fn secrets(world: &World) -> BTreeSet<String> {
    let all = files(&world.environment().join("work")).into_iter();
    let given = all.filter(|file| file.parent().is_some_and(|folder| folder.ends_with("secrets")));
    let text = given.map(|file| fs::read_to_string(file).expect("it is text"));
    let longest = |text: String| text.lines().max_by_key(|line| line.len()).map(str::to_owned);
    let secrets: BTreeSet<String> = text.filter_map(longest).collect();
    // Of the database's administrator, of the service in it, of the cache, and the signing key.
    assert_eq!(secrets.len(), 4, "{secrets:?}");
    assert!(secrets.iter().all(|secret| secret.len() >= 32), "{secrets:?}");
    secrets
}

fn not_in_processes(world: &World, secrets: &BTreeSet<String>) {
    let all = processes(&world.home());
    assert!(all.len() > 6, "they are found: {all:?}");
    for process in &all {
        for secret in secrets.iter().map(String::as_bytes) {
            assert!(!contains(&process.command, secret), "arguments of {}", process.line());
            assert!(!contains(&process.environ, secret), "environment of {}", process.line());
        }
    }
}

/// Found only in files of a process's own that nobody else can read.
fn not_in_files(world: &World, secrets: &BTreeSet<String>) {
    let own = world.environment().join("work");
    let plans = [world.beside("plan.json"), world.beside("plan.html")];
    for file in files(&world.home()).into_iter().chain(plans) {
        // What passes through a pipe is in the log; reading it here would wait for more.
        if !fs::metadata(&file).is_ok_and(|found| found.is_file()) {
            continue;
        }
        let bytes = fs::read(&file).unwrap_or_default();
        if secrets.iter().any(|secret| contains(&bytes, secret.as_bytes())) {
            let mode = fs::metadata(&file).expect("it was read").permissions().mode();
            let name = file.display();
            assert!(file.starts_with(&own) && mode & 0o077 == 0, "{name} ({mode:o}) has one");
        }
    }
}

fn around(text: &str, part: &str) -> String {
    let at = text.find(part).unwrap_or_default();
    let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
    text[line..].lines().next().unwrap_or_default().to_owned()
}
