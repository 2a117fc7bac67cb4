//! The order of the steps, and which waits for which.
//!
//! Four layers, each of which waits only for itself and those above it, so that there can be
//! no circle: what is declared and does not wait for an early deletion; the early deletions,
//! that is old generations that go before the new ones come and what stood on them; what is
//! declared and waits for those; all other deletions. Within a layer what is declared comes in
//! the order of the graph, and what goes in the reverse order of the state.

use goodgo_model::Graph;

use crate::delete::Doomed;
use crate::desired::Pairing;
use crate::records::RecordId;
use crate::replace::Generation;
use crate::step::{Step, StepId};

/// All steps, not yet in order.
pub(crate) struct Unordered<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) pairing: &'a Pairing,
    /// By position in the graph.
    pub(crate) main: Vec<Option<Step>>,
    pub(crate) generations: Vec<Generation>,
    /// Dependents before dependencies.
    pub(crate) doomed: Vec<Doomed>,
    /// By record: whether it is deleted early.
    pub(crate) early: Vec<bool>,
    /// By record: the records that it depended on.
    pub(crate) needs: Vec<Vec<RecordId>>,
}

/// Where each step comes.
struct Places {
    /// By position in the graph.
    main: Vec<Option<StepId>>,
    /// By record.
    doomed: Vec<Option<StepId>>,
    /// By position: whether it waits for an early deletion.
    late: Vec<bool>,
}

/// Puts the steps in order and says for each which it waits for.
pub(crate) fn order(mut steps: Unordered<'_>) -> Vec<Step> {
    let places = steps.places();
    steps.main_edges(&places);
    let mut edges = vec![Vec::new(); steps.early.len()];
    if !steps.doomed.is_empty() {
        steps.delete_edges(&places, &mut edges);
        steps.replace_edges(&places, &mut edges);
    }
    for one in &mut steps.doomed {
        one.step.after = std::mem::take(&mut edges[one.record as usize]);
        one.step.after.sort_unstable();
        one.step.after.dedup();
    }
    steps.arrange(&places)
}

impl Unordered<'_> {
    fn places(&self) -> Places {
        let mut late: Vec<bool> = Vec::with_capacity(self.main.len());
        for (position, generation) in self.generations.iter().enumerate() {
            let first = *generation == Generation::DeletedFirst;
            late.push(first || self.graph.dependencies(position).iter().any(|&need| late[need]));
        }
        let mut places = Places {
            main: vec![None; self.main.len()],
            doomed: vec![None; self.early.len()],
            late,
        };
        let mut next: StepId = 0;
        for layer in [false, true] {
            for (position, step) in self.main.iter().enumerate() {
                if step.is_some() && places.late[position] == layer {
                    places.main[position] = Some(next);
                    next += 1;
                }
            }
            for record in self.doomed.iter().map(|one| one.record as usize) {
                if self.early[record] != layer {
                    places.doomed[record] = Some(next);
                    next += 1;
                }
            }
        }
        places
    }

    /// After all dependencies, and after the old generation if that goes first.
    fn main_edges(&mut self, places: &Places) {
        for (position, step) in self.main.iter_mut().enumerate() {
            let Some(step) = step else { continue };
            let needs = self.graph.dependencies(position);
            step.after.reserve_exact(needs.len());
            step.after.extend(needs.iter().filter_map(|&need| places.main[need]));
            if self.generations[position] == Generation::DeletedFirst {
                let record = self.pairing.record(position);
                step.after.extend(record.and_then(|record| places.doomed[record as usize]));
            }
            step.after.sort_unstable();
        }
    }

    /// After the deletion, and after the update, of what depended on it.
    fn delete_edges(&self, places: &Places, edges: &mut [Vec<StepId>]) {
        for (id, needs) in (0..).zip(&self.needs) {
            let deleted = places.doomed[id as usize];
            let declared = self.pairing.declared(id);
            let updated = declared.and_then(|position| Some((places.main[position]?, position)));
            for &need in needs.iter().filter(|&&need| places.doomed[need as usize].is_some()) {
                let after = &mut edges[need as usize];
                after.extend(deleted);
                let early = self.early[need as usize];
                let updated = updated.filter(|&(_, position)| !early || !places.late[position]);
                after.extend(updated.map(|(step, _)| step));
            }
        }
    }

    /// An old generation that goes last: after the new one, and after all that uses the new
    /// one. One that goes first: when all is ready for the new one.
    fn replace_edges(&self, places: &Places, edges: &mut [Vec<StepId>]) {
        for (position, generation) in self.generations.iter().enumerate() {
            let needs = self.graph.dependencies(position);
            for &need in
                needs.iter().filter(|&&need| self.generations[need] == Generation::DeletedLast)
            {
                if let Some(record) = self.pairing.record(need) {
                    edges[record as usize].extend(places.main[position]);
                }
            }
            let Some(record) = self.pairing.record(position) else { continue };
            match generation {
                Generation::Kept => {}
                Generation::DeletedLast => edges[record as usize].extend(places.main[position]),
                Generation::DeletedFirst => {
                    self.readiness(position, places, &mut edges[record as usize])
                }
            }
        }
    }

    fn readiness(&self, position: usize, places: &Places, after: &mut Vec<StepId>) {
        let needs = self.graph.dependencies(position);
        let going =
            needs.iter().filter(|&&need| self.generations[need] == Generation::DeletedFirst);
        let theirs = going.flat_map(|&need| self.graph.dependencies(need));
        let ready = needs.iter().chain(theirs).filter(|&&need| !places.late[need]);
        after.extend(ready.filter_map(|&need| places.main[need]));
    }

    fn arrange(self, places: &Places) -> Vec<Step> {
        let doomed = self.doomed.into_iter().map(|one| {
            let place = places.doomed[one.record as usize];
            (place, one.step)
        });
        if doomed.len() == 0 {
            return self.main.into_iter().flatten().collect();
        }
        let main = self.main.into_iter().zip(&places.main);
        let main = main.filter_map(|(step, place)| Some((*place, step?)));
        let mut all: Vec<(Option<StepId>, Step)> = main.chain(doomed).collect();
        all.sort_unstable_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, step)| step).collect()
    }
}
