//! `state`: look at what is recorded, and mend it by hand.

mod edit;
mod inspect;
mod transfer;
mod unlock;

use clap::{Args, Subcommand};

use crate::app::App;
use crate::error::Failure;

const EXAMPLES: &str = "Every change keeps the version before it: see `history`.

Examples:
  ./just state list env=local
  ./just state export env=local --passphrase > state.json
  ./just state unlock env=local";

/// Look at the state, move it, mend it
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct State {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(inspect::List),
    Show(inspect::Show),
    Export(transfer::Export),
    Import(transfer::Import),
    Rename(edit::Rename),
    Remove(edit::Remove),
    Unlock(unlock::Unlock),
}

impl State {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        match self.command {
            Command::List(command) => command.run(app),
            Command::Show(command) => command.run(app),
            Command::Export(command) => command.run(app),
            Command::Import(command) => command.run(app),
            Command::Rename(command) => command.run(app),
            Command::Remove(command) => command.run(app),
            Command::Unlock(command) => command.run(app),
        }
    }
}
