//! The state in memory while it changes.

use std::collections::HashMap;
use std::sync::Arc;

use goodgo_model::{Existing, Pending, Snapshot, Urn};

use crate::deployment::{Violation, order};
use crate::journal::{Entry, PendingKey, ResourceKey};

/// The state, ready to take one entry after the other.
#[derive(Default)]
pub(crate) struct Live {
    pub(crate) serial: u64,
    /// With gaps where something was removed, so that positions stay.
    resources: Vec<Option<Arc<Existing>>>,
    places: HashMap<ResourceKey, usize>,
    /// The id of the generation that stays.
    current: HashMap<Urn, String>,
    pending: Vec<Pending>,
}

impl Live {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let Snapshot { serial, resources, pending } = snapshot;
        let mut live = Self { serial, pending, ..Self::default() };
        resources.into_iter().for_each(|resource| live.put(resource));
        live
    }

    /// The state as it is now, in dependency order.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot {
            serial: self.serial,
            resources: self.resources.iter().flatten().cloned().collect(),
            pending: self.pending.clone(),
        };
        order(&mut snapshot);
        snapshot
    }

    /// Whether an entry may be applied: it must not leave two generations of which both stay.
    pub(crate) fn check(&self, entry: &Entry) -> Result<(), Violation> {
        for (index, resource) in entry.put.iter().enumerate().filter(|(_, one)| !one.delete) {
            let urn = &resource.urn;
            let twice = entry.put[..index].iter().any(|one| !one.delete && one.urn == *urn);
            let other = self.current.get(urn).filter(|id| **id != resource.id);
            let stays = |id: &String| {
                let gone = entry.remove.iter().any(|key| key.urn == *urn && key.id == *id);
                let old = |one: &Arc<Existing>| one.delete && one.urn == *urn && one.id == *id;
                !gone && !entry.put.iter().any(old)
            };
            if twice || other.is_some_and(stays) {
                return Err(Violation::Duplicate { urn: urn.clone() });
            }
        }
        Ok(())
    }

    /// Applies an entry that was checked.
    pub(crate) fn apply(&mut self, entry: &Entry) {
        for key in &entry.end {
            self.pending.retain(|pending| PendingKey::of(pending) != *key);
        }
        for key in &entry.remove {
            self.remove(key);
        }
        // Old generations first: the new one must be the current one in the end.
        for delete in [true, false] {
            let put = entry.put.iter().filter(|one| one.delete == delete);
            put.for_each(|resource| self.put(resource.clone()));
        }
        self.pending.extend(entry.begin.iter().cloned());
    }

    fn put(&mut self, resource: Arc<Existing>) {
        let key = ResourceKey::of(&resource);
        if !resource.delete {
            self.current.insert(key.urn.clone(), key.id.clone());
        } else if self.current.get(&key.urn) == Some(&key.id) {
            self.current.remove(&key.urn);
        }
        let place = *self.places.entry(key).or_insert(self.resources.len());
        if place == self.resources.len() {
            self.resources.push(None);
        }
        self.resources[place] = Some(resource);
    }

    fn remove(&mut self, key: &ResourceKey) {
        if let Some(place) = self.places.remove(key) {
            self.resources[place] = None;
        }
        if self.current.get(&key.urn) == Some(&key.id) {
            self.current.remove(&key.urn);
        }
    }
}
