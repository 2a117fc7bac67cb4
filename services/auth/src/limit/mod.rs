//! How often something may be tried.
//!
//! All replicas agree by counting in Redis. When Redis is away each replica
//! counts for itself, which is less strict and far better than either refusing
//! everybody or counting nothing; metrics say when that is so.

mod gcra;
mod limiter;
mod local;
mod rate;
mod shared;

pub use gcra::{Decision, Quota, Verdict, verdict};
pub use limiter::{Limiter, Subject};
pub use rate::Rate;
