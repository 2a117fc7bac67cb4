//! The provider against a real PostgreSQL.

mod conformance;
mod database;
mod interrupted;
mod role;
mod unreachable;
mod world;
