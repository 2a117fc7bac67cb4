//! Replaces: what forces one, and which generation goes first.
//!
//! The new generation comes first unless the provider or the declaration says otherwise. When
//! the old one goes first, everything that stands on it and has to be replaced as well goes
//! before it; what only refers to it and can be changed in place stays and is changed after.

use std::collections::HashMap;

use goodgo_model::{Existing, Graph, Path, Urn};
use goodgo_provider::Diff;

use crate::classify::Context;
use crate::records::RecordId;
use crate::step::Step;

/// What becomes of the generation that there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Generation {
    /// It stays, or there is none.
    #[default]
    Kept,
    /// It is deleted once nothing uses it any more.
    DeletedLast,
    /// It is deleted before the new one comes.
    DeletedFirst,
}

/// Adds to the properties that force a replace those that the declaration names.
pub(crate) fn replace_on_changes(diff: &mut Diff, properties: &[Path]) {
    if properties.is_empty() {
        return;
    }
    for change in &diff.changes {
        let named = properties
            .iter()
            .any(|property| property.contains(&change.path) || change.path.contains(property));
        if named && !diff.replace.contains(&change.path) {
            diff.replace.push(change.path.clone());
        }
    }
    diff.replace.sort_unstable();
}

/// Those dependencies of a resource that go before their new generation comes, so that a
/// replaced resource that stands on them has to go first.
pub(crate) fn without(
    graph: &Graph,
    position: usize,
    generations: &[Generation],
    steps: &[Option<Step>],
    now: &Existing,
) -> Vec<Urn> {
    let needs = graph.dependencies(position).iter();
    let going = needs.filter(|&&need| generations[need] == Generation::DeletedFirst);
    let former = going.filter_map(|&need| steps[need].as_ref()?.old.as_ref());
    let stood_on = former.filter(|old| now.dependencies.contains(&old.urn));
    stood_on.map(|old| old.urn.clone()).collect()
}

/// What has to be deleted early although it was not decided so: replaced resources whose old
/// generation stood on one that goes early, and which the new declaration does not show.
pub(crate) fn overlooked(
    context: Context<'_>,
    generations: &[Generation],
    needs: &[Vec<RecordId>],
    early: &[bool],
) -> HashMap<usize, Urn> {
    let last = |position: &usize| generations[*position] == Generation::DeletedLast;
    (0..generations.len())
        .filter(last)
        .filter_map(|position| {
            let record = context.pairing.record(position)?;
            let need = needs[record as usize].iter().find(|&&need| early[need as usize])?;
            Some((position, context.records.get(*need).saved.urn.clone()))
        })
        .collect()
}

/// The records whose deletion cannot wait for the updates: the old generations that go first,
/// and what is not declared any more and stood on them.
pub(crate) fn early(
    context: Context<'_>,
    generations: &[Generation],
    needs: &[Vec<RecordId>],
) -> Vec<bool> {
    let mut early = vec![false; needs.len()];
    for (id, record) in context.records.all().iter().enumerate() {
        early[id] = match context.pairing.declared(id as RecordId) {
            Some(position) => generations[position] == Generation::DeletedFirst,
            None => {
                needs[id].iter().any(|&need| early[need as usize])
                    && goes(context, id, record.saved)
            }
        };
    }
    early
}

fn goes(context: Context<'_>, id: usize, saved: &Existing) -> bool {
    context.selection.has_record(id as RecordId) && !saved.protect
}
