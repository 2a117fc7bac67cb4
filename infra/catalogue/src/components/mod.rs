//! The components of the catalogue, one file for each.

mod postgres;
mod redis;
mod traefik;

pub use postgres::postgres;
pub use redis::redis;
pub use traefik::traefik;

use crate::Component;

/// Every component of the catalogue.
pub fn all() -> Vec<Component> {
    vec![postgres(), redis(), traefik()]
}
