//! The command line as a user meets it: a real program, its output, its exit codes.

mod commands;
mod deploys;
mod interrupts;
mod support;
