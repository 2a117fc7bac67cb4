//! env=local: the whole platform as processes of one machine.

use std::process::ExitCode;

use goodgo_platform::prelude::*;

const PROGRAM: goodgo_cli::Program = goodgo_cli::Program {
    project: "goodgo",
    environment: "local",
    workspace: concat!(env!("CARGO_MANIFEST_DIR"), "/../.."),
    declare,
    runtime: goodgo_process::runtime,
    hidden: &[goodgo_process::SUPERVISE],
};

fn main() -> ExitCode {
    goodgo_cli::main(PROGRAM)
}

fn declare(env: &mut Environment) {
    let gateway = env.add(
        Gateway::new("gateway")
            .listen(8080)
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
            .env("LOG_LEVEL", "info")
            .migrate(["migrate"], migrations("services/auth/migrations"))
            .replicas(2),
    );

    // New services go here.
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_declaration_has_no_mistakes() {
        assert_eq!(goodgo_cli::check(super::PROGRAM), Ok(()));
    }
}
