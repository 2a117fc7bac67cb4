//! What all steps of a run share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use goodgo_model::{Existing, Map, Pending, Timeouts, Type, Urn};
use goodgo_plan::{Observation, Step, StepId, Wanted};
use goodgo_provider::Provider;
use goodgo_state::{Entry, Journal, PendingKey, ResourceKey};

use super::Run;
use super::resolve::Resolver;
use super::schedule::late;
use super::step::{Failed, Trouble};
use super::undo::groups;
use crate::call::{CallError, Patience, Words};
use crate::engine::Engine;
use crate::event::{Event, StepInfo};
use crate::refresh::Seen;

/// What all steps of a run share.
pub(super) struct Context<'a> {
    pub(super) run: Run<'a>,
    pub(super) serial: u64,
    components: HashMap<Urn, Arc<Wanted>>,
    timeouts: HashMap<Urn, Timeouts>,
    /// Deletes for which nothing waits; by step.
    late: Vec<bool>,
    /// What each step is undone with; only made when something is.
    groups: OnceLock<Vec<Urn>>,
    world: Mutex<World>,
}

/// What is there now, as far as this run knows.
struct World {
    live: HashMap<Urn, Arc<Existing>>,
    half: HashMap<ResourceKey, Pending>,
}

impl<'a> Context<'a> {
    pub(super) fn new(run: Run<'a>, serial: u64) -> Self {
        let living = run.seen.settled.resources.iter().filter(|existing| !existing.delete);
        let mut live: HashMap<_, _> =
            living.map(|existing| (existing.urn.clone(), existing.clone())).collect();
        let (mut components, mut timeouts) = (HashMap::new(), HashMap::new());
        for step in &run.plan.steps {
            if let Some(old) = step.old.as_ref().filter(|old| !old.delete) {
                live.insert(old.urn.clone(), old.clone());
            }
            let Some(new) = &step.new else { continue };
            if !new.custom {
                components.insert(step.urn.clone(), new.clone());
            }
            if new.options.timeouts != Timeouts::default() {
                timeouts.insert(step.urn.clone(), new.options.timeouts);
            }
        }
        let world = Mutex::new(World { live, half: run.seen.half.clone() });
        Self {
            run,
            serial,
            components,
            timeouts,
            late: late(run.plan),
            groups: OnceLock::new(),
            world,
        }
    }

    pub(super) fn engine(&self) -> &'a Engine {
        self.run.engine
    }

    pub(super) fn journal(&self) -> &'a dyn Journal {
        self.run.journal
    }

    pub(super) fn step(&self, id: StepId) -> &'a Step {
        &self.run.plan.steps[id as usize]
    }

    pub(super) fn info(&self, id: StepId) -> StepInfo {
        StepInfo::new(id, self.step(id))
    }

    /// Whether the step is a delete that runs in the second half.
    pub(super) fn is_late(&self, id: StepId) -> bool {
        self.late[id as usize]
    }

    /// What a step is undone with: its component, or its resource when it belongs to none.
    pub(super) fn group(&self, id: StepId) -> &Urn {
        &self.groups.get_or_init(|| groups(self.run.plan))[id as usize]
    }

    /// Whether the resource was there before this run.
    pub(super) fn existed(&self, urn: &Urn) -> bool {
        let before = &self.run.seen.settled.resources;
        before
            .iter()
            .any(|existing| existing.urn == *urn && !existing.delete && !existing.incomplete)
    }

    pub(super) fn tell(&self, event: Event) {
        self.engine().tell(event);
    }

    /// What the refresh saw of a thing to be imported.
    pub(super) fn observed(&self, urn: &Urn, id: &str) -> &'a Observation {
        let seen: &'a Seen = self.run.seen;
        seen.observed.get(urn, id)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The live generation of a resource.
    pub(super) fn live(&self, urn: &Urn) -> Option<Arc<Existing>> {
        self.world().live.get(urn).cloned()
    }

    /// Notes the live generation of a resource, under the name that it has from now on.
    pub(super) fn set_live(&self, existing: Arc<Existing>) {
        self.world().live.insert(existing.urn.clone(), existing);
    }

    /// Notes that this generation is there no more.
    pub(super) fn forget(&self, existing: &Existing) {
        let mut world = self.world();
        if world.live.get(&existing.urn).is_some_and(|live| live.id == existing.id) {
            world.live.remove(&existing.urn);
        }
    }

    /// The interrupted create that left this generation half made.
    pub(super) fn half(&self, existing: &Existing) -> Option<Pending> {
        self.world().half.get(&ResourceKey::of(existing)).cloned()
    }

    /// Ends, in `entry`, the interrupted create that left this generation half made, if one did.
    pub(super) fn end_half(&self, entry: &mut Entry, existing: &Existing) {
        let pending = self.world().half.remove(&ResourceKey::of(existing));
        entry.end.extend(pending.as_ref().map(PendingKey::of));
    }

    /// The inputs of a step with the outputs that it uses, checked again when that added any.
    pub(super) fn inputs(&self, step: &Step, wanted: &Wanted) -> Result<Map, Trouble> {
        let inputs = self.resolved(&wanted.inputs).map_err(|(urn, path)| {
            let message =
                format!("it uses the output `{path}` of `{}`, which is not there", urn.name());
            Failed::words(Words::new(message, "see which outputs that resource has"))
        })?;
        if !wanted.custom || inputs == wanted.inputs {
            return Ok(inputs);
        }
        let checked = self.provider(&step.kind)?.check(&step.kind, inputs);
        checked.map_err(|failures| {
            let texts: Vec<_> =
                failures.iter().map(|one| format!("`{}` {}", one.path, one.message)).collect();
            Trouble::from(Failed::words(Words::new(texts.join("; "), "mend the declaration")))
        })
    }

    /// A map with the outputs that it refers to.
    ///
    /// # Errors
    /// The first output that is not there.
    pub(super) fn resolved(&self, map: &Map) -> Result<Map, (Urn, goodgo_model::Path)> {
        let world = self.world();
        Resolver { live: &world.live, components: &self.components, missing: None }.map(map)
    }

    pub(super) fn provider(&self, kind: &Type) -> Result<&'a dyn Provider, Trouble> {
        self.engine().registry.provider(kind).ok_or_else(|| {
            let message = format!("no provider answers for `{kind}`");
            Failed::words(Words::new(message, "add its provider to the environment")).into()
        })
    }

    /// How long a call may take: as the resource says, otherwise as the settings do.
    pub(super) fn patience(&self, urn: &Urn, which: Which) -> Patience<'a> {
        let engine = self.engine();
        let own = self.timeouts.get(urn).copied().unwrap_or_default();
        let limit: Duration = match which {
            Which::Create => own.create.unwrap_or(engine.settings.create_timeout),
            Which::Update => own.update.unwrap_or(engine.settings.update_timeout),
            Which::Delete => own.delete.unwrap_or(engine.settings.delete_timeout),
            Which::Look => engine.settings.read_timeout,
        };
        Patience { limit, retry: engine.settings.retry, cancel: &engine.cancel }
    }

    /// Tells that a step is tried again.
    pub(super) fn retrying(&self, id: StepId) -> impl Fn(&goodgo_provider::Error, u32, Duration) {
        move |error, attempt, wait| {
            let message = CallError::message(error);
            self.tell(Event::StepRetrying { step: self.info(id), message, attempt, wait });
        }
    }

    /// Where a provider sends what it is doing.
    pub(super) fn progress(&self, id: StepId) -> impl Fn(&str) + Send + Sync {
        move |line| {
            self.tell(Event::StepProgress { step: self.info(id), message: line.to_owned() });
        }
    }
}

/// Whose time limit.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Create,
    Update,
    Delete,
    Look,
}

/// Now, in seconds since 1970.
pub(super) fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}
