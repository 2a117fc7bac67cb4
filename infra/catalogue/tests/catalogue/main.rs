//! The catalogue from outside: real files, real processes, a real HTTP server.

mod cache;
mod release;
mod search;
mod support;
