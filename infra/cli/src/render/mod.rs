//! How things look: pure functions from data to text, and the progress of a run.

pub(crate) mod duration;
pub(crate) mod graph;
pub(crate) mod paint;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod table;
pub(crate) mod values;
pub(crate) mod words;
