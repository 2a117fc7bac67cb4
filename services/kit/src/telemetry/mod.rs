//! What a service says about itself: structured logs on standard output, a
//! trace identity for each request, and metrics for Prometheus.

pub mod logs;
pub mod metrics;
mod process;
pub mod trace;
