//! A provider whose things are files.
//!
//! `File` is changed in place and replaced when its `place` changes, the new one first. `Seat`
//! can be taken by one at a time: it is replaced when its `place` changes, the old one first.

mod codec;
mod disk;
mod provider;

pub(crate) use disk::{Disk, Thing};
pub(crate) use provider::{FILE, Faulty, Folder, SEAT};
