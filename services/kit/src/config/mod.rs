//! Settings, declared once: name, type, default, check and documentation stand
//! in one place, and reading, validation and the printed table all come from
//! there, so that they cannot disagree.
//!
//! Values come from the environment. A [`Secret`] may also come from a file
//! named by `<NAME>_FILE`, which keeps it out of process listings and out of
//! the environment dumps that crash reporters like to take. Reading never stops
//! at the first mistake: an operator sees all of them and fixes them in one go.

mod declare;
mod document;
mod reader;
mod secret;
mod setting;

pub use declare::{Declaration, Settings, read};
pub use document::document;
pub use reader::{Environment, Mistake, Mistakes, Reader};
pub use secret::Secret;
pub use setting::{Setting, within};

#[cfg(test)]
mod tests;
