//! Things that exist in the state alone, such as generated passwords.

use goodgo_model::Map;

use super::calls::Subject;
use super::pure;

/// Create under two tokens, read, delete, read.
pub(super) async fn lives(subject: &mut Subject<'_>, inputs: &Map) {
    let (token, other) = (subject.token(), subject.token());
    let Some(created) = subject.create(&token, inputs).await else { return };
    let promise = "create is idempotent by token";
    if let Some(again) = subject.create(&token, inputs).await {
        subject.expect(again.id == created.id, promise, "a second thing, with another id");
    }
    if let Some(beside) = subject.create(&other, inputs).await {
        let promise = "two generations live side by side";
        subject.expect(beside.id != created.id, promise, "one id for both");
    }
    let foretold = subject.provider.predict(&subject.case.kind, inputs);
    if let Err(path) = pure::came_true(&foretold, &created.outputs) {
        subject.note("predict foretells only what is certain", format_args!("another `{path}`"));
    }
    let left = subject.find(&token, inputs).await;
    let promise = "what was not recorded exists nowhere";
    subject.expect(matches!(left, Some(None)), promise, "find finds something");
    super::life::stands(subject, &created.id, inputs, &created.outputs).await;
    subject.delete(&created.id, inputs, &created.outputs).await;
    subject.delete(&created.id, inputs, &created.outputs).await;
}

/// Inputs that force a replace do so, and never need the old one gone first.
pub(super) fn replaces(subject: &mut Subject<'_>, inputs: &Map, new: &Map) {
    let outputs = subject.provider.predict(&subject.case.kind, inputs);
    let diff = pure::diff_of(subject, (inputs, &outputs), new);
    subject.expect(
        !diff.replace.is_empty(),
        "diff says that the sample forces a replace",
        "it does not",
    );
    let promise = "two generations live side by side";
    subject.expect(!diff.delete_before_replace, promise, "the old one has to go first");
}
