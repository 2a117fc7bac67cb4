//! The state as the planner reads it: each record corrected by what was observed.

use std::collections::HashMap;
use std::sync::Arc;

use goodgo_model::{Existing, Snapshot, Urn};

use crate::request::{Observation, Observations};

/// A position in [`Records::all`], which is that in the snapshot.
pub(crate) type RecordId = u32;

/// The records of a snapshot, found by URN.
pub(crate) struct Records<'a> {
    all: Vec<Record<'a>>,
    current: HashMap<&'a Urn, RecordId>,
}

/// One record.
pub(crate) struct Record<'a> {
    /// As the state has it.
    pub(crate) saved: &'a Arc<Existing>,
    /// As it is; the same `Arc` when the state is right.
    pub(crate) now: Arc<Existing>,
    /// Whether the thing does not exist any more.
    pub(crate) gone: bool,
}

impl<'a> Records<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, observed: &Observations) -> Self {
        let all: Vec<_> =
            snapshot.resources.iter().map(|saved| Record::new(saved, observed)).collect();
        let living = snapshot.resources.iter().zip(0..).filter(|(existing, _)| !existing.delete);
        let current = living.map(|(existing, id)| (&existing.urn, id)).collect();
        Self { all, current }
    }

    pub(crate) fn all(&self) -> &[Record<'a>] {
        &self.all
    }

    /// All, with their ids; can be walked from behind.
    pub(crate) fn numbered(&self) -> impl DoubleEndedIterator<Item = (&Record<'a>, RecordId)> {
        // A state of four billion resources would not fit into memory.
        #[allow(clippy::cast_possible_truncation)]
        self.all.iter().enumerate().map(|(id, record)| (record, id as RecordId))
    }

    pub(crate) fn get(&self, id: RecordId) -> &Record<'a> {
        &self.all[id as usize]
    }

    /// The record of the generation that is not to be deleted.
    pub(crate) fn current(&self, urn: &Urn) -> Option<RecordId> {
        self.current.get(urn).copied()
    }

    /// For every record the earlier records that it depended on, old generations included.
    ///
    /// In a snapshot dependencies come first. Only such are followed, so that the result is
    /// acyclic even when two generations of a URN depended on each other's neighbours.
    pub(crate) fn needs(&self) -> Vec<Vec<RecordId>> {
        let mut seen: HashMap<&Urn, Vec<RecordId>> = HashMap::with_capacity(self.all.len());
        let mut needs = Vec::with_capacity(self.all.len());
        for (record, id) in self.all.iter().zip(0..) {
            let urns = record.saved.dependencies.iter().chain(&record.saved.parent);
            let mut found: Vec<RecordId> =
                urns.filter_map(|urn| seen.get(urn)).flatten().copied().collect();
            found.sort_unstable();
            found.dedup();
            needs.push(found);
            seen.entry(&record.saved.urn).or_default().push(id);
        }
        needs
    }
}

impl<'a> Record<'a> {
    fn new(saved: &'a Arc<Existing>, observed: &Observations) -> Self {
        // Components exist in the state only.
        let found = if saved.custom && !observed.is_empty() {
            observed.get(&saved.urn, &saved.id)
        } else {
            &Observation::NotLooked
        };
        match found {
            Observation::NotLooked | Observation::Unchanged => {
                Self { saved, now: saved.clone(), gone: false }
            }
            Observation::Gone => Self { saved, now: saved.clone(), gone: true },
            Observation::Observed(seen) => {
                let now = Existing {
                    id: seen.id.clone(),
                    inputs: seen.inputs.clone(),
                    outputs: seen.outputs.clone(),
                    incomplete: !seen.complete,
                    ..Existing::clone(saved)
                };
                let now = if now == **saved { saved.clone() } else { Arc::new(now) };
                Self { saved, now, gone: false }
            }
        }
    }

    /// Whether the world is not what the state says.
    pub(crate) fn moved(&self) -> bool {
        self.gone || !Arc::ptr_eq(self.saved, &self.now)
    }
}
