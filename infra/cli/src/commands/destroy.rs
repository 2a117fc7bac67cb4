//! `destroy`: remove everything, and every trace of it.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use goodgo_provider::Runtime;
use goodgo_state::lock;

use super::selection::Selection;
use crate::app::App;
use crate::deploying::{self, Question};
use crate::error::Failure;
use crate::paths::Paths;
use crate::place::Place;
use crate::render::progress::Progress;

const EXAMPLES: &str = "Examples:
  ./just destroy env=local
  ./just destroy env=local --yes
  ./just destroy env=local --target auth";

/// Delete everything that was deployed: processes, data, state; asks first
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Destroy {
    #[command(flatten)]
    selection: Selection,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl Destroy {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        if !was_deployed(app)? {
            app.output.message("nothing to destroy: it was never deployed");
            return Ok(());
        }
        let runtime = app.runtime()?;
        let progress = Progress::new(&app.output);
        let question = if self.yes { Question::None } else { Question::Destroy };
        let options = self.selection.options();
        let done = app.block_on(async {
            let outcome = deploying::carry_out(
                app,
                &*runtime,
                &progress,
                ("destroy", question),
                async |engine, session, review| engine.destroy(session, &options, review).await,
            )
            .await?;
            if outcome.state.resources.is_empty() && outcome.state.pending.is_empty() {
                clean(app, &*runtime).await?;
            }
            Ok(outcome)
        });
        progress.clear();
        deploying::tell(app, &done?, &[])
    }
}

/// Whether there is anything of it, here or in a bucket.
fn was_deployed(app: &App) -> Result<bool, Failure> {
    let Paths { environment, state, .. } = &app.paths;
    if environment.exists() || state.folder().is_some_and(Path::exists) {
        return Ok(true);
    }
    let Place::Bucket(_) = state else { return Ok(false) };
    let store = app.store()?;
    // Somebody else may have deployed it, or have begun to.
    app.block_on(async { Ok(store.read().await?.is_some() || !store.journal(0).await?.is_empty()) })
}

/// Removes what belongs to no resource: the supervisor, the folders, the key.
async fn clean(app: &App, runtime: &dyn Runtime) -> Result<(), Failure> {
    // Somebody may have waited for the lock to deploy again: then the folders are theirs.
    let store = app.store()?;
    let owner = app.owner("destroy");
    let Ok(lease) = lock::acquire(&store, &owner, Duration::ZERO, |_| {}).await else {
        return Ok(());
    };
    runtime.operate().clean().await?;
    let paths = &app.paths;
    match paths.state.folder() {
        Some(folder) => remove(folder)?,
        None => store.remove(&lease).await?,
    }
    remove(&paths.environment)?;
    remove(&paths.key)?;
    drop(lease);
    // Shared folders go with the last environment in them: one that is not empty stays.
    let removed = [&*paths.environment, &paths.key].into_iter().chain(paths.state.folder());
    for path in removed {
        path.ancestors().skip(1).take(2).for_each(|folder| drop(std::fs::remove_dir(folder)));
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Failure> {
    let removed =
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::failed(format!("cannot remove {}", path.display()))
                .because(&error)
                .hint("everything that ran is gone; remove the folder by hand"))
        }
        _ => Ok(()),
    }
}
