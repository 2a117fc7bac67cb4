//! `new`: a service or an environment to begin with, that compiles, runs and has tests.

mod scaffold;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::app::App;
use crate::error::Failure;
use scaffold::{Made, Scaffold};

const EXAMPLES: &str = "Examples:
  ./just new service order env=local
  ./just new environment staging env=local";

/// Write a new service or environment that compiles, runs and has tests
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct New {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// A service under services/, with a route, settings, health, metrics and a test
    #[command(after_help = "Examples:\n  ./just new service order env=local")]
    Service(Name),
    /// An environment under environments/, with a gateway, a database and a test
    #[command(after_help = "Examples:\n  ./just new environment staging env=local")]
    Environment(Name),
}

#[derive(Args, Debug)]
struct Name {
    /// Lower case letters, digits and `-`, beginning with a letter
    #[arg(value_parser = scaffold::name)]
    name: String,
}

impl New {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let scaffold = Scaffold {
            workspace: &app.paths.workspace,
            project: app.program.project,
            environment: app.program.environment,
        };
        let made = match self.what {
            What::Service(Name { name }) => scaffold.service(&name)?,
            What::Environment(Name { name }) => scaffold.environment(&name)?,
        };
        show(app, &made)
    }
}

fn show(app: &App, made: &Made) -> Result<(), Failure> {
    if app.output.json {
        let Made { files, next, add } = made;
        return app.output.json_line(&json!({"files": files, "add": add, "next": next}));
    }
    for file in &made.files {
        app.output.message(&format!("  + {file}"));
    }
    if let Some((file, text)) = &made.add {
        app.output.message(&format!("\nadd to {file}:\n"));
        app.output.result(text)?;
    }
    app.output.message(&format!("\nnext: {}", made.next));
    Ok(())
}
