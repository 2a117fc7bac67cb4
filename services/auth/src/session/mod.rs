//! Sessions: families of refresh tokens, of which one at a time can be used.
//!
//! Using a token replaces it by a successor. A token that is used a second time
//! was either stolen or sent twice by its owner, and the service cannot see
//! which. It tells the two apart as well as that can be done (RFC 9700, section
//! 4.14): for a short grace the *immediate parent*, and only it, yields the
//! *same* successor again, so that an owner whose answer was lost, or whose two
//! tabs raced, stays logged in and gains no second token; every other reuse
//! ends the family, and only that family.
//!
//! The rules are [`rules`], a pure function. [`rotate`](rotate()) brings them to
//! the database, with the family's row locked from before the first look to
//! after the last write.

mod revoke;
mod rotate;
pub mod rules;
mod start;

pub use revoke::revoke;
pub use rotate::{Rotation, rotate};
pub use start::{Started, start};
