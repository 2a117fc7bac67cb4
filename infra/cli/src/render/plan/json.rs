//! A plan as JSON: what the planner says of it, without the steps that do nothing.

use serde_json::{Value, json};

use super::view::View;

/// The plan as one object. Secrets are masked, unknowns written `[unknown]`.
pub(crate) fn json(view: &View<'_>) -> Value {
    let plan = view.plan;
    let ids = (0..).zip(&plan.steps).filter(|(_, step)| step.is_change());
    let steps: Vec<_> = ids.map(|(id, step)| step.view(id)).collect();
    json!({
        "event": "plan",
        "project": plan.project,
        "environment": plan.environment,
        "serial": plan.serial,
        "fingerprint": plan.fingerprint(),
        "changes": view.has_changes(),
        "effect": plan.effect(),
        "summary": plan.summary(),
        "steps": steps,
    })
}
