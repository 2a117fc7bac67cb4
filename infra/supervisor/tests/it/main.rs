//! The supervisor with real processes, and what is left when parts of it are
//! killed. Nothing here waits for a time to pass, but until something is so.

#![cfg(test)]

mod adoption;
mod harness;
mod jobs;
mod lifecycle;
mod logs;
