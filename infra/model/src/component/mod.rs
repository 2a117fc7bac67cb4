//! What a platform team thinks in: gateway, database, service.
//!
//! A component is written once for all targets. It says what parts it is made of, what
//! others may use of it (its handle), and which mistakes can be made with it.

mod gateway;
mod job;
mod postgres;
mod redis;
mod secret;
mod service;

pub use gateway::{Cors, Gateway, GatewayRef, RateLimit};
pub use job::Job;
pub use postgres::{Postgres, PostgresRef};
pub use redis::{Redis, RedisRef};
pub use secret::{Secret, SecretRef};
pub use service::{Service, ServiceRef};

use crate::location::Location;
use crate::part::{Part, PartRef};
use crate::problem::Problem;
use crate::urn::Urn;
use crate::value::{Map, Path, Value};

/// A component, ready to be added to an environment.
pub trait Component: Send + Sync + 'static {
    /// What others may use of it.
    type Handle;

    /// Its sort, the last part of its type token: `Postgres` in `goodgo:platform:Postgres`.
    fn kind(&self) -> &'static str;

    /// Unique within the environment.
    fn name(&self) -> &str;

    /// What others may use of it.
    fn handle(&self, scope: &Scope<'_>) -> Self::Handle;

    /// What it is made of.
    fn parts(&self, scope: &Scope<'_>) -> Vec<Part>;

    /// What the `outputs` command shows.
    fn outputs(&self, _scope: &Scope<'_>) -> Map {
        Map::new()
    }

    /// The mistakes in it alone.
    fn check(&self, _report: &mut Report<'_>) {}

    /// The path prefixes that it claims at a gateway: the gateway and the prefix.
    fn claims(&self) -> Vec<(Urn, String)> {
        Vec::new()
    }
}

/// Gives a component the identities of itself and of its parts.
#[derive(Debug)]
pub struct Scope<'a> {
    pub(crate) project: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) component: &'a Urn,
}

impl Scope<'_> {
    /// The environment's name.
    pub fn environment(&self) -> &str {
        self.environment
    }

    /// The component's own identity.
    pub fn urn(&self) -> Urn {
        self.component.clone()
    }

    /// The component's own output.
    pub fn output(&self, path: &str) -> Value {
        Value::Output { urn: self.urn(), path: Path::parse(path) }
    }

    /// A workload of the environment, by name.
    pub fn workload(&self, name: &str) -> PartRef {
        self.part("workload", name)
    }

    /// A generated secret of the environment, by name.
    pub fn generated(&self, name: &str) -> PartRef {
        self.part("generated", name)
    }

    /// A database of the environment, by name.
    pub fn database(&self, name: &str) -> PartRef {
        self.part("database", name)
    }

    /// A route of the environment, by name.
    pub fn route(&self, name: &str) -> PartRef {
        self.part("route", name)
    }

    pub(crate) fn part(&self, kind: &str, name: &str) -> PartRef {
        PartRef(Urn::new(self.environment, self.project, &format!("{PART}{kind}"), name))
    }
}

/// The type of a part's URN, before a target has lowered it.
pub(crate) const PART: &str = "goodgo:part:";
/// The type of a component's URN.
pub(crate) const COMPONENT: &str = "goodgo:platform:";

/// Collects the mistakes of one component.
#[derive(Debug)]
pub struct Report<'a> {
    pub(crate) location: &'a Location,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Report<'_> {
    /// Adds a mistake, and what to do about it.
    pub fn add(&mut self, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(self.location.clone(), message).hint(hint));
    }

    /// A port that anybody may listen on.
    pub fn port(&mut self, what: &str, port: u16) {
        if port == 0 {
            self.add(format!("{what}: port 0 is out of range"), "choose one from 1 to 65535");
        }
    }

    /// A name that can be part of a host name, a file name and a database name.
    pub fn name(&mut self, name: &str) {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let first = name.chars().next().is_some_and(|c| c.is_ascii_lowercase());
        if !first || name.len() > 40 || name.ends_with('-') || !name.chars().all(fits) {
            let message = format!("the name `{name}` does not fit everywhere that it is used");
            self.add(message, "use 1 to 40 of a-z, 0-9 and `-`, beginning with a letter");
        }
    }
}
