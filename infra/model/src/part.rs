//! What a component is made of, target-neutral.
//!
//! A part is referred to by its URN like any resource, before any target has said what it
//! becomes: a target answers with the outputs that each sort of part promises here, and the
//! environment puts them in place of the references.

use std::sync::Arc;

use crate::urn::Urn;
use crate::value::{Path, Value};
use crate::workload::Workload;

/// A piece of a component that a target lowers to resources.
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// Something that runs. Outputs: for each port `ports.<name>` with `host`, `number` and
    /// `address` (`host:number`) and, when replicated, `servers.<name>` (a list of
    /// `{"url": "http://host:number"}`); for each volume `volumes.<name>`, its path.
    Workload(Box<Workload>),
    /// A secret that the environment makes for itself. Outputs: `value`, and for key pairs
    /// `private` and `public` in PEM.
    Generated {
        /// Unique within the environment.
        name: String,
        /// What to make.
        what: Generated,
    },
    /// A database with a role that owns it. Outputs: `url` without a password
    /// (`postgres://role@host:port/name`).
    Database(Box<Database>),
    /// A piece of the gateway's configuration. Outputs: none.
    Route(Box<Route>),
}

/// A secret to generate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Generated {
    /// A password of letters and digits.
    Password {
        /// Characters.
        length: u32,
    },
    /// An Ed25519 key pair.
    Ed25519,
}

/// A database and its role.
#[derive(Clone, PartialEq, Debug)]
pub struct Database {
    /// The database's name, and its role's.
    pub name: String,
    /// The role's password.
    pub password: Value,
    /// Host of the server.
    pub host: Value,
    /// Port of the server.
    pub port: Value,
    /// The server's administrator.
    pub admin: String,
    /// The administrator's password.
    pub admin_password: Value,
    /// Deleting it loses what users entrusted to the platform.
    pub protect: bool,
}

/// Configuration that the gateway picks up while it runs.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// Unique within the environment.
    pub name: String,
    /// The folder that the gateway watches.
    pub directory: Value,
    /// The address of the gateway's own API, by which it tells what it has picked up.
    pub api: Value,
    /// The address that users reach the gateway by.
    pub entry: Value,
    /// Traefik's dynamic configuration, as a structure.
    pub content: Value,
    /// The names of the services in it whose servers must be up before it counts as applied.
    pub services: Vec<String>,
    /// Must be applied before, besides whose outputs it uses.
    pub depends_on: Vec<Urn>,
    /// A path that must answer through the gateway (no 5xx) before it counts as applied.
    pub probe: Option<String>,
}

impl Part {
    /// Unique within the environment.
    pub fn name(&self) -> &str {
        match self {
            Self::Workload(workload) => &workload.name,
            Self::Generated { name, .. } => name,
            Self::Database(database) => &database.name,
            Self::Route(route) => &route.name,
        }
    }

    /// The sort, as part of its URN.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Workload(_) => "workload",
            Self::Generated { .. } => "generated",
            Self::Database(_) => "database",
            Self::Route(_) => "route",
        }
    }
}

/// How others refer to a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartRef(pub(crate) Urn);

impl PartRef {
    /// The part's identity, for `depends_on`.
    pub fn urn(&self) -> Urn {
        self.0.clone()
    }

    /// One of its outputs.
    pub fn output(&self, path: &str) -> Value {
        Value::Output { urn: self.0.clone(), path: Path::parse(path) }
    }
}

/// A text of pieces, some of which are outputs.
pub fn text(pieces: impl IntoIterator<Item = Value>) -> Value {
    Value::Concat(pieces.into_iter().collect())
}

/// A name that a database and a role may have without quotes: `auth-service` becomes `auth_service`.
pub fn identifier(name: &str) -> Arc<str> {
    name.replace('-', "_").into()
}
