//! `settings`: the environment variables.

use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::error::Failure;
use crate::{docs, settings::SETTINGS};

const EXAMPLES: &str = "Examples:
  ./just settings env=local";

/// Explain every environment variable, as Markdown
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Settings {}

impl Settings {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        if !app.output.json {
            return app.output.result(&docs::settings());
        }
        let rows: Vec<_> = SETTINGS
            .iter()
            .map(|row| json!({"name": row.name, "default": row.default, "meaning": row.meaning}))
            .collect();
        app.output.json_line(&rows)
    }
}
