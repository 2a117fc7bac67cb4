//! Changes made by hand: seen by a preview, repaired by a deploy.

use std::fs;

use sqlx::{Connection, PgConnection};

use crate::support::world::World;

#[test]
fn what_was_changed_by_hand_is_seen_and_repaired() {
    let world = World::deployed();
    let login = world.browser().sign_up("radia@example.org");

    edit_the_route(&world);
    is_seen_and_repaired(&world, "Route auth");

    change_the_password(&world);
    is_seen_and_repaired(&world, "Role auth");

    stop_a_replica(&world);
    is_seen_and_repaired(&world, "Process auth-1");

    world.browser().works_again(&login);
    world.browser().login("radia@example.org");
    world.destroy();
}

#[track_caller]
fn is_seen_and_repaired(world: &World, what: &str) {
    let preview = world.preview().unwrap_or_else(|| panic!("the drift of {what} is not seen"));
    assert!(preview.contains(what), "{preview}");
    world.deploy().ok();
    world.is_tidy();
}

fn edit_the_route(world: &World) {
    let volumes = fs::read_dir(world.environment().join("data")).expect("it is there").flatten();
    let mut routes = volumes.map(|volume| volume.path().join("auth.yml"));
    let file = routes.find(|file| file.is_file()).expect("the gateway has a route");
    let text = fs::read_to_string(&file).expect("it is text");
    fs::write(&file, text.replace("/api/v1/auth", "/api/v9/auth")).expect("it is ours");
}

fn change_the_password(world: &World) {
    let output = |name: &str| {
        let done = world.run(&["outputs", name, "--show-secrets"]).ok();
        done.stdout.trim().to_owned()
    };
    let url = output("postgres.url").replace("@", &format!(":{}@", output("postgres.password")));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("threads can be started").block_on(async {
        let mut connection = PgConnection::connect(&url).await.expect("the password is right");
        let change = sqlx::query("ALTER ROLE auth PASSWORD 'changed by hand'");
        change.execute(&mut connection).await.expect("the administrator may");
    });
}

fn stop_a_replica(world: &World) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("threads can be started").block_on(async {
        let client = goodgo_supervisor::Client::connect(&world.environment()).await;
        let client = client.expect("it runs");
        let all = client.list().await.expect("it answers");
        let one = all.iter().find(|one| one.name == "auth-1").expect("there are two");
        client.stop(&one.key, None).await.expect("it stops");
    });
}
