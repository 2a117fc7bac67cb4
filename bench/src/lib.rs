//! What the measurements share: a provider whose resources cost nothing, and a graph of them.
//!
//! The targets of the project are stated for "1,000 resources, half of which read an output of
//! the other half", the graph that Terraform's built-in `terraform_data` makes as well. So that
//! both do the same work, [`Data`] is its equal: what is put in comes out.

mod data;
mod graph;
mod runtime;

pub use data::{Data, KIND};
pub use graph::{Inputs, declare, graph, inputs, terraform};
pub use runtime::runtime;
