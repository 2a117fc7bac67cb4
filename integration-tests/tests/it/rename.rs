//! A component gets another name and keeps its data.

use crate::support::world::World;

#[test]
fn a_database_server_that_is_renamed_keeps_its_data() {
    let mut world = World::deployed();
    world.browser().register("margaret@example.org");
    world.vary.postgres = "database".to_owned();
    let preview = world.preview().expect("there is a change");
    assert!(!preview.contains("deleted"), "{preview}");
    world.deploy().ok();
    world.is_tidy();
    world.browser().login("margaret@example.org");
    world.destroy();
}
