//! Tests that use fakes pass while the product fails. This crate starts the
//! real parts ([`backends`]) for the suites here and, through the program
//! `with-backends`, for the tests of other crates. What is tested about the
//! workspace itself is in [`layers`].
//!
//! `tests/it` takes the whole platform through what happens to it in use: deploys, rollouts under
//! load, mistakes, crashes. It deploys the program `throwaway`, as [`variation`] says.

pub mod backends;
pub mod layers;
pub mod variation;
