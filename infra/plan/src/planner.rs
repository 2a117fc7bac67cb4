//! The planner: puts the decisions about single resources together.

use std::collections::HashMap;

use crate::basis::basis;
use crate::classify::{Context, Decisions, classify};
use crate::delete::{doomed, still_needed};
use crate::desired::Pairing;
use crate::error::PlanError;
use crate::order::{Unordered, order};
use crate::records::{RecordId, Records};
use crate::replace::{Generation, early, overlooked};
use crate::request::Request;
use crate::select::Selection;
use crate::step::Plan;

/// What has to be done so that what is declared exists. Pure and deterministic.
///
/// # Errors
/// Everything that stands against it.
pub fn plan(request: &Request<'_>) -> Result<Plan, PlanError> {
    let records = Records::new(request.snapshot, request.observed);
    let pairing = Pairing::new(request.graph, &records);
    let mut problems = Vec::new();
    let selection =
        Selection::new(request.graph, &records, &pairing, request.options, &mut problems);
    let none = HashMap::new();
    let context = Context {
        request,
        records: &records,
        pairing: &pairing,
        selection: &selection,
        forced: &none,
    };
    let settled = if request.options.destroy { destroyed(context) } else { settle(context) };
    let Decisions { steps: main, generations, problems: found } = settled.decisions;
    problems.extend(found);
    let doomed = doomed(context, &generations, &main, &mut problems);
    still_needed(context, &doomed, &settled.needs, &mut problems);
    PlanError::unless_empty(problems)?;
    let Settled { early, needs, .. } = settled;
    let unordered = Unordered {
        graph: request.graph,
        pairing: &pairing,
        main,
        generations,
        doomed,
        early,
        needs,
    };
    Ok(Plan {
        environment: request.environment.to_owned(),
        project: request.project.to_owned(),
        serial: request.snapshot.serial,
        steps: order(unordered),
        basis: basis(request),
    })
}

struct Settled {
    decisions: Decisions,
    needs: Vec<Vec<RecordId>>,
    early: Vec<bool>,
}

/// Decides until no replaced resource is left whose old generation stands on one that goes
/// early. That one more round is needed is rare: most are seen in the first one.
fn settle(context: Context<'_>) -> Settled {
    let mut forced = HashMap::new();
    let mut needs = Vec::new();
    loop {
        let decisions = classify(Context { forced: &forced, ..context });
        let any_goes = decisions.generations.iter().any(|one| *one != Generation::Kept)
            || (0..)
                .zip(context.records.all())
                .any(|(id, _)| context.pairing.declared(id).is_none());
        if any_goes && needs.is_empty() {
            needs = context.records.needs();
        } else if !any_goes {
            needs = vec![Vec::new(); context.records.all().len()];
        }
        let early = early(context, &decisions.generations, &needs);
        let more = overlooked(context, &decisions.generations, &needs, &early);
        if more.is_empty() {
            return Settled { decisions, needs, early };
        }
        forced.extend(more);
    }
}

/// Nothing of what is declared is made; all that exists goes.
fn destroyed(context: Context<'_>) -> Settled {
    let count = context.request.graph.len();
    let decisions = Decisions {
        steps: (0..count).map(|_| None).collect(),
        generations: vec![Generation::Kept; count],
        problems: Vec::new(),
    };
    let early = vec![false; context.records.all().len()];
    Settled { decisions, needs: context.records.needs(), early }
}
