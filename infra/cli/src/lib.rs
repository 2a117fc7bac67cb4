//! The command line of an environment: `./just deploy env=local` runs the program `local`, whose
//! whole `main` is a call of [`main`].
//!
//! Everything that a user sees passes through here. It is the only crate that prints, exits,
//! reads environment variables or asks where home is; the layers below are handed what they need.
//!
//! Code map: `args` is what can be typed, `commands` has one file for each command, `app` is what
//! they share, `render` turns data into text, `error` turns errors into advice and exit codes.

mod app;
mod args;
mod commands;
mod confirm;
mod deploying;
mod docs;
mod error;
mod output;
mod paths;
mod place;
mod program;
mod render;
mod settings;
mod signals;
mod span;

pub use error::{EXIT_CODES, ExitCodeDoc};
pub use program::{Hidden, Program, check, main};
pub use settings::{SETTINGS, Setting};
