//! A plan kept for later: what it was made from, what it showed, and what it would do.
//!
//! The planner is deterministic, so a saved plan holds no inputs and no secrets. To apply it,
//! plan again and let [`SavedPlan::verify`] say that nothing moved since.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::step::Plan;

/// What of a plan is kept. Secrets are masked in it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SavedPlan {
    /// Of this format: 1.
    pub version: u32,
    /// [`Plan::basis`].
    pub basis: String,
    /// [`Plan::fingerprint`].
    pub fingerprint: String,
    /// [`Plan::view`], to be shown again.
    pub view: serde_json::Value,
}

/// Why a file is no saved plan.
#[derive(Debug, thiserror::Error)]
pub enum SavedPlanError {
    /// It is damaged or something else.
    #[error("this is not a saved plan")]
    Unreadable(#[source] serde_json::Error),
    /// It is of another release.
    #[error(
        "this plan was saved by another release (format {0}, this one reads {VERSION}); make it again"
    )]
    Version(u32),
}

/// Why a saved plan must not be applied any more.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Moved {
    /// It is for another one.
    #[error("the plan was made for {saved}, this is {now}")]
    Environment {
        /// Environment and project of the plan.
        saved: String,
        /// Those here.
        now: String,
    },
    /// Somebody deployed since.
    #[error(
        "the state has moved since the plan was made (serial {saved}, now {now}); make it again"
    )]
    State {
        /// The serial that it was made for.
        saved: u64,
        /// The serial now.
        now: u64,
    },
    /// The source of the environment, or what is asked for, changed.
    #[error("the declaration has changed since the plan was made{}; make it again", list(.0))]
    Declaration(Vec<String>),
    /// The world changed.
    #[error("the world has changed since the plan was made{}; make it again", list(.0))]
    World(Vec<String>),
    /// All that it was made from is as it was; the providers decide otherwise.
    #[error("another release of the program decides otherwise{}; make the plan again", list(.0))]
    Decisions(Vec<String>),
}

const VERSION: u32 = 1;
/// More differing steps than this are only counted.
const NAMED: usize = 5;

fn list(steps: &[String]) -> String {
    let more = steps.len().saturating_sub(NAMED);
    let named = steps[..steps.len() - more].join(", ");
    match (named.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(" ({named})"),
        (false, more) => format!(" ({named} and {more} more)"),
    }
}

impl SavedPlan {
    /// What has to be kept of a plan.
    pub fn new(plan: &Plan) -> Self {
        let view = serde_json::to_value(plan.view()).expect("a plan's keys are texts");
        Self { version: VERSION, basis: plan.basis.clone(), fingerprint: plan.fingerprint(), view }
    }

    /// As bytes for a file. They show what the plan shows: encrypt them if that is not for all.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a saved plan's keys are texts")
    }

    /// From the bytes of [`SavedPlan::encode`].
    ///
    /// # Errors
    /// When they are damaged or of another release.
    pub fn decode(bytes: &[u8]) -> Result<Self, SavedPlanError> {
        let saved: Self = serde_json::from_slice(bytes).map_err(SavedPlanError::Unreadable)?;
        if saved.version == VERSION {
            Ok(saved)
        } else {
            Err(SavedPlanError::Version(saved.version))
        }
    }

    /// Whether the plan made now is the one that was saved.
    ///
    /// # Errors
    /// What moved since, with the steps that differ.
    pub fn verify(&self, now: &Plan) -> Result<(), Moved> {
        let place = |view: &serde_json::Value| {
            format!("{}/{}", text(view, "project"), text(view, "environment"))
        };
        let fresh = Self::new(now);
        let (saved_for, here) = (place(&self.view), place(&fresh.view));
        if saved_for != here {
            return Err(Moved::Environment { saved: saved_for, now: here });
        }
        let serial = self.view["serial"].as_u64().unwrap_or_default();
        if serial != now.serial {
            return Err(Moved::State { saved: serial, now: now.serial });
        }
        if self.basis == fresh.basis && self.fingerprint == fresh.fingerprint {
            return Ok(());
        }
        let differing = self.differing(&fresh);
        let parts = |basis: &str| basis.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (before, after) = (parts(&self.basis), parts(&fresh.basis));
        Err(if before.get(1) != after.get(1) {
            Moved::Declaration(differing)
        } else if before.get(2) != after.get(2) {
            Moved::World(differing)
        } else {
            Moved::Decisions(differing)
        })
    }

    /// `operation name` of every step that is in one of the two and not in the other.
    fn differing(&self, other: &Self) -> Vec<String> {
        let (ours, theirs) = (self.steps(), other.steps());
        let differing: BTreeSet<&String> =
            ours.symmetric_difference(&theirs).map(|(_, said)| said).collect();
        differing.into_iter().cloned().collect()
    }

    fn steps(&self) -> BTreeSet<(String, String)> {
        let steps = self.view["steps"].as_array().map_or(&[][..], Vec::as_slice);
        let one = |step: &serde_json::Value| {
            let mut said = step.clone();
            // Where a step comes is no difference of its own.
            if let Some(fields) = said.as_object_mut() {
                fields.remove("step");
                fields.remove("after");
            }
            (said.to_string(), format!("{} {}", text(step, "operation"), text(step, "name")))
        };
        steps.iter().map(one).collect()
    }
}

fn text<'a>(view: &'a serde_json::Value, key: &str) -> &'a str {
    view[key].as_str().unwrap_or_default()
}
