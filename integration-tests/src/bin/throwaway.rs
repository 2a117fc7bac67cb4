//! The platform as journeys need it: an environment as in `environments/local`, whose
//! declaration a test varies by variables, and which it deploys into a folder of its own.

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use goodgo_integration_tests::variation::{self, Variation};
use goodgo_model::Migration;
use goodgo_platform::prelude::*;

fn main() -> ExitCode {
    goodgo_cli::main(goodgo_cli::Program {
        project: "goodgo",
        environment: "throwaway",
        workspace: concat!(env!("CARGO_MANIFEST_DIR"), "/.."),
        declare,
        runtime: goodgo_process::runtime,
        hidden: &[goodgo_process::SUPERVISE],
    })
}

fn declare(env: &mut Environment) {
    let vary = Variation::read(|name| env::var(name).ok());
    let gateway = env.add(Gateway::new("gateway").listen(vary.port));
    let postgres = env.add_with(Postgres::new(&vary.postgres), renamed(&vary.postgres, "postgres"));
    let redis = env.add(Redis::new("redis").memory(16).durable());
    let signing_key = env.add(Secret::ed25519("auth-signing-key"));
    let mut auth = Service::new("auth")
        .route(&gateway, "/api/v1/auth")
        .database(&postgres)
        .cache(&redis)
        .secret("AUTH_SIGNING_KEY", signing_key.value())
        .env("AUTH_ISSUER", gateway.url())
        .env("LOG_LEVEL", vary.log_level.as_str())
        .replicas(vary.replicas);
    auth = match vary.broken.as_str() {
        variation::EXITS => auth.env("AUTH_HASH_PASSES", "none"),
        variation::NEVER_READY => auth.ready("/nowhere").start_within(Duration::from_secs(2)),
        _ => auth,
    };
    let schema = migrations("services/auth/migrations");
    auth = match vary.broken.as_str() {
        variation::MIGRATION => auth.migrate(["migrate-to-nowhere"], with_one_more(schema)),
        _ => auth.migrate(["migrate"], schema),
    };
    env.add(auth);
}

fn renamed(name: &str, from: &str) -> ComponentOptions {
    let renamed_from = if name == from { Vec::new() } else { vec![from.to_owned()] };
    ComponentOptions { renamed_from, ..ComponentOptions::default() }
}

fn with_one_more(mut migrations: Vec<Migration>) -> Vec<Migration> {
    let file = "9999_nowhere.sql".to_owned();
    migrations.push(Migration { file, digest: "0".repeat(64), risks: Vec::new() });
    migrations
}
