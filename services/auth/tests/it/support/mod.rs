//! What the tests stand on: a database for each, the service, a client, and
//! connections that can be cut.

mod backend;
mod client;
mod proxy;
mod service;

pub(crate) use backend::{Backend, TestDatabase};
pub(crate) use client::{Answer, Client, Person};
pub(crate) use proxy::Proxy;
pub(crate) use service::{SIGNING_KEY, Service, signing_key, variables};
