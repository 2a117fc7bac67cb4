//! What is answered without looking at the world: check, diff, predict.

use goodgo_model::{Map, Path, Value};

use super::calls::Subject;
use crate::{Diff, DiffRequest, changes};

/// The inputs with the provider's defaults.
pub(super) fn checked(subject: &mut Subject<'_>, inputs: &Map) -> Option<Map> {
    let check = |inputs: &Map| subject.provider.check(&subject.case.kind, inputs.clone());
    match check(inputs).map(|once| (check(&once), once)) {
        Ok((twice, once)) => {
            let same = twice.as_ref() == Ok(&once);
            subject.expect(same, "check is the same for its own result", "another result");
            Some(once)
        }
        Err(failures) => {
            let texts: Vec<String> =
                failures.iter().map(|one| format!("`{}` {}", one.path, one.message)).collect();
            subject.note("check accepts the sample's inputs", texts.join("; "));
            None
        }
    }
}

pub(super) fn diff_of(subject: &Subject<'_>, old: (&Map, &Map), new: &Map) -> Diff {
    subject.provider.diff(DiffRequest {
        kind: &subject.case.kind,
        old_inputs: old.0,
        old_outputs: old.1,
        new_inputs: new,
        ignore: &[],
    })
}

/// Diff without a thing: equal inputs, and inputs of which one is unknown.
pub(super) fn diff(subject: &mut Subject<'_>, inputs: &Map) {
    let outputs = subject.provider.predict(&subject.case.kind, inputs);
    let equal = diff_of(subject, (inputs, &outputs), inputs);
    subject.expect(equal.is_empty(), "diff of equal inputs is empty", paths(&equal));
    for key in inputs.keys() {
        let mut unknown = inputs.clone();
        unknown.insert(key.clone(), Value::Unknown);
        let first = diff_of(subject, (inputs, &outputs), &unknown);
        let again = diff_of(subject, (inputs, &outputs), &unknown);
        let promise = "diff is the same for the same arguments";
        subject.expect(first == again, promise, format_args!("another for an unknown `{key}`"));
    }
}

/// The paths that a diff names, for a message.
pub(super) fn paths(diff: &Diff) -> String {
    let names: Vec<String> = diff.changes.iter().map(|change| change.path.to_string()).collect();
    format!("a change of `{}`", names.join("`, `"))
}

/// The paths at which two maps differ, for a message; `None` when they are equal.
pub(super) fn differ(one: &Map, other: &Map) -> Option<String> {
    let found = changes(one, other);
    let names: Vec<String> = found.iter().map(|change| change.path.to_string()).collect();
    (!names.is_empty()).then(|| format!("`{}` differ", names.join("`, `")))
}

/// Every value that was foretold as certain has come true.
pub(super) fn came_true(foretold: &Map, outputs: &Map) -> Result<(), Path> {
    for change in changes(foretold, outputs) {
        // An output that was not foretold, or foretold as unknown, is no broken word.
        if change.old.as_ref().is_some_and(Value::is_known) {
            return Err(change.path);
        }
    }
    Ok(())
}
