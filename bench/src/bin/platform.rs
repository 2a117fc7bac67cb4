//! What env=local declares, on a port and with a setting that the measurement chooses.
//!
//! A program of its own, because a measurement must neither need the port of an env=local that
//! somebody works with nor edit its source. The declaration is that of
//! `environments/local/src/main.rs`.

use std::process::ExitCode;

use goodgo_platform::prelude::*;

/// Chooses the gateway's port.
const PORT: &str = "BENCH_PORT";
/// Chooses the setting that a rollout changes.
const GRACE: &str = "BENCH_ROTATION_GRACE";

fn main() -> ExitCode {
    goodgo_cli::main(goodgo_cli::Program {
        project: "goodgo-bench",
        environment: "local",
        workspace: concat!(env!("CARGO_MANIFEST_DIR"), "/.."),
        declare,
        runtime: goodgo_process::runtime,
        hidden: &[goodgo_process::SUPERVISE],
    })
}

fn declare(env: &mut Environment) {
    let chosen = |name: &str| std::env::var(name).ok();
    let port = chosen(PORT).and_then(|text| text.parse().ok()).unwrap_or(18_080);
    let gateway = env.add(
        Gateway::new("gateway")
            .listen(port)
            .cors(["http://localhost:3000"])
            .rate_limit(5_000, 10_000),
    );
    let postgres = env.add(Postgres::new("postgres").version(18));
    let redis = env.add(Redis::new("redis").memory(64).durable());
    let signing_key = env.add(Secret::ed25519("auth-signing-key"));

    env.add(
        Service::new("auth")
            .route(&gateway, "/api/v1/auth")
            .database(&postgres)
            .cache(&redis)
            .secret("AUTH_SIGNING_KEY", signing_key.value())
            .env("AUTH_ISSUER", gateway.url())
            .env("AUTH_ROTATION_GRACE", chosen(GRACE).unwrap_or_else(|| "10s".to_owned()))
            .env("LOG_LEVEL", "info")
            .migrate(["migrate"], migrations("services/auth/migrations"))
            .replicas(2),
    );
}
