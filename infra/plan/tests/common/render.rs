//! A plan in few words: one line a step, then its changes.

use std::fmt::Write as _;

use goodgo_model::Value;
use goodgo_plan::{Plan, PlanError, Reason, Step};
use goodgo_provider::Effect;

pub fn render(plan: &Plan) -> String {
    let mut text = String::new();
    for (id, step) in plan.steps.iter().enumerate() {
        line(&mut text, id, step);
        for change in &step.changes {
            let side =
                |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), |v| format!("{v:?}"));
            writeln!(text, "     {}: {} -> {}", change.path, side(&change.old), side(&change.new))
                .expect("a String takes everything");
        }
    }
    text
}

fn line(text: &mut String, id: usize, step: &Step) {
    let mut words = vec![format!("{id} {} {}", step.operation.name(), step.urn.name())];
    if let Some(former) = step.renamed_from() {
        words.push(format!("(was {})", former.name()));
    }
    if step.operation.name() == "same" && step.new.is_some() {
        words.push("rewritten".to_owned());
    }
    if !step.reasons.is_empty() {
        let reasons: Vec<String> = step.reasons.iter().map(reason).collect();
        words.push(format!("[{}]", reasons.join(", ")));
    }
    if step.effect != Effect::None {
        words.push(format!("{:?}!", step.effect));
    }
    words.extend(step.risks.iter().map(|risk| format!("risk: {}", risk.message)));
    if !step.after.is_empty() {
        words.push(format!("after {:?}", step.after));
    }
    text.push_str(&words.join(" "));
    text.push('\n');
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::ReplacedFor(path) => format!("for {path}"),
        Reason::DependencyReplaced(urn) => format!("without {}", urn.name()),
        other => format!("{other:?}").to_lowercase(),
    }
}

pub fn errors(error: &PlanError) -> String {
    let lines: Vec<String> =
        error.problems.iter().map(|one| format!("{:?}: {one}", one.kind)).collect();
    lines.join("\n")
}
