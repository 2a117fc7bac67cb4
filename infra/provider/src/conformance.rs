//! The suite that every provider is held to.
//!
//! Recovery from a crash, a time-out or Ctrl-C rests on what providers promise (see the
//! [crate]), so the promises are checked in one place and by every provider's own tests:
//!
//! ```
//! use goodgo_provider::{Provider, conformance};
//!
//! # async fn test(provider: &dyn Provider, case: conformance::Case) {
//! let broken = conformance::check(provider, &[case]).await;
//! assert!(broken.is_empty(), "{}", conformance::report(&broken));
//! # }
//! ```
//!
//! The suite works on the real world of the provider and removes what it made, unless a
//! promise is broken. Cases run one after another.

mod calls;
mod dropped;
mod life;
mod limited;
mod pure;
mod recorded;
mod replace;
mod secrets;

use std::fmt;

use goodgo_model::{Map, Type};

use crate::Provider;
use calls::Subject;

/// One sort of thing that a provider makes, with samples of its inputs. All values are known.
#[derive(Clone, Debug)]
pub struct Case {
    /// The type.
    pub kind: Type,
    /// What to make.
    pub inputs: Map,
    /// Inputs that the provider reaches from these by an update in place, if it can.
    pub update: Option<Map>,
    /// Inputs that force a replace, if there are any.
    pub replace: Option<Map>,
}

/// A promise that a provider did not keep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The type for which it did not.
    pub kind: Type,
    /// What was promised.
    pub promise: &'static str,
    /// What was seen in its place. Holds no values, so no secrets.
    pub seen: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: promised: {}; seen: {}", self.kind, self.promise, self.seen)
    }
}

/// All broken promises as a text, one a line.
pub fn report(broken: &[Broken]) -> String {
    broken.iter().map(|one| format!("{one}\n")).collect()
}

/// Checks all that a provider promises, on each case. Empty: it keeps its promises.
pub async fn check(provider: &dyn Provider, cases: &[Case]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for case in cases {
        broken.extend(check_case(provider, case).await);
    }
    broken
}

/// [`check`] for a provider of things that exist in the state alone: nothing of them is in the
/// world, so there is nothing to find, and a create whose record was lost may make another value.
pub async fn check_recorded(provider: &dyn Provider, cases: &[Case]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for case in cases {
        let mut subject = Subject::new(provider, case);
        if let Some(inputs) = pure::checked(&mut subject, &case.inputs) {
            pure::diff(&mut subject, &inputs);
            recorded::lives(&mut subject, &inputs).await;
            let new = case.replace.as_ref().and_then(|new| pure::checked(&mut subject, new));
            new.iter().for_each(|new| recorded::replaces(&mut subject, &inputs, new));
        }
        broken.append(&mut subject.broken);
    }
    broken
}

async fn check_case(provider: &dyn Provider, case: &Case) -> Vec<Broken> {
    let mut subject = Subject::new(provider, case);
    let Some(inputs) = pure::checked(&mut subject, &case.inputs) else {
        return subject.broken;
    };
    pure::diff(&mut subject, &inputs);
    life::lives(&mut subject, &inputs).await;
    if let Some(update) = case.update.as_ref().and_then(|new| pure::checked(&mut subject, new)) {
        life::updates(&mut subject, &inputs, &update).await;
    }
    if let Some(replace) = case.replace.as_ref().and_then(|new| pure::checked(&mut subject, new)) {
        replace::replaces(&mut subject, &inputs, &replace).await;
    }
    dropped::survives(&mut subject, &inputs).await;
    subject.broken
}

#[cfg(test)]
mod tests;
