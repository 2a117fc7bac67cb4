//! What goes: resources that are not declared any more, and old generations.

use goodgo_model::Existing;
use goodgo_provider::Effect;

use crate::classify::Context;
use crate::error::PlanProblem;
use crate::problems;
use crate::records::RecordId;
use crate::replace::Generation;
use crate::step::{Operation, Reason, Step};

/// Something that goes.
pub(crate) struct Doomed {
    pub(crate) record: RecordId,
    /// Without edges to other steps.
    pub(crate) step: Step,
}

/// What goes, dependents before dependencies. `main` are the steps of what is declared.
pub(crate) fn doomed(
    context: Context<'_>,
    generations: &[Generation],
    main: &[Option<Step>],
    problems: &mut Vec<PlanProblem>,
) -> Vec<Doomed> {
    let mut found = Vec::new();
    for (record, id) in context.records.numbered().rev() {
        if !context.selection.has_record(id) {
            continue;
        }
        let declared = context.pairing.declared(id);
        let verdict = if record.saved.delete {
            Verdict::Left
        } else if context.request.options.destroy {
            Verdict::Removed
        } else {
            match declared {
                Some(position) if generations[position] == Generation::Kept => continue,
                Some(position) => Verdict::Replaced(position),
                None => Verdict::Removed,
            }
        };
        found.push(Doomed { record: id, step: step(context, id, verdict, main, problems) });
    }
    found
}

#[derive(Clone, Copy)]
enum Verdict {
    Left,
    Removed,
    Replaced(usize),
}

fn step(
    context: Context<'_>,
    id: RecordId,
    verdict: Verdict,
    main: &[Option<Step>],
    problems: &mut Vec<PlanProblem>,
) -> Step {
    let record = context.records.get(id);
    let graph = context.request.graph;
    let declared = context.pairing.declared(id).map(|position| &graph.resources()[position]);
    // The declaration says best what a person wants now; what is not declared has its record.
    let retained = declared.map_or(record.saved.retain_on_delete, |it| it.options.retain_on_delete);
    let protected = declared.map_or(record.saved.protect, |it| it.options.protect);
    if protected && matches!(verdict, Verdict::Removed) {
        problems.push(problems::protected_from_delete(record.saved, declared));
    }
    let operation = match verdict {
        _ if record.gone || retained => Operation::Forget,
        Verdict::Removed => Operation::Delete,
        Verdict::Left | Verdict::Replaced(_) => Operation::DeleteReplaced,
    };
    let mut reasons = match verdict {
        Verdict::Left => vec![Reason::Incomplete],
        Verdict::Removed => vec![Reason::Removed],
        Verdict::Replaced(position) => {
            main[position].as_ref().map_or_else(Vec::new, |step| step.reasons.clone())
        }
    };
    reasons.extend(record.gone.then_some(Reason::Gone));
    let mut step = Step {
        operation,
        urn: record.saved.urn.clone(),
        kind: record.saved.kind.clone(),
        old: Some(record.now.clone()),
        new: None,
        changes: Vec::new(),
        reasons,
        effect: Effect::None,
        risks: Vec::new(),
        after: Vec::new(),
    };
    if operation != Operation::Forget && record.saved.custom {
        weigh(context, &record.now, verdict, &mut step, problems);
    }
    step
}

fn weigh(
    context: Context<'_>,
    now: &Existing,
    verdict: Verdict,
    step: &mut Step,
    problems: &mut Vec<PlanProblem>,
) {
    let Some(provider) = context.request.providers.get(&now.kind) else {
        problems.push(problems::no_provider_to_delete(now));
        return;
    };
    step.risks = provider.delete_risks(&now.kind, &now.inputs, &now.outputs);
    // What users notice of a replace is told by the step that creates.
    if matches!(verdict, Verdict::Removed) {
        step.effect = provider.delete_effect(&now.kind, &now.inputs, &now.outputs);
    }
}

/// What would be deleted and is needed by what the plan may not touch.
pub(crate) fn still_needed(
    context: Context<'_>,
    doomed: &[Doomed],
    needs: &[Vec<RecordId>],
    problems: &mut Vec<PlanProblem>,
) {
    let mut removed = vec![false; needs.len()];
    for one in doomed {
        removed[one.record as usize] =
            context.pairing.declared(one.record).is_none() || context.request.options.destroy;
    }
    for (id, needs) in (0..).zip(needs) {
        if context.selection.has_record(id) {
            continue;
        }
        let by = context.records.get(id).saved;
        for &need in needs.iter().filter(|&&need| removed[need as usize]) {
            problems.push(problems::still_needed(context.records.get(need).saved, by));
        }
    }
}
