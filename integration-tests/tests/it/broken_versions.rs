//! Versions that do not work: they never get traffic, and what ran before goes on.

use goodgo_integration_tests::variation::{EXITS, MIGRATION, NEVER_READY};

use crate::support::load::Load;
use crate::support::run::Done;
use crate::support::world::World;

#[test]
fn a_version_that_does_not_work_never_gets_traffic() {
    let mut world = World::deployed();
    let login = world.browser().sign_up("barbara@example.org");
    let before = world.status();
    let load = Load::start(world.vary.port, &login);

    let attempt = |world: &mut World, broken: &str| -> Done {
        world.vary.broken = broken.to_owned();
        let done = world.deploy().code(1).said("integration-tests/src/bin/throwaway.rs:");
        load.goes_on();
        world.vary.broken = String::new();
        assert_eq!(world.status(), before, "what ran before runs on, untouched");
        world.is_tidy();
        done
    };
    attempt(&mut world, EXITS)
        .said("auth-0 exited with code 2")
        .said("AUTH_HASH_PASSES must be a whole number")
        .said("it serves as before");
    attempt(&mut world, NEVER_READY)
        .said("auth-0 was not ready within 2000 ms")
        .said("/nowhere answered 404")
        .said("\"status\":404");
    attempt(&mut world, MIGRATION)
        .said("could not update Job auth-migrate: auth-migrate exited with code 2")
        .said("usage: auth [serve | migrate | settings]");

    world.vary.log_level = "debug".to_owned();
    world.deploy().ok();
    world.is_tidy();
    load.stop();
    world.destroy();
}

#[test]
fn a_first_deploy_of_a_version_that_does_not_work_is_finished_by_one_that_does() {
    let mut world = World::new();
    for broken in [MIGRATION, EXITS] {
        world.vary.broken = broken.to_owned();
        world.deploy().code(1);
    }
    world.vary.broken = String::new();
    world.deploy().ok();
    world.is_tidy();
    world.browser().sign_up("dorothy@example.org");
    world.destroy();
}
