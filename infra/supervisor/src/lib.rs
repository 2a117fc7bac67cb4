//! One detached supervisor for each environment that runs its processes.
//!
//! A deploy ends, its processes stay: somebody has to restart what crashes, keep
//! the logs, and know what runs when the next command asks. That is a program of
//! its own, but not a binary of its own: the environment's program runs itself
//! again as `<program> __supervise <dir>` and calls [`run`] there. Everybody else
//! uses [`Client`].
//!
//! See `docs/decisions/0003-supervisor.md` for why it is built as it is.

mod child;
mod client;
mod clock;
mod context;
mod error;
mod events;
mod hash;
mod keeper;
mod logs;
mod paths;
pub mod ports;
mod probe;
mod process;
mod procfs;
mod protocol;
mod readable;
mod records;
mod run;
mod server;
mod spec;
mod status;
mod supervisor;

pub use client::{Client, LogStream};
pub use error::Error;
pub use protocol::{
    Answer, Call, Failure, Hello, JobResult, LogLine, LogQuery, PROTOCOL, Reply, Request, Stream,
};
pub use records::live_on;
pub use run::{Options, run};
pub use spec::{Check, LogLimits, Prepare, Probe, Restart, RunAs, Spec, StopSignal};
pub use status::{Cause, Exit, ExitStatus, State, Status};

/// The variable that marks every process of an environment:
/// `GOODGO_INSTANCE=<environment>/<key>`.
pub(crate) const MARKER: &str = "GOODGO_INSTANCE";
/// The keeper's name in the list of processes.
pub(crate) const KEEPER: &str = "goodgo-keeper";
/// The supervisor's name in the list of processes.
pub(crate) const SUPERVISOR: &str = "goodgo-supervisor";
