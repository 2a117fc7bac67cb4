//! From what is wanted and what is, to what has to be done: a pure function.
//!
//! No I/O, no clock, no randomness: the same arguments give the same plan to the byte, so
//! plans can be tested by snapshots, saved, reviewed and applied later.

mod step;

pub use step::{Operation, Plan, Reason, Step, StepId, Wanted};
