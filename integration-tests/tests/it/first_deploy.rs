//! From nothing to an app that works, and back to nothing.

use std::net::TcpListener;

use crate::support::apps::Browser;
use crate::support::eventually;
use crate::support::world::World;

#[test]
fn from_nothing_to_a_user_who_is_logged_in_and_back() {
    let world = World::new();
    world.run(&["destroy", "--yes"]).ok().said("nothing to destroy");
    let gateway = format!("http://127.0.0.1:{}", world.vary.port);
    world.deploy().ok().said(&gateway);
    whole_story(&world.browser());
    both_replicas_answer(&world);

    world.deploy().ok().said("no changes");
    world.is_tidy();
    // The commands have ended long since; what they started runs on.
    whole_story(&world.browser());
    world.destroy();
}

/// Signs up, logs in, looks, refreshes, logs out; a token that was used up stays so.
fn whole_story(browser: &Browser) {
    // Each story has a user of its own.
    let email = format!("ada-{}@example.org", uuid::Uuid::new_v4());
    let login = browser.sign_up(&email);
    assert_eq!(browser.me(&login.access), email);
    let next = browser.refresh(&login.refresh);
    assert_ne!(next.refresh, login.refresh);
    assert_eq!(browser.me(&next.access), email);
    browser.logout(&next.refresh);
    let body = serde_json::json!({ "refresh_token": next.refresh });
    let (status, _) = browser.post("/refresh", &body).expect("the gateway answers");
    assert_eq!(status, http::StatusCode::UNAUTHORIZED);
    let (status, _) = browser.get("/me", None).expect("the gateway answers");
    assert_eq!(status, http::StatusCode::UNAUTHORIZED);
}

/// The gateway's own log names the replica that it sent a request to.
fn both_replicas_answer(world: &World) {
    let log = world.environment().join("logs/gateway.log");
    for name in ["auth-0", "auth-1"] {
        let port = world.replica(name).ports[0];
        let address = format!("\"ServiceAddr\":\"127.0.0.1:{port}\"");
        eventually("each replica gets requests", || {
            let _ = world.browser().get("/me", None);
            std::fs::read_to_string(&log).is_ok_and(|log| log.contains(&address)).then_some(())
        });
    }
}

#[test]
fn a_port_that_a_stranger_has_is_named_with_its_owner() {
    let world = World::new();
    let port = world.vary.port;
    let stranger = TcpListener::bind(("127.0.0.1", port)).expect("it is free");
    let owner = format!("(process {})", std::process::id());
    world
        .deploy()
        .code(1)
        .said(&format!("port {port} is taken by "))
        .said(&owner)
        .said("integration-tests/src/bin/throwaway.rs:")
        .said("end that program, or declare another port");
    drop(stranger);
    world.deploy().ok();
    world.is_tidy();
    world.destroy();
}
