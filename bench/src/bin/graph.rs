//! An environment of 1,000 resources that cost nothing, to be measured against Terraform.

use std::process::ExitCode;

use goodgo_model::Environment;

fn main() -> ExitCode {
    goodgo_cli::main(goodgo_cli::Program {
        project: "goodgo-bench",
        environment: "graph",
        workspace: concat!(env!("CARGO_MANIFEST_DIR"), "/.."),
        declare,
        runtime: goodgo_bench::runtime,
        hidden: &[],
    })
}

fn declare(env: &mut Environment) {
    goodgo_bench::declare(env, 1_000);
}
