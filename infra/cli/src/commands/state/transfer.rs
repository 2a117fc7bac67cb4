//! `state export` and `state import`: between stores, machines, and Pulumi.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use goodgo_model::Snapshot;
use goodgo_state::{Session, deployment};
use serde_json::json;

use crate::app::App;
use crate::confirm;
use crate::error::{Failure, Kind};
use crate::render::duration::count;

/// Write the state to standard output, as a Pulumi version 3 deployment
#[derive(Args, Debug)]
#[command(
    after_help = "Without --passphrase the secrets stay encrypted by this environment's own key.

Examples:
  ./just state export env=local > state.json
  ./just state export env=local --passphrase > for-pulumi.json"
)]
pub(super) struct Export {
    /// Encrypt the secrets by a passphrase, asked for on the terminal or given in `GOODGO_EXPORT_PASSPHRASE`
    #[arg(long)]
    passphrase: bool,
}

impl Export {
    pub(super) fn run(self, app: &App) -> Result<(), Failure> {
        let bytes = if self.passphrase { reencrypted(app)? } else { as_stored(app)? };
        let text = String::from_utf8_lossy(&bytes);
        app.output.result(&format!("{}\n", text.trim_end()))
    }
}

fn reencrypted(app: &App) -> Result<Vec<u8>, Failure> {
    let passphrase = match app.export_passphrase() {
        Some(given) => given.to_owned(),
        None => confirm::passphrase(&app.output)?,
    };
    app.block_on(async {
        let state = app.load().await?;
        Ok(deployment::export(&state, &passphrase).await?)
    })
}

fn as_stored(app: &App) -> Result<Vec<u8>, Failure> {
    let store = app.store()?;
    let (recovered, stored) = app.block_on(async {
        let recovered = goodgo_state::load_masked(&*store).await?.recovered;
        Ok((recovered, store.read().await?))
    })?;
    if recovered {
        return Err(Failure::failed(
            "the last run was interrupted, and its journal is not in the state yet",
        )
        .hint("run `refresh` first"));
    }
    match stored {
        Some(stored) => Ok(stored.bytes),
        None => Err(Failure::failed("there is no state: nothing was ever deployed")),
    }
}

/// Put a state from a file in place of the present one, which goes into the history
#[derive(Args, Debug)]
#[command(
    after_help = "Takes what `state export` or `pulumi stack export` wrote, or a file that `history` names.
Its passphrase, if it has one, is that in GOODGO_PASSPHRASE.

Examples:
  ./just state import env=local state.json
  ./just state export env=local | ssh other ./just state import env=local -"
)]
pub(super) struct Import {
    /// The file, or `-` for standard input
    file: PathBuf,
}

impl Import {
    pub(super) fn run(self, app: &App) -> Result<(), Failure> {
        let name = self.file.display().to_string();
        let bytes = self
            .read()
            .map_err(|error| Failure::usage(format!("cannot read {name}")).because(&error))?;
        let total = app.block_on(async {
            let snapshot = deployment::import(&bytes, &name, &app.keys()).await?;
            same_environment(app, &snapshot)?;
            let total = snapshot.resources.len();
            replace(app, snapshot).await?;
            Ok(total)
        })?;
        if app.output.json {
            return app.output.json_line(&json!({"event": "result", "resources": total}));
        }
        app.output.message(&format!("imported {}", count(total, "resource")));
        Ok(())
    }

    fn read(&self) -> std::io::Result<Vec<u8>> {
        if self.file.as_os_str() != "-" {
            return std::fs::read(&self.file);
        }
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// A state of another environment would make this one delete what it does not own.
fn same_environment(app: &App, snapshot: &Snapshot) -> Result<(), Failure> {
    let own = (app.program.project, app.program.environment);
    let mut urns = snapshot.resources.iter().map(|one| &one.urn);
    match urns.find(|urn| (urn.project(), urn.environment()) != own) {
        Some(urn) => Err(Failure::usage(format!(
            "it is the state of another environment: `{}` of `{}`",
            urn.environment(),
            urn.project()
        ))
        .hint("import it there")),
        None => Ok(()),
    }
}

async fn replace(app: &App, snapshot: Snapshot) -> Result<(), Failure> {
    let lease = app.lease("state import").await?;
    let (store, keys) = (app.store()?, app.keys());
    let readable = goodgo_state::load(&*store, &keys).await.map_err(Failure::from);
    let session = match readable {
        Ok(_) => {
            let session = Session::open(store, keys, lease).await?;
            session.replace(snapshot).await?;
            session
        }
        Err(failure) if failure.kind == Kind::State => {
            Session::restore(store, keys, lease, snapshot).await?
        }
        Err(failure) => return Err(failure),
    };
    session.finish().await?;
    Ok(())
}
