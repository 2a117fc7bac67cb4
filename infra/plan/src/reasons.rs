//! Why a resource is not the same: what a person did is told from what the world did.

use goodgo_model::{Map, Urn};
use goodgo_provider::{Diff, changes};

use crate::records::Record;
use crate::step::Reason;

/// Why it is changed in place.
pub(crate) fn of_update(record: &Record<'_>, checked: &Map, diff: &Diff) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if record.now.incomplete {
        reasons.push(Reason::Incomplete);
    }
    reasons.extend(of_changes(record, checked, diff));
    reasons
}

/// Why it is replaced. `without` are those that it cannot stand without.
pub(crate) fn of_replace(
    record: &Record<'_>,
    checked: &Map,
    diff: &Diff,
    without: Vec<Urn>,
    asked: bool,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = without.into_iter().map(Reason::DependencyReplaced).collect();
    reasons.extend(diff.replace.iter().cloned().map(Reason::ReplacedFor));
    reasons.extend(asked.then_some(Reason::Asked));
    reasons.extend(of_update(record, checked, diff));
    reasons
}

/// Intent: the declaration is not what was last applied. Drift: the world is not.
fn of_changes(record: &Record<'_>, checked: &Map, diff: &Diff) -> Vec<Reason> {
    if diff.is_empty() {
        return Vec::new();
    }
    let applied = &record.saved.inputs;
    let touches = |differing: Vec<goodgo_provider::Change>| {
        differing.iter().any(|one| {
            diff.changes
                .iter()
                .any(|change| change.path.contains(&one.path) || one.path.contains(&change.path))
        })
    };
    let changed = touches(changes(applied, checked));
    // A provider may also tell drift by the outputs, with the same inputs on all sides.
    let drifted = touches(changes(&record.now.inputs, applied)) || !changed;
    let both = [changed.then_some(Reason::Changed), drifted.then_some(Reason::Drifted)];
    both.into_iter().flatten().collect()
}
