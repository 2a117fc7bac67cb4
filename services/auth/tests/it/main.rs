//! The service against a real PostgreSQL and a real Redis, over HTTP.
//!
//! Each test has a database of its own. In Redis, which all share, each uses
//! addresses and accounts of its own.

mod accounts;
mod concurrency;
mod forged_tokens;
mod limits;
mod outages;
mod process;
mod rotation;
mod support;
