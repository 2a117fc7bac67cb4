//! Settles what interrupted runs left open, without writing.
//!
//! A create is looked for by its token: what is whole becomes the resource (and the generation
//! before it, if there is one, an old one); what is half is for the planner to finish or remove;
//! what is not there was never made. A delete whose thing is gone is done. For all others the
//! state's record is simply looked at again.

use std::sync::Arc;

use goodgo_model::{Existing, Map, Pending, PendingKind, Snapshot};
use goodgo_provider::{Find, Observed, Read};
use goodgo_state::{PendingKey, ResourceKey};

use super::{Seen, Target, creates, failure, inspector, patience};
use crate::call::CallError;
use crate::engine::Engine;
use crate::error::{Error, Unreadable};

/// Asks the world about everything pending.
pub(super) async fn settle(engine: &Engine, state: &Snapshot) -> Result<Seen, Error> {
    let resources = state.resources.clone();
    let settled = Snapshot { serial: state.serial, resources, pending: Vec::new() };
    let mut seen = Seen { settled, ..Seen::default() };
    let mut failures = Vec::new();
    for pending in &state.pending {
        match ask(engine, pending).await {
            Ok(found) => seen.settle(pending, found),
            Err(CallError::Dropped) => return Err(Error::Stopped),
            // Looked at again with all others: there it is known whether what it stands on runs.
            Err(_) if !creates(pending) => seen.settlement.end.push(PendingKey::of(pending)),
            Err(_) if seen.presume(pending) => {}
            Err(error) => failures.push(failure(&target(pending), error)),
        }
    }
    if failures.is_empty() { Ok(seen) } else { Err(Error::Unreadable(Unreadable(failures))) }
}

fn target(pending: &Pending) -> Target {
    let known = &pending.resource;
    Target {
        urn: known.urn.clone(),
        id: known.id.clone(),
        kind: known.kind.clone(),
        known: Some(known.clone()),
    }
}

async fn ask(engine: &Engine, pending: &Pending) -> Result<Option<Observed>, CallError> {
    let known = &*pending.resource;
    let Existing { urn, kind, id, inputs, outputs, .. } = known;
    let provider = inspector(engine, kind).map_err(CallError::Failed)?;
    let patience = patience(engine);
    if creates(pending) {
        let request = Find { urn, kind, token: id, inputs };
        patience.call(|_| provider.find(request), |_, _, _| {}).await
    } else {
        let request = Read { urn, kind, id, inputs, outputs };
        patience.call(|_| provider.read(request), |_, _, _| {}).await
    }
}

impl Seen {
    fn settle(&mut self, pending: &Pending, found: Option<Observed>) {
        let known = &pending.resource;
        match (pending.operation, found) {
            (PendingKind::Creating, Some(found)) => return self.made(pending, found),
            (PendingKind::Deleting, None) => {
                self.settled.resources.retain(|one| ResourceKey::of(one) != ResourceKey::of(known));
                self.settlement.remove.push(ResourceKey::of(known));
            }
            // The record in the state is looked at again with all others.
            _ => {}
        }
        self.settlement.end.push(PendingKey::of(pending));
    }

    /// An interrupted create left something.
    fn made(&mut self, pending: &Pending, found: Observed) {
        let half = !found.complete;
        let before =
            self.settled.resources.iter().position(|one| {
                one.urn == pending.resource.urn && !one.delete && one.id != found.id
            });
        let made = Arc::new(Existing {
            id: found.id,
            inputs: found.inputs,
            outputs: found.outputs,
            incomplete: half,
            // Half a new generation beside a whole old one is refuse; a new attempt is cleaner.
            delete: half && before.is_some(),
            ..Existing::clone(&pending.resource)
        });
        let key = ResourceKey::of(&made);
        self.settled.resources.retain(|one| ResourceKey::of(one) != key);
        match before {
            Some(position) => self.beside(position, made.clone()),
            None => self.settled.resources.push(made.clone()),
        }
        if half {
            self.half.insert(key, pending.clone());
        } else {
            self.settlement.end.push(PendingKey::of(pending));
        }
        self.settlement.put.push(made);
    }

    /// A create of something new that nobody can be asked about, as when the server that it
    /// stands on is down: it may have left something. Creating under its token again finishes
    /// that, once the server is back.
    fn presume(&mut self, pending: &Pending) -> bool {
        let known = &pending.resource;
        let lives = |one: &Arc<Existing>| one.urn == known.urn && !one.delete;
        let new = !self.settled.resources.iter().any(lives);
        if new {
            let (id, inputs) = (known.id.clone(), known.inputs.clone());
            self.made(pending, Observed { id, inputs, outputs: Map::new(), complete: false });
        }
        new
    }

    /// Next to the old generation, so that dependents still come later.
    fn beside(&mut self, position: usize, made: Arc<Existing>) {
        if !made.delete {
            let old = &mut self.settled.resources[position];
            let outdated = Arc::new(Existing { delete: true, ..Existing::clone(old) });
            *old = outdated.clone();
            self.settlement.put.push(outdated);
        }
        self.settled.resources.insert(position + 1, made);
    }
}
