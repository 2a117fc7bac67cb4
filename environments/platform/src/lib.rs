//! What all environments share: the words to declare with, and the migrations of the services.

mod migrations;

pub use migrations::migrations;

/// Everything that a declaration needs, in one import.
pub mod prelude {
    pub use goodgo_model::component::{Gateway, Job, Postgres, Redis, Secret, Service};
    pub use goodgo_model::{ComponentOptions, Environment, Limits, Value};

    pub use crate::migrations;
}
