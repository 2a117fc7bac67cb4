//! Looks at the world, concurrently, and settles what interrupted runs left open.
//!
//! It writes nothing: a preview uses it too. What it found is handed to the planner; a run that
//! applies records it first. Operations that were begun and whose end nobody recorded are
//! settled in any case: without knowing what they left, no plan is sound.

mod settle;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use goodgo_model::{Existing, Graph, Map, Pending, PendingKind, Snapshot, Urn};
use goodgo_plan::{Observation, Observations};
use goodgo_provider::{Error as ProviderError, Inspect, Observed, Read, changes};
use goodgo_state::{Entry, PendingKey, ResourceKey};
use tokio::time::Instant;

use crate::call::{CallError, Patience};
use crate::engine::Engine;
use crate::error::{Error, ReadFailure, Unreadable};
use crate::event::Event;

/// What looking showed.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The state with nothing pending: what the planner is given.
    pub(crate) settled: Snapshot,
    /// What things are now.
    pub(crate) observed: Observations,
    /// What interrupted creates left half made, with the create that did. The create stays
    /// pending until a step has finished or removed the thing.
    pub(crate) half: HashMap<ResourceKey, Pending>,
    /// What has to be recorded of what was settled.
    settlement: Entry,
}

/// Looks at everything that the state knows (only at what is pending unless `all`) and at what
/// the declaration wants to import.
pub(crate) async fn look(
    engine: &Engine,
    graph: &Graph,
    state: &Snapshot,
    all: bool,
) -> Result<Seen, Error> {
    let started = Instant::now();
    let mut seen = settle::settle(engine, state).await?;
    let targets = targets(graph, &seen, state, all);
    let total = targets.len();
    engine.tell(Event::RefreshStarted { total });
    let mut reads = stream::iter(targets.into_iter().map(|target| read(engine, target)))
        .buffer_unordered(engine.settings.reads.max(1));
    let (mut failures, mut done, mut gone) = (Vec::new(), 0, 0);
    while let Some((target, result)) = reads.next().await {
        done += 1;
        engine.tell(Event::RefreshProgress { urn: target.urn.clone(), done, total });
        match result {
            Ok(found) => {
                gone += usize::from(found.is_none());
                seen.note(&target, found);
            }
            Err(CallError::Dropped) => return Err(Error::Stopped),
            Err(error) => failures.push(failure(&target, error)),
        }
    }
    drop(reads);
    let down = seen.down();
    failures.retain(|failure: &ReadFailure| !down.contains(&failure.urn));
    if !failures.is_empty() {
        failures.sort_by(|a, b| a.urn.cmp(&b.urn));
        return Err(Error::Unreadable(Unreadable(failures)));
    }
    engine.tell(Event::RefreshDone { total, gone, elapsed: started.elapsed() });
    Ok(seen)
}

/// Something to look at.
struct Target {
    urn: Urn,
    id: String,
    /// What the state says of it; `None` for an import.
    known: Option<Arc<Existing>>,
    kind: goodgo_model::Type,
}

fn targets(graph: &Graph, seen: &Seen, state: &Snapshot, all: bool) -> Vec<Target> {
    let open: HashSet<&Urn> = state.pending.iter().map(|pending| &pending.resource.urn).collect();
    let fresh: HashSet<ResourceKey> =
        seen.settlement.put.iter().map(|one| ResourceKey::of(one)).collect();
    let known = seen.settled.resources.iter().filter(|existing| {
        let looked = !fresh.is_empty() && fresh.contains(&ResourceKey::of(existing));
        existing.custom && !looked && (all || open.contains(&existing.urn))
    });
    let mut targets: Vec<Target> = known
        .map(|existing| Target {
            urn: existing.urn.clone(),
            id: existing.id.clone(),
            kind: existing.kind.clone(),
            known: Some(existing.clone()),
        })
        .collect();
    let imports = graph.resources().iter().filter(|resource| resource.options.import.is_some());
    targets.extend(imports.filter_map(|resource| {
        let taken = |one: &Arc<Existing>| one.urn == resource.urn && !one.delete;
        let id = resource.options.import.clone()?;
        (!seen.settled.resources.iter().any(taken)).then(|| Target {
            urn: resource.urn.clone(),
            id,
            kind: resource.kind.clone(),
            known: None,
        })
    }));
    targets
}

async fn read(engine: &Engine, target: Target) -> (Target, Result<Option<Observed>, CallError>) {
    let result = match inspector(engine, &target.kind) {
        Err(error) => Err(CallError::Failed(error)),
        Ok(provider) => {
            let empty = Map::new();
            let known = target.known.as_ref();
            let request = Read {
                urn: &target.urn,
                kind: &target.kind,
                id: &target.id,
                inputs: known.map_or(&empty, |known| &known.inputs),
                outputs: known.map_or(&empty, |known| &known.outputs),
            };
            let patience = patience(engine);
            patience.call(|_| provider.read(request), |_, _, _| {}).await
        }
    };
    (target, result)
}

fn inspector<'e>(
    engine: &'e Engine,
    kind: &goodgo_model::Type,
) -> Result<&'e dyn Inspect, ProviderError> {
    engine.registry.inspect(kind).ok_or_else(|| {
        ProviderError::permanent(format!("no provider answers for `{kind}`"))
            .hint("add its provider to the environment, or take the resource out of the state")
    })
}

fn patience(engine: &Engine) -> Patience<'_> {
    let settings = &engine.settings;
    Patience { limit: settings.read_timeout, retry: settings.retry, cancel: &engine.cancel }
}

fn failure(target: &Target, error: CallError) -> ReadFailure {
    let location = target.known.as_ref().and_then(|known| known.location.clone());
    let words = error.words();
    ReadFailure { urn: target.urn.clone(), location, message: words.message, hint: words.hint }
}

impl Seen {
    fn note(&mut self, target: &Target, found: Option<Observed>) {
        let observation = match (found, &target.known) {
            (None, Some(known)) if known.delete => return self.forget(known),
            (None, _) => Observation::Gone,
            (Some(found), Some(known)) if as_known(&found, known) => return,
            (Some(found), _) => Observation::Observed(Box::new(found)),
        };
        self.observed.insert(target.urn.clone(), target.id.clone(), observation);
    }

    /// What is gone or half there, and all that stands on it. When a database server does not
    /// run, nobody can look into it: its databases are taken to be as they were, and the steps
    /// that bring the server back come first.
    fn down(&self) -> HashSet<Urn> {
        let is_down = |one: &Existing| match self.observed.get(&one.urn, &one.id) {
            Observation::Gone => true,
            Observation::Observed(now) => !now.complete,
            Observation::NotLooked | Observation::Unchanged => one.incomplete,
        };
        let resources = &self.settled.resources;
        let first = resources.iter().filter(|one| one.custom && is_down(one));
        let mut down: HashSet<Urn> = first.map(|one| one.urn.clone()).collect();
        loop {
            let stands = |one: &&Arc<Existing>| {
                !down.contains(&one.urn) && one.dependencies.iter().any(|on| down.contains(on))
            };
            let more: Vec<Urn> =
                resources.iter().filter(stands).map(|one| one.urn.clone()).collect();
            if more.is_empty() {
                return down;
            }
            down.extend(more);
        }
    }

    /// What had to be deleted anyway and is gone needs no step.
    fn forget(&mut self, gone: &Existing) {
        let key = ResourceKey::of(gone);
        self.settled.resources.retain(|one| !(one.urn == gone.urn && one.id == gone.id));
        self.settlement.end.extend(self.half.remove(&key).as_ref().map(PendingKey::of));
        self.settlement.put.retain(|one| ResourceKey::of(one) != key);
        self.settlement.remove.push(key);
    }

    /// The record of a thing as it is now; `None` when the state is right or nobody looked.
    fn corrected(&self, known: &Arc<Existing>) -> Option<Arc<Existing>> {
        let Observation::Observed(now) = self.observed.get(&known.urn, &known.id) else {
            return None;
        };
        let now = Observed::clone(now);
        Some(Arc::new(Existing {
            id: now.id,
            inputs: now.inputs,
            outputs: now.outputs,
            incomplete: !now.complete,
            ..Existing::clone(known)
        }))
    }

    /// What a run that writes has to record before its first step. The records of things that
    /// are gone stay until a step deals with them: others depend on them.
    pub(crate) fn entry(&self) -> Entry {
        let mut entry = self.settlement.clone();
        let half = |key: &ResourceKey| self.half.contains_key(key);
        entry.put.retain(|one| !half(&ResourceKey::of(one)));
        for known in self.settled.resources.iter().filter(|known| known.custom) {
            let Some(now) = self.corrected(known) else { continue };
            if half(&ResourceKey::of(known)) {
                continue;
            }
            if now.id != known.id {
                entry = entry.remove(known);
            }
            entry = entry.put(now);
        }
        entry
    }
}

fn as_known(found: &Observed, known: &Existing) -> bool {
    found.id == known.id
        && found.complete != known.incomplete
        && changes(&known.inputs, &found.inputs).is_empty()
        && changes(&known.outputs, &found.outputs).is_empty()
}

/// Whether a pending operation is a create.
fn creates(pending: &Pending) -> bool {
    pending.operation == PendingKind::Creating
}
