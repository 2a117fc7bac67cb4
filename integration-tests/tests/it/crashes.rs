//! The command is ended by SIGKILL in the middle of its work.

use crate::support::load::Load;
use crate::support::world::World;

/// After how many of its events a run is killed: while it looks, plans, makes, routes, removes.
const FIRST_DEPLOY: [usize; 4] = [8, 40, 50, 30];
const ROLLOUT: [usize; 8] = [1, 20, 28, 31, 34, 37, 40, 44];

#[test]
fn a_first_deploy_that_is_killed_again_and_again_is_finished_by_the_next() {
    let world = World::new();
    for after in FIRST_DEPLOY {
        assert!(world.deploying().kill_after(after), "there are fewer than {after} events");
    }
    world.deploy().ok().said("going on from where");
    world.is_tidy();
    world.browser().sign_up("edsger@example.org");
    world.destroy();
}

#[test]
fn a_rollout_that_is_killed_drops_nothing_and_is_finished_by_the_next() {
    let mut world = World::deployed();
    let login = world.browser().sign_up("tony@example.org");
    let load = Load::start(world.vary.port, &login);
    for (round, after) in ROLLOUT.into_iter().enumerate() {
        world.vary.log_level = ["warn", "info"][round % 2].to_owned();
        let alive = world.deploying().kill_after(after);
        load.goes_on();
        world.deploy().ok();
        assert!(alive, "there are fewer than {after} events");
        world.is_tidy();
    }
    load.stop();
    world.destroy();
}

#[test]
fn a_destroy_that_is_killed_is_finished_by_the_next() {
    let world = World::deployed();
    for after in [30, 40] {
        let mut destroy = world.command(&["destroy", "--yes", "--json"]);
        crate::support::run::Events::of(&mut destroy).kill_after(after);
    }
    world.destroy();
}
