//! Passwords: what they must be ([`policy`]), how they are kept ([`hash`]), and
//! how many are tried at the same time ([`pool`]).

pub mod hash;
pub mod policy;
pub mod pool;

pub use hash::{Hasher, StoredHash};
pub use policy::Policy;
pub use pool::{HashError, HashPool};
