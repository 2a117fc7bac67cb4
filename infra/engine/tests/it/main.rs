//! The engine against a real world: a folder with one file for each thing.

mod cancel;
mod conformance;
mod crash;
mod deploy;
mod down;
mod faults;
mod harness;
mod imports;
mod lock;
mod matrix;
mod random;
mod undo;
mod world;
