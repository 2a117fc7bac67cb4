use std::fmt::Write;

use goodgo_model::component::{Gateway, Postgres, Redis, Secret, Service};
use goodgo_model::{Environment, Graph};
use goodgo_provider::Context;

use super::ProcessTarget;

fn target() -> ProcessTarget {
    ProcessTarget::new(&Context {
        project: "goodgo".to_owned(),
        environment: "test".to_owned(),
        directory: "/nowhere/environment".into(),
        cache: "/nowhere/cache".into(),
        workspace: "/nowhere".into(),
        binaries: "/nowhere/bin".into(),
        program: "/nowhere/program".into(),
        search_path: "/nowhere".into(),
    })
}

/// Every resource with what it needs, in the order in which they can be made.
fn outline(graph: &Graph) -> String {
    let mut text = String::new();
    for (position, resource) in graph.resources().iter().enumerate().filter(|(_, it)| it.custom) {
        let needs = graph.dependencies(position).iter().map(|&need| &graph.resources()[need]);
        let names = needs
            .filter(|need| need.custom)
            .map(|need| format!("{} {}", need.kind.short(), need.urn.name()));
        let names: Vec<String> = names.collect();
        let (kind, name) = (resource.kind.short(), resource.urn.name());
        writeln!(text, "{kind} {name} <- {}", names.join(", ")).unwrap();
    }
    text
}

#[test]
fn a_platform_becomes_processes_in_an_order_that_drops_no_request() {
    let mut env = Environment::new("goodgo", "test");
    let gateway = env.add(Gateway::new("gateway"));
    let postgres = env.add(Postgres::new("postgres"));
    let redis = env.add(Redis::new("redis").durable());
    let key = env.add(Secret::ed25519("signing-key"));
    env.add(
        Service::new("auth")
            .route(&gateway, "/api/v1/auth")
            .database(&postgres)
            .cache(&redis)
            .secret("SIGNING_KEY", key.value())
            .migrate(["migrate"], Vec::new())
            .replicas(2),
    );
    let graph = env.build(&target()).unwrap();
    insta::assert_snapshot!(outline(&graph));
}

#[test]
fn what_a_service_is_started_with_holds_no_secret_outside_its_files() {
    let mut env = Environment::new("goodgo", "test");
    let postgres = env.add(Postgres::new("postgres"));
    env.add(Service::new("auth").database(&postgres).env("LOG_LEVEL", "info"));
    let graph = env.build(&target()).unwrap();
    let process = graph.resources().iter().find(|it| it.urn.name() == "auth-0").unwrap();
    insta::assert_debug_snapshot!(process.inputs);
}
