//! What can be typed. Each command's own arguments are in its file.

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::commands::{
    completions, deploy, destroy, doctor, graph, history, import, logs, new, outputs, preview,
    refresh, settings, state, status,
};
use crate::error::Failure;
use crate::output::Color;
use crate::{app::App, docs};

/// The whole command line.
#[derive(Parser, Debug)]
#[command(
    version,
    about = "Declares, reviews, deploys and looks after this environment",
    disable_help_subcommand = true,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Args, Clone, Copy, Debug, Default)]
#[command(next_help_heading = "Options of all commands")]
pub(crate) struct Global {
    /// Answer in JSON on standard output, one object a line, the last one the result
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say only what was asked for, and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    /// How many steps run at once [default: twice the cores, at least 16]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) parallel: Option<u16>,
    /// How long to wait while somebody else works on the environment, as in `5m`
    #[arg(long, global = true, value_name = "TIME", value_parser = crate::span::parse, default_value = "0s")]
    pub(crate) wait: std::time::Duration,
}

/// All commands.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Preview(preview::Preview),
    Deploy(deploy::Deploy),
    Destroy(destroy::Destroy),
    Refresh(refresh::Refresh),
    Status(status::Status),
    Logs(logs::Logs),
    Outputs(outputs::Outputs),
    Graph(graph::Graph),
    History(history::History),
    State(state::State),
    Import(import::Import),
    Doctor(doctor::Doctor),
    New(new::New),
    Settings(settings::Settings),
    Completions(completions::Completions),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        match self {
            Self::Preview(command) => command.run(app),
            Self::Deploy(command) => command.run(app),
            Self::Destroy(command) => command.run(app),
            Self::Refresh(command) => command.run(app),
            Self::Status(command) => command.run(app),
            Self::Logs(command) => command.run(app),
            Self::Outputs(command) => command.run(app),
            Self::Graph(command) => command.run(app),
            Self::History(command) => command.run(app),
            Self::State(command) => command.run(app),
            Self::Import(command) => command.run(app),
            Self::Doctor(command) => command.run(app),
            Self::New(command) => command.run(app),
            Self::Settings(command) => command.run(app),
            Self::Completions(command) => command.run(app),
        }
    }
}

/// The command line under the name of the environment's program.
pub(crate) fn command(program: &'static str) -> clap::Command {
    Arguments::command().name(program).bin_name(program).after_help(docs::exit_codes_short())
}
