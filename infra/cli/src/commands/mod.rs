//! One file for each command: its arguments, its help, and what it does.

pub(crate) mod completions;
pub(crate) mod deploy;
pub(crate) mod destroy;
pub(crate) mod doctor;
pub(crate) mod graph;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod logs;
mod naming;
pub(crate) mod new;
pub(crate) mod outputs;
pub(crate) mod preview;
pub(crate) mod refresh;
mod selection;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod status;
