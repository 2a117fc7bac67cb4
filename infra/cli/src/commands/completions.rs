//! `completions`: what a shell needs to complete commands.

use clap::Args;
use clap_complete::Shell;

use crate::app::App;
use crate::args;
use crate::error::Failure;

const EXAMPLES: &str = "Examples:
  ./just completions env=local bash > ~/.local/share/bash-completion/completions/local
  ./just completions env=local fish > ~/.config/fish/completions/local.fish";

/// Write shell completions for this environment's program
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let name = app.program.environment;
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut args::command(name), name, &mut script);
        app.output.result(&String::from_utf8_lossy(&script))
    }
}
