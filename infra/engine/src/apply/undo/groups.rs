//! Whose steps are taken back.

use std::collections::{BTreeMap, HashMap};

use goodgo_model::Urn;
use goodgo_plan::{Operation, Plan, Step, StepId};

use super::super::context::Context;
use super::super::executor::Executor;

/// A component of which something is taken back.
pub(super) struct Members {
    pub(super) urn: Urn,
    /// Whether it was there before this run.
    pub(super) existed: bool,
    /// How many steps of it changed the world.
    pub(super) steps: usize,
}

/// What each step is undone with: the component of its resource, or the resource itself when it
/// belongs to none. Both halves of a replace go together, also when the component is another one.
pub(in crate::apply) fn groups(plan: &Plan) -> Vec<Urn> {
    let mut declared: HashMap<&Urn, &Urn> = HashMap::new();
    for step in &plan.steps {
        if let Some(new) = &step.new {
            let group = new.parent.as_ref().unwrap_or(&step.urn);
            declared.insert(&step.urn, group);
            declared.extend(step.old.as_ref().map(|old| (&old.urn, group)));
        }
    }
    let of = |step: &Step| {
        let before = step.old.as_ref().and_then(|old| old.parent.as_ref());
        let known = declared.get(&step.urn).copied();
        known.or(before).unwrap_or(&step.urn).clone()
    };
    plan.steps.iter().map(of).collect()
}

/// Every component with a failed step, and those that were changed to fit what is taken back.
pub(super) fn concerned(context: &Context<'_>, executor: &Executor<'_>) -> Vec<Members> {
    let changed = executor.done.iter().filter(|(_, done)| done.changed).map(|(id, _)| *id);
    let mut by_group: BTreeMap<&Urn, Vec<StepId>> = BTreeMap::new();
    changed.for_each(|id| by_group.entry(context.group(id)).or_default().push(id));
    let mut found: Vec<&Urn> = executor.failed.iter().map(|(id, _)| context.group(*id)).collect();
    found.sort_unstable();
    found.dedup();
    let mut reached = vec![false; context.run.plan.steps.len()];
    let mut at = 0;
    while let Some(&urn) = found.get(at) {
        at += 1;
        // What is new in a new component stays, so nothing has to be changed back for it.
        let goes = |id: &&StepId| {
            existed(context, urn) || context.step(**id).operation != Operation::Create
        };
        for &id in by_group.get(urn).into_iter().flatten().filter(goes) {
            for other in reach(id, executor, &mut reached) {
                let joins = context.group(other);
                let changed = by_group.get(joins).is_some_and(|steps| steps.contains(&other));
                if changed && !found.contains(&joins) {
                    found.push(joins);
                }
            }
        }
    }
    let members = |urn: &Urn| Members {
        urn: urn.clone(),
        existed: existed(context, urn),
        steps: by_group.get(urn).map_or(0, Vec::len),
    };
    found.into_iter().map(members).collect()
}

/// The steps that come after a step, directly or not, and were not reached before.
fn reach(id: StepId, executor: &Executor<'_>, reached: &mut [bool]) -> Vec<StepId> {
    let mut found = Vec::new();
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        for &next in executor.schedule.dependents(at) {
            if !std::mem::replace(&mut reached[next as usize], true) {
                found.push(next);
                open.push(next);
            }
        }
    }
    found
}

fn existed(context: &Context<'_>, urn: &Urn) -> bool {
    context.existed(urn)
}
