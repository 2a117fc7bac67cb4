//! `import`: adopt what exists.

use clap::Args;
use goodgo_engine::Options;

use super::naming;
use crate::app::App;
use crate::deploying::{self, Question};
use crate::error::Failure;
use crate::render::progress::Progress;

const EXAMPLES: &str =
    "The resource has to be declared; what exists becomes that resource, and is then
changed where the declaration differs.

Examples:
  ./just import env=local main-data /srv/postgres/main
  ./just import env=local 'urn:pulumi:local::goodgo::…' 1f0c2a";

/// Adopt an existing thing as a declared resource
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    #[arg(help = format!("The resource: {}", naming::HELP))]
    resource: String,
    /// The provider's identity of the thing
    id: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl Import {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let runtime = app.runtime()?;
        let graph = app.graph(&*runtime)?;
        let custom = graph.resources().iter().filter(|resource| resource.custom);
        let urn = naming::find(
            &self.resource,
            custom.map(|resource| &resource.urn),
            "in the declaration: declare it first",
        )?;
        let progress = Progress::new(&app.output);
        let question = if self.yes { Question::None } else { Question::Deploy };
        let options = Options::default();
        let work = deploying::carry_out(
            app,
            &*runtime,
            &progress,
            ("import", question),
            async |engine, session, review| {
                engine.import(&graph, session, (&urn, &self.id), &options, review).await
            },
        );
        let done = app.block_on(work);
        progress.clear();
        deploying::tell(app, &done?, &[])
    }
}
