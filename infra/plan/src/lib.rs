//! From what is wanted and what is, to what has to be done: a pure function.
//!
//! No I/O, no clock, no randomness: the same arguments give the same plan to the byte, so
//! plans can be tested by snapshots, saved, reviewed and applied later.
//!
//! [`plan`] pairs what is declared with the records of the state, decides for one resource
//! after the other in dependency order, adds what has to go, and puts the steps in order.
//! [`refresh_only`] is the plan that touches nothing but the state.

mod basis;
mod classify;
mod component;
mod delete;
mod desired;
mod digest;
mod error;
mod ignore;
mod order;
mod pattern;
mod planner;
mod problems;
mod reasons;
mod records;
mod refresh;
mod replace;
mod request;
mod resolve;
mod select;
mod step;
mod view;
mod wanted;

mod saved;

pub use error::{PlanError, PlanProblem, ProblemKind};
pub use planner::plan;
pub use refresh::refresh_only;
pub use request::{Observation, Observations, Options, Request};
pub use saved::{Moved, SavedPlan, SavedPlanError};
pub use step::{Operation, Plan, Reason, Step, StepId, Wanted};
pub use view::{PlanView, StepView, Summary};
