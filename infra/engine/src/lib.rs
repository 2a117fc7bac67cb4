//! Makes the world what was declared, and survives being killed at it.
//!
//! A run looks at the world, has the planner say what has to be done, asks a person, and does it. Before each side effect it records a pending operation,
//! after it the result, so that the next run knows what may have been begun. What fails is
//! undone within its component; there is no other recovery than planning forward again.
//!
//! [`Engine`] is the entry: [`Engine::preview`], [`Engine::deploy`], [`Engine::destroy`],
//! [`Engine::refresh`], [`Engine::import`]. It never prints: it emits [`Event`]s. It takes no
//! lock: its caller opens a session of the state and closes it afterwards.

mod apply;
mod call;
mod cancel;
mod commands;
mod engine;
mod error;
mod event;
mod outcome;
mod refresh;
mod settings;

pub use cancel::{Cancel, Stop};
pub use engine::{Confirm, Engine, Options, Yes};
pub use error::{Error, ReadFailure, Unreadable};
pub use event::{Counts, Event, Observer, Silent, Skip, StepInfo};
pub use outcome::{End, Failure, Outcome, Undone};
pub use settings::{Retry, Settings};
