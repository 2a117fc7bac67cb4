//! Two deploys of one environment: never both.

use crate::support::run::Done;
use crate::support::world::World;

#[test]
fn the_second_leaves_with_the_owners_name_or_waits() {
    let world = World::new();
    let mut first = world.deploying();
    first.until("step-started");
    let owner = format!("process {}", first.pid());
    world.deploy().code(4).said("deploy").said(&owner);

    let mut waiting = world.command(&["deploy", "--yes", "--wait", "60s"]);
    let waiting = std::thread::spawn(move || Done::of(&mut waiting));
    first.end().ok();
    waiting.join().expect("it does not panic").ok().said("no changes");
    world.is_tidy();
    world.destroy();
}
