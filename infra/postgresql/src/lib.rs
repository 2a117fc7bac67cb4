//! Every service has a database and a role of its own, and can see no other's.
//!
//! This provider makes them on a server that runs already, whoever runs it. Types and
//! properties are those of Pulumi's package `postgresql`, with two of our own:
//!
//! - `server` (`host`, `port`, `username`, `password`, `database`) on every resource says
//!   where it lives and who may manage it. Pulumi has that in a provider resource; we have
//!   none, and so a server that is itself declared needs no second sort of dependency. A
//!   changed `server` is a new way to the same server: nothing is made or moved.
//! - `publicConnect` on `Database`, false by default. PostgreSQL lets every role connect to
//!   every new database; here none may but the owner, from the first instant that the
//!   database can be connected to at all.
//!
//! **Passwords** never reach the server in clear: what is sent and stored is a SCRAM verifier
//! that is computed here (see [RFC 5803](https://www.rfc-editor.org/rfc/rfc5803)), so that no
//! statement log can hold a password. `read` computes it again from the salt that the server
//! has: a password that was changed by hand is drift like any other.
//!
//! **Who made it** is written in the comment of the role or database: the token of its
//! create. A role or database that exists with another comment is never taken over
//! silently. A database is made under a name that holds the token, closed to all, and gets
//! its own name, its comment and its rights in one transaction: however a create is
//! interrupted, [`find`](goodgo_provider::Inspect::find) sees how far it came.
//!
//! **Order.** A database goes before its owner, as its owner is one of its inputs. A new owner
//! gets what the old one owned in the database, so that the old one can go afterwards.
//!
//! Of the environment, the database client reads `PGOPTIONS` and the like for what is not
//! set here; everything that decides where to connect, and as whom, is set.

mod database;
mod kind;
mod provider;
mod role;
mod scram;
mod server;
mod sql;

pub use provider::Postgresql;
