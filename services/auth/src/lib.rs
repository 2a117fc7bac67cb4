//! The identity service: accounts, sessions and access tokens.
//!
//! The part that has to be right first is the rotation of refresh tokens, in
//! [`session`]: its rules are a pure function, the rest brings them to a
//! database row under a lock. Everything that costs (hashing) or can be
//! guessed (passwords) is bounded, by a pool in [`password`] and by rates in
//! [`limit`]. The service keeps no state of its own, so that any number of
//! replicas work side by side.

pub mod account;
pub mod app;
pub mod error;
pub mod limit;
pub mod password;
pub mod routes;
pub mod schema;
pub mod session;
pub mod settings;
pub mod token;
