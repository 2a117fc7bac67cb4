//! Where text goes: results to standard output, everything else to standard error.
//!
//! So `just outputs env=local > file` holds the outputs and nothing else. A reader that has gone
//! (`| head`) is no error: writing to it is silently given up.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::error::Failure;
use crate::render::paint::Paint;
use crate::settings::Settings;

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How this run speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// One JSON object for each result and event, on standard output.
    pub(crate) json: bool,
    quiet: bool,
    interactive: bool,
    results: Paint,
    messages: Paint,
}

impl Output {
    pub(crate) fn new(json: bool, quiet: bool, color: Color, settings: &Settings) -> Self {
        let colored = |terminal: bool| match color {
            Color::Auto => terminal && !settings.no_color,
            Color::Always => true,
            Color::Never => false,
        };
        let errors = io::stderr().is_terminal();
        let interactive = errors && io::stdin().is_terminal() && !settings.ci && !json;
        Self {
            json,
            quiet,
            interactive,
            results: Paint::new(colored(io::stdout().is_terminal()) && !json),
            messages: Paint::new(colored(errors)),
        }
    }

    /// Whether a person sits there: may be asked, sees bars move.
    pub(crate) fn is_interactive(&self) -> bool {
        self.interactive
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// For what goes to [`Output::result`].
    pub(crate) fn result_paint(&self) -> Paint {
        self.results
    }

    /// For what goes to [`Output::message`].
    pub(crate) fn message_paint(&self) -> Paint {
        self.messages
    }

    /// What was asked for.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn result(&self, text: &str) -> Result<(), Failure> {
        write(&mut io::stdout().lock(), text)
    }

    /// One JSON object on a line of its own.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn json_line(&self, value: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_string(value)
            .map_err(|error| Failure::failed("cannot write as JSON").because(&error))?;
        line.push('\n');
        self.result(&line)
    }

    /// What a person may like to know; not under `--quiet` or `--json`.
    pub(crate) fn message(&self, line: &str) {
        if !self.quiet && !self.json {
            self.error(&format!("{line}\n"));
        }
    }

    /// What must be said. Each line ended.
    pub(crate) fn error(&self, text: &str) {
        // Nothing is left to tell it to when standard error is gone.
        let _ = write(&mut io::stderr().lock(), text);
    }
}

fn write(sink: &mut impl Write, text: &str) -> Result<(), Failure> {
    match sink.write_all(text.as_bytes()).and_then(|()| sink.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::failed("cannot write the output").because(&error))
        }
        _ => Ok(()),
    }
}
