//! The provider against real processes and a real supervisor.

mod conforms;
mod processes;
mod world;
