//! Secrets that nobody has to think up, type or hand on: they are resources.
//!
//! A password made by a resource is random, encrypted in the state, changed by
//! changing its `keepers`, and reaches the workload that needs it without a person
//! seeing it. Types and properties are those of Pulumi's packages `random` and
//! `tls`, so that a state can move between the two; what is left out is left out
//! because nothing here needs it: `bcryptHash`, the OpenSSH forms of keys and their
//! fingerprints. The state keeps what Pulumi made of them all the same.
//!
//! **Nothing exists outside the state.** So `read` gives back what the state says,
//! `find` has nothing to look for, and `delete` has nothing to do. When the record of
//! a create is lost, the value it made is lost with it and nobody can have used it:
//! the next create makes a fresh one under the same id, and no second thing exists.
//! The id is the token of the create, never (as in Pulumi's package) the value.
//!
//! Every input forces a replace. The new value is made before the old one goes, so
//! that whoever uses it can be moved over in the same deploy.

mod dice;
mod generator;
mod pem;
mod private_key;
mod random_bytes;
mod random_id;
mod random_text;

pub use generator::Generator;

/// The provider of the package `random`: `RandomPassword`, `RandomString`, `RandomBytes`, `RandomId`.
pub const fn random() -> Generator {
    const SORTS: &[generator::Sort] =
        &[random_text::PASSWORD, random_text::STRING, random_bytes::SORT, random_id::SORT];
    Generator::new("random", SORTS)
}

/// The provider of the package `tls`: `PrivateKey`.
pub const fn tls() -> Generator {
    const SORTS: &[generator::Sort] = &[private_key::SORT];
    Generator::new("tls", SORTS)
}
