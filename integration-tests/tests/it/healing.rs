//! Parts are killed while users are there: the supervisor brings them back.

use crate::support::eventually;
use crate::support::load::Load;
use crate::support::traces::{contains, kill, processes};
use crate::support::world::World;

#[test]
fn whatever_is_killed_comes_back_by_itself() {
    let world = World::deployed();
    let login = world.browser().sign_up("alan@example.org");
    for name in ["auth-0", "redis", "postgres", "gateway"] {
        let before = world.replica(name);
        assert!(kill(before.pid), "{name} runs");
        eventually("it is back", || {
            let now = world.status().into_iter().find(|one| one.name == name)?;
            assert_eq!(now.ports, before.ports, "addresses stay");
            (now.pid != before.pid && now.state == "ready").then_some(())
        });
        world.browser().works_again(&login);
    }
    world.browser().login("alan@example.org");
    world.is_tidy();
    world.destroy();
}

#[test]
fn what_runs_does_not_notice_that_its_supervisor_is_killed() {
    let world = World::deployed();
    let login = world.browser().sign_up("ken@example.org");
    let load = Load::start(world.vary.port, &login);
    let before = world.status();

    assert!(kill(supervising(&world, "goodgo-supervisor")), "it runs");
    load.goes_on();
    eventually("another one looks after them", || (world.status() == before).then_some(()));
    world.is_tidy();

    // Without its keeper nobody brings it back before the next command.
    assert!(kill(supervising(&world, "goodgo-keeper")), "it runs");
    for process in processes(&world.home()) {
        if contains(&process.command, b"goodgo-supervisor") {
            kill(process.pid);
        }
    }
    load.goes_on();
    world.deploy().ok();
    world.is_tidy();
    assert_eq!(world.status(), before, "they were adopted, not started again");
    load.stop();
    world.destroy();
}

fn supervising(world: &World, name: &str) -> u32 {
    eventually("it runs", || {
        let mut all = processes(&world.home()).into_iter();
        all.find(|one| contains(&one.command, name.as_bytes())).map(|one| one.pid)
    })
}
