//! `deploy`: make the world what is declared.

use std::path::PathBuf;

use clap::Args;

use super::outputs::addresses;
use super::selection::{self, Selection};
use crate::app::App;
use crate::deploying::{self, Question};
use crate::error::Failure;
use crate::render::progress::Progress;

const EXAMPLES: &str =
    "Asks before it deletes, interrupts or risks something. Without a terminal it goes on,
unless data may be lost: that needs --yes.

Examples:
  ./just deploy env=local
  ./just deploy env=local --target auth
  ./just deploy env=staging --plan plan.json --yes";

/// Change what differs from the declaration, wait until it is ready, undo what fails
#[derive(Args, Debug)]
#[command(visible_alias = "up", after_help = EXAMPLES)]
pub(crate) struct Deploy {
    #[command(flatten)]
    selection: Selection,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do exactly this plan, or nothing when it does not fit any more
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "exclude", "replace", "refresh"])]
    plan: Option<PathBuf>,
}

impl Deploy {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let options = match &self.plan {
            Some(file) => selection::load(file)?,
            None => self.selection.options(),
        };
        let runtime = app.runtime()?;
        let graph = app.graph(&*runtime)?;
        let progress = Progress::new(&app.output);
        let question = if self.yes { Question::None } else { Question::Deploy };
        let work = deploying::carry_out(
            app,
            &*runtime,
            &progress,
            ("deploy", question),
            async |engine, session, review| engine.deploy(&graph, session, &options, review).await,
        );
        let done = app.block_on(work);
        progress.clear();
        let outcome = done?;
        deploying::tell(app, &outcome, &addresses(&outcome.state))
    }
}
