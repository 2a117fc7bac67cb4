//! Tests that use fakes pass while the product fails. This crate starts the
//! real parts ([`backends`]) for the suites here and, through the program
//! `with-backends`, for the tests of other crates. What is tested about the
//! workspace itself is in [`layers`].

pub mod backends;
pub mod layers;
