//! The machine fails the command: no room for the state.

use std::process::Command;

use crate::support::load::Load;
use crate::support::run::Done;
use crate::support::world::World;

#[test]
fn no_room_for_the_state_is_said_and_touches_nothing() {
    let mut world = World::deployed();
    let login = world.browser().sign_up("frances@example.org");
    let before = world.status();
    let load = Load::start(world.vary.port, &login);
    world.vary.log_level = "debug".to_owned();
    for blocks in [0, 1, 8, 16] {
        let done = Done::of(&mut limited(&world, blocks));
        let done = done.code(1);
        let errors = done.stderr.matches("error: ").count();
        assert_eq!(errors, 1, "one clear error: {done}");
        done.said("no space left while writing").said("make room and run the same command again");
        load.goes_on();
        assert_eq!(world.status(), before, "what ran before runs on, untouched");
    }
    world.deploy().ok();
    load.stop();
    world.is_tidy();
    world.destroy();
}

/// A deploy that can write no file longer than this many blocks of 512 bytes: like a full disk,
/// but without the right to mount one.
fn limited(world: &World, blocks: u32) -> Command {
    let program = world.command(&["deploy", "--yes"]);
    let mut shell = Command::new("sh");
    // The signal would end the process; with it ignored, the write fails (setrlimit(2)).
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    shell.args(["-c", &script, "sh"]).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}
