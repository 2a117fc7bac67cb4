//! An environment on the process target needs real PostgreSQL, Redis and
//! Traefik programs, and a fresh machine has none of them.
//!
//! The catalogue names each [`Component`] with the versions that will do and
//! where it can come from, and [`Catalogue::ensure`] hands back programs that
//! run. The order is always the same: an acceptable one on the search path, the
//! cache, then the component's own sources (official release, package, build
//! from the released source). Each attempt is told to an [`Observer`]; nothing
//! is printed here, and no environment variable is read.
//!
//! An installation appears in the cache whole or not at all: it is made in a
//! staging folder, its checksum and its version are verified, and then it is
//! renamed into place under a lock.

mod archive;
mod cache;
mod catalogue;
mod component;
pub mod components;
mod download;
mod error;
mod event;
mod finding;
mod installed;
mod libraries;
mod modes;
mod platform;
mod probe;
mod record;
mod run;
mod search;
mod source;
mod sources;
mod version;

pub use catalogue::Catalogue;
pub use component::{Component, Program};
pub use error::{Attempt, Error, Failure};
pub use event::{Event, Observer, Silent};
pub use finding::Finding;
pub use installed::Installed;
pub use platform::{Arch, Os, Platform};
pub use source::{Apt, Build, Checksum, Format, Npm, Pip, Release, Source, Variant};
pub use version::{Requirement, Version};
