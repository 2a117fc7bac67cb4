//! Parts are killed while users are there: the supervisor brings them back.

use std::collections::BTreeMap;

use crate::support::eventually;
use crate::support::load::Load;
use crate::support::traces::{contains, freeze, kill, processes};
use crate::support::world::{Replica, World};

const KEEPER: &str = "goodgo-keeper";
const SUPERVISOR: &str = "goodgo-supervisor";

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

    assert!(kill(supervising(&world, SUPERVISOR)), "it runs");
    load.goes_on();
    eventually("another one looks after them", || (world.status() == before).then_some(()));
    world.is_tidy();
    load.stop();

    // Together with its keeper, so that nobody brings it back before the next command.
    let (keeper, supervisor) = (supervising(&world, KEEPER), supervising(&world, SUPERVISOR));
    assert!(freeze(keeper) && kill(supervisor) && kill(keeper), "both run");
    assert_eq!(world.browser().me(&login.access), "ken@example.org");
    world.deploy().ok().said("no changes");
    world.is_tidy();
    assert_eq!(world.status(), before, "they were adopted, not started again");
    world.destroy();
}

#[test]
fn without_its_keeper_everything_stops_and_the_next_deploy_starts_it_again() {
    let world = World::deployed();
    let login = world.browser().sign_up("dennis@example.org");
    let before = world.status();
    assert!(kill(supervising(&world, KEEPER)), "it runs");
    eventually("nothing runs", || processes(&world.home()).is_empty().then_some(()));
    let preview = world.preview().expect("everything is to be started");
    assert!(preview.contains("Process auth-1"), "{preview}");
    // What was seen is recorded before the first step: the next run has to know it too.
    world.deploying().kill_after(30);
    world.deploy().ok();
    world.is_tidy();
    let ports = |all: Vec<Replica>| -> BTreeMap<_, _> {
        all.into_iter().map(|one| (one.name, one.ports)).collect()
    };
    assert_eq!(ports(world.status()), ports(before), "addresses stay");
    assert_eq!(world.browser().me(&login.access), "dennis@example.org");
    world.destroy();
}

fn supervising(world: &World, name: &str) -> u32 {
    eventually("it runs", || {
        let mut all = processes(&world.home()).into_iter();
        all.find(|one| contains(&one.command, name.as_bytes())).map(|one| one.pid)
    })
}
