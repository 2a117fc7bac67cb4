//! What every service shares, so that a service's own code is about its
//! subject only: settings, telemetry, problems, health, serving, the database,
//! the cache and the verification of callers.
//!
//! The crate knows nothing of how services are deployed. A service reads its
//! [`config`] once at start, builds its routes, and hands them to
//! [`server::Server`], which wraps them in the layers every service has.

pub mod authenticate;
pub mod cache;
pub mod client_address;
pub mod config;
pub mod database;
pub mod health;
pub mod json;
pub mod problem;
pub mod server;
pub mod telemetry;
