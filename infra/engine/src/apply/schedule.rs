//! Which step may run when: after all that it waits for, and deletes last.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use goodgo_plan::{Operation, Plan, StepId};

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    /// Not begun.
    Waiting,
    /// Done, with something to take back or not.
    Done,
    /// Failed, or dropped.
    Failed,
    /// Will not run.
    Skipped,
}

/// The order of a plan's steps as it unfolds. Ready steps come in the order of the plan.
pub(super) struct Schedule {
    status: Vec<Status>,
    missing: Vec<u32>,
    dependents: Vec<Vec<StepId>>,
    late: Vec<bool>,
    ready: BinaryHeap<Reverse<StepId>>,
    /// Deletes that could run but wait for the second half; `None` once it has come.
    held: Option<Vec<StepId>>,
}

impl Schedule {
    pub(super) fn new(plan: &Plan) -> Self {
        let count = plan.steps.len();
        let mut dependents = vec![Vec::new(); count];
        let mut missing = Vec::with_capacity(count);
        for (step, id) in plan.steps.iter().zip(0..) {
            missing.push(u32::try_from(step.after.len()).unwrap_or(u32::MAX));
            step.after.iter().for_each(|&before| dependents[before as usize].push(id));
        }
        let mut schedule = Self {
            status: vec![Status::Waiting; count],
            missing,
            dependents,
            late: late(plan),
            ready: BinaryHeap::new(),
            held: Some(Vec::new()),
        };
        for (step, id) in plan.steps.iter().zip(0..) {
            if step.after.is_empty() {
                schedule.offer(id);
            }
        }
        schedule
    }

    /// The next step that may run.
    pub(super) fn next(&mut self) -> Option<StepId> {
        loop {
            let Reverse(id) = self.ready.pop()?;
            if self.status(id) == Status::Waiting {
                return Some(id);
            }
        }
    }

    fn offer(&mut self, id: StepId) {
        match &mut self.held {
            Some(held) if self.late[id as usize] => held.push(id),
            _ => self.ready.push(Reverse(id)),
        }
    }

    pub(super) fn status(&self, id: StepId) -> Status {
        self.status[id as usize]
    }

    pub(super) fn dependents(&self, id: StepId) -> &[StepId] {
        &self.dependents[id as usize]
    }

    /// A step is done: what waited for it alone is ready.
    pub(super) fn done(&mut self, id: StepId) {
        self.status[id as usize] = Status::Done;
        for at in 0..self.dependents[id as usize].len() {
            let dependent = self.dependents[id as usize][at];
            self.missing[dependent as usize] -= 1;
            if self.missing[dependent as usize] == 0 {
                self.offer(dependent);
            }
        }
    }

    /// A step failed or shall not run, and so will not what waits for it: returned, in order.
    pub(super) fn stop(&mut self, id: StepId, status: Status) -> Vec<StepId> {
        self.status[id as usize] = status;
        let mut stopped = Vec::new();
        let mut open = vec![id];
        while let Some(at) = open.pop() {
            for &dependent in &self.dependents[at as usize] {
                if self.status[dependent as usize] == Status::Waiting {
                    self.status[dependent as usize] = Status::Skipped;
                    stopped.push(dependent);
                    open.push(dependent);
                }
            }
        }
        stopped.sort_unstable();
        stopped
    }

    /// The second half comes.
    pub(super) fn release(&mut self) {
        let held = self.held.take().unwrap_or_default();
        self.ready.extend(held.into_iter().map(Reverse));
    }

    /// The steps that have not begun.
    pub(super) fn waiting(&self) -> impl Iterator<Item = StepId> {
        self.status
            .iter()
            .zip(0..)
            .filter(|(status, _)| **status == Status::Waiting)
            .map(|(_, id)| id)
    }
}

fn deletes(operation: Operation) -> bool {
    matches!(operation, Operation::Delete | Operation::DeleteReplaced | Operation::Forget)
}

/// Deletes for which no other step waits, directly or not. Every step comes after all that it
/// waits for, so one pass backwards is enough.
pub(super) fn late(plan: &Plan) -> Vec<bool> {
    let mut needed = vec![false; plan.steps.len()];
    for (id, step) in plan.steps.iter().enumerate().rev() {
        if needed[id] || !deletes(step.operation) {
            step.after.iter().for_each(|&before| needed[before as usize] = true);
        }
    }
    let late = plan.steps.iter().zip(&needed);
    late.map(|(step, needed)| deletes(step.operation) && !needed).collect()
}
