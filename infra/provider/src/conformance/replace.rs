//! Two generations of one resource.

use goodgo_model::Map;

use super::calls::Subject;
use super::{life, pure};

const SIDE_BY_SIDE: &str = "two generations live side by side unless the diff says otherwise";

/// A new generation beside the old one, or after it when the diff says so; then only the new.
pub(super) async fn replaces(subject: &mut Subject<'_>, inputs: &Map, new: &Map) {
    let (old_token, new_token) = (subject.token(), subject.token());
    let Some(old) = subject.create(&old_token, inputs).await else { return };
    let diff = pure::diff_of(subject, (inputs, &old.outputs), new);
    subject.expect(
        !diff.replace.is_empty(),
        "diff says that the sample forces a replace",
        "it does not",
    );
    if diff.delete_before_replace {
        life::leaves(subject, &old.id, inputs, &old.outputs).await;
    }
    let Some(young) = subject.create(&new_token, new).await else {
        return subject.delete(&old.id, inputs, &old.outputs).await;
    };
    if !diff.delete_before_replace {
        subject.expect(young.id != old.id, SIDE_BY_SIDE, "one id for both");
        life::stands(subject, &old.id, inputs, &old.outputs).await;
        life::leaves(subject, &old.id, inputs, &old.outputs).await;
    }
    life::stands(subject, &young.id, new, &young.outputs).await;
    life::leaves(subject, &young.id, new, &young.outputs).await;
}
