//! `state rename` and `state remove`.

use clap::Args;
use goodgo_model::{Snapshot, Urn};
use goodgo_state::Journal;
use goodgo_state::edit::{self, EditError, Removal};
use serde_json::json;

use super::super::naming;
use crate::app::App;
use crate::error::Failure;

/// Give a resource another name; the next deploy takes it for the one declared so
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ./just state rename env=local Process/auth identity")]
pub(super) struct Rename {
    #[arg(help = format!("The resource: {}", naming::HELP))]
    resource: String,
    /// Its new name, or its new URN
    name: String,
}

impl Rename {
    pub(super) fn run(self, app: &App) -> Result<(), Failure> {
        let (from, to) = change(app, "state rename", |state| {
            let from = find(&self.resource, state)?;
            let to = match Urn::parse(&self.name) {
                Ok(urn) => urn,
                Err(_) => {
                    Urn::new(from.environment(), from.project(), from.qualified_type(), &self.name)
                }
            };
            let edited = edit::rename(state, &from, &to).map_err(failure)?;
            Ok((edited, (from, to)))
        })?;
        if app.output.json {
            return app.output.json_line(&json!({"event": "result", "from": from, "to": to}));
        }
        app.output.message(&format!("{from} is {to} now"));
        Ok(())
    }
}

/// Forget a resource; the real thing stays
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ./just state remove env=local Process/auth\n  ./just state remove env=local auth --dependents"
)]
pub(super) struct Remove {
    #[arg(help = format!("The resource: {}", naming::HELP))]
    resource: String,
    /// Forget all that depend on it or belong to it too
    #[arg(long)]
    dependents: bool,
    /// Forget it even if it is protected
    #[arg(long)]
    force: bool,
}

impl Remove {
    pub(super) fn run(self, app: &App) -> Result<(), Failure> {
        let how = Removal { dependents: self.dependents, force: self.force };
        let gone = change(app, "state remove", |state| {
            let urn = find(&self.resource, state)?;
            edit::remove(state, &urn, how).map_err(failure)
        })?;
        if app.output.json {
            return app.output.json_line(&json!({"event": "result", "forgotten": gone}));
        }
        gone.iter().for_each(|urn| app.output.message(&format!("forgot {urn}")));
        Ok(())
    }
}

fn find(text: &str, state: &Snapshot) -> Result<Urn, Failure> {
    naming::find(text, state.resources.iter().map(|one| &one.urn), "in the state")
}

fn failure(error: EditError) -> Failure {
    goodgo_state::Error::from(error).into()
}

/// Edits the state under the lock.
fn change<T>(
    app: &App,
    command: &str,
    edit: impl FnOnce(&Snapshot) -> Result<(Snapshot, T), Failure>,
) -> Result<T, Failure> {
    app.block_on(async {
        let session = app.session(command).await?;
        let edited = edit(&session.snapshot());
        let done = match edited {
            Ok((snapshot, done)) => {
                session.replace(snapshot).await.map(|_| done).map_err(Failure::from)
            }
            Err(failure) => Err(failure),
        };
        session.finish().await?;
        done
    })
}
