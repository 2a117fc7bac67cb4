//! The provider keeps the promises of the contract.

use goodgo_model::{Map, Value};
use goodgo_provider::conformance::{Case, check, report};

use crate::world::{PROCESS, World, server};

fn volume(name: &str, precious: bool) -> Map {
    Map::from([("name".into(), name.into()), ("precious".into(), Value::from(precious))])
}

fn unprivileged(mut inputs: Map) -> Map {
    inputs.insert("unprivileged".into(), true.into());
    inputs
}

#[tokio::test(flavor = "multi_thread")]
async fn volumes_and_processes_conform() {
    let world = World::new();
    let cases = [
        Case {
            kind: "goodgo-process:index:Volume".into(),
            inputs: volume("data", true),
            update: Some(volume("other", false)),
            replace: Some(unprivileged(volume("data", true))),
        },
        Case {
            kind: PROCESS.into(),
            inputs: server("echo-0", "restart", "one"),
            update: Some(server("echo-0", "restart", "two")),
            replace: None,
        },
        Case {
            kind: PROCESS.into(),
            inputs: server("echo-1", "rolling", "one"),
            update: None,
            replace: Some(server("echo-1", "rolling", "two")),
        },
    ];
    let broken = check(world.provider(), &cases).await;
    world.end().await;
    assert!(broken.is_empty(), "{}", report(&broken));
}
