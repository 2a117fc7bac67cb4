//! Tests that use fakes pass while the product fails. This crate starts the
//! real parts ([`backends`]) for the suites here and, through the program
//! `with-backends`, for the tests of other crates.

pub mod backends;
