//! A plan in four dresses, from one view of it.

mod html;
mod json;
mod mark;
mod markdown;
mod tree;
mod view;

pub(crate) use html::{escape, html};
pub(crate) use json::json;
pub(crate) use mark::Mark;
pub(crate) use markdown::markdown;
pub(crate) use tree::{summary, tree};
pub(crate) use view::View;

#[cfg(test)]
mod tests;
