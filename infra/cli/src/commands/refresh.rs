//! `refresh`: write down what is really there.

use clap::Args;
use goodgo_engine::Options;

use crate::app::App;
use crate::deploying::{self, Question};
use crate::error::Failure;
use crate::render::progress::Progress;

const EXAMPLES: &str = "What a deploy would do about what changed is shown by `preview`.

Examples:
  ./just refresh env=local
  ./just refresh env=local --json";

/// Look at what really exists and bring the state up to date; change nothing else
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Refresh {}

impl Refresh {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let runtime = app.runtime()?;
        let progress = Progress::new(&app.output);
        let options = Options::default();
        let work = deploying::carry_out(
            app,
            &*runtime,
            &progress,
            ("refresh", Question::None),
            async |engine, session, review| engine.refresh(session, &options, review).await,
        );
        let done = app.block_on(work);
        progress.clear();
        deploying::tell(app, &done?, &[])
    }
}
