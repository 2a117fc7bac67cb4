//! Changes under load: not one request fails.

use crate::support::load::Load;
use crate::support::traces::{contains, processes};
use crate::support::world::World;

#[test]
fn a_setting_changes_and_replicas_come_and_go_without_a_failed_request() {
    let mut world = World::deployed();
    let login = world.browser().sign_up("grace@example.org");
    let load = Load::start(world.vary.port, &login);

    world.vary.log_level = "warn".to_owned();
    let preview = world.preview().expect("there is a change");
    insta::assert_snapshot!(anonymous(&preview), @r#"
      Service auth
      ~ Job auth-migrate
          env.LOG_LEVEL: "info" → "warn"
      ± Process auth-0
          env.LOG_LEVEL: "info" → "warn"  forces the replace
          effect: rolling: new replicas take over first
      ± Process auth-1
          env.LOG_LEVEL: "info" → "warn"  forces the replace
          effect: rolling: new replicas take over first
      ~ Route auth
          content.http.services.auth.loadBalancer.servers[0].url: "http://127.0.0.1:PORT" → (known after deploy)
          content.http.services.auth.loadBalancer.servers[1].url: "http://127.0.0.1:PORT" → (known after deploy)

    2 to update, 2 to replace; 27 stay the same
    "#);
    world.deploy().ok();
    load.goes_on();
    for index in 0..2 {
        let pid = world.replica(&format!("auth-{index}")).pid;
        let running = processes(&world.home()).into_iter().find(|process| process.pid == pid);
        let running = running.expect("status tells the truth");
        assert!(contains(&running.environ, b"\0LOG_LEVEL=warn\0"), "{}", running.line());
    }
    world.is_tidy();

    for replicas in [3, 1, 2] {
        world.vary.replicas = replicas;
        world.deploy().ok();
        load.goes_on();
        world.is_tidy();
    }
    load.stop();
    world.destroy();
}

/// Without what differs from run to run.
fn anonymous(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str("127.0.0.1:PORT");
        plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    let lines = plain.lines().map(|line| match line.find("integration-tests/src/bin/") {
        Some(at) => line[..at].trim_end(),
        None => line.trim_end(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
