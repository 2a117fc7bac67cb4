//! From an environment's `main` to a command.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;
use goodgo_model::Environment;
use goodgo_provider::{Context, Runtime};

use crate::app::App;
use crate::args::{self, Arguments, Global};
use crate::error::{Failure, Kind};
use crate::output::{Color, Output};
use crate::settings::Settings;

/// A command that is no part of the command line, with what runs it: a target starts this same
/// program again under such a name, for a process that has to outlive the deploy.
pub type Hidden = (&'static str, fn(&[OsString]) -> ExitCode);

/// What makes one environment's program differ from another's.
#[derive(Clone, Copy)]
pub struct Program {
    /// The project, the same for all environments of a workspace.
    pub project: &'static str,
    /// The environment's name.
    pub environment: &'static str,
    /// The root of the workspace, absolute: `concat!(env!("CARGO_MANIFEST_DIR"), "/../..")`.
    pub workspace: &'static str,
    /// Declares what there is to be.
    pub declare: fn(&mut Environment),
    /// Makes the target that it runs on.
    pub runtime: fn(&Context) -> Box<dyn Runtime>,
    /// Commands of the target's own.
    pub hidden: &'static [Hidden],
}

/// Runs the command that the arguments of this process name; see [`EXIT_CODES`](crate::EXIT_CODES).
pub fn main(program: Program) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // First of all and without any of what follows: such a process lives long and has to stay small.
    for (name, run) in program.hidden {
        if arguments.get(1).is_some_and(|argument| argument == name) {
            return run(&arguments[2..]);
        }
    }
    ExitCode::from(run(program, &arguments))
}

fn run(program: Program, arguments: &[OsString]) -> u8 {
    let settings = match Settings::read(|name| std::env::var_os(name)) {
        Ok(settings) => settings,
        Err(failure) => {
            return tell(&Output::new(false, false, Color::Auto, &Settings::default()), &failure);
        }
    };
    let arguments = match parse(&program, arguments, &settings) {
        Ok(arguments) => arguments,
        Err(error) => return explain(&error),
    };
    let Arguments { global, command } = arguments;
    let output = Output::new(global.json, global.quiet, global.color, &settings);
    let done = App::new(program, settings, output, &global).and_then(|app| command.run(&app));
    match done {
        Ok(()) => 0,
        Err(failure) => tell(&output, &failure),
    }
}

fn parse(
    program: &Program,
    arguments: &[OsString],
    settings: &Settings,
) -> Result<Arguments, clap::Error> {
    let color = if settings.no_color { clap::ColorChoice::Never } else { clap::ColorChoice::Auto };
    let mut command = args::command(program.environment).color(color);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Prints help or what is wrong with the arguments.
fn explain(error: &clap::Error) -> u8 {
    // Nothing is left to tell it to when the terminal is gone.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => 0,
        _ => Kind::Usage.exit_code(),
    }
}

fn tell(output: &Output, failure: &Failure) -> u8 {
    let silent = failure.kind == Kind::Changes;
    if output.json && !silent {
        // When standard output is gone too, the exit code still tells.
        let _ = output.json_line(&failure.json());
    } else if !silent {
        output.error(&failure.text(output.message_paint()));
    }
    failure.kind.exit_code()
}

/// Builds the declaration and does nothing with it: for an environment's tests.
///
/// # Errors
/// Every mistake in the declaration, as the command line would show them.
pub fn check(program: Program) -> Result<(), String> {
    let settings = Settings {
        home: Some(std::env::temp_dir()),
        cache: Some(std::env::temp_dir()),
        ..Settings::default()
    };
    let output = Output::new(false, true, Color::Never, &settings);
    let built = App::new(program, settings, output, &Global::default()).and_then(|app| {
        let runtime = app.runtime()?;
        app.graph(&*runtime).map(|_| ())
    });
    built.map_err(|failure| failure.text(output.message_paint()))
}
