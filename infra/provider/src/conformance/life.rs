//! One thing from its create to its delete, with every call made twice.

use goodgo_model::Map;

use super::calls::Subject;
use super::pure;

const IDEMPOTENT_CREATE: &str = "create is idempotent by token";
const NO_DRIFT: &str = "what was just made shows no drift";
const FINDS: &str = "find recognises by its token what a create made";
const GONE: &str = "what was deleted is gone";

/// Create, create again, find, read, delete, delete again, look again.
pub(super) async fn lives(subject: &mut Subject<'_>, inputs: &Map) {
    let token = subject.token();
    let nothing = matches!(subject.find(&token, inputs).await, Some(None));
    subject.expect(nothing, "find finds nothing for a token never used", "something");
    let Some(created) = subject.create(&token, inputs).await else { return };
    if let Some(again) = subject.create(&token, inputs).await {
        subject.expect(
            again.id == created.id,
            IDEMPOTENT_CREATE,
            "a second thing, with another id",
        );
        if let Some(seen) = pure::differ(&created.outputs, &again.outputs) {
            subject.note(IDEMPOTENT_CREATE, seen);
        }
    }
    let foretold = subject.provider.predict(&subject.case.kind, inputs);
    if let Err(path) = pure::came_true(&foretold, &created.outputs) {
        subject.note("predict foretells only what is certain", format_args!("another `{path}`"));
    }
    match subject.find(&token, inputs).await {
        Some(Some(found)) => {
            subject.expect(found.id == created.id, FINDS, "another id");
            subject.expect(found.complete, FINDS, "a thing said to stand only half");
        }
        Some(None) => subject.note(FINDS, "nothing"),
        None => {}
    }
    stands(subject, &created.id, inputs, &created.outputs).await;
    leaves(subject, &created.id, inputs, &created.outputs).await;
    let nothing = matches!(subject.find(&token, inputs).await, Some(None));
    subject.expect(nothing, GONE, "find still finds it by its token");
}

/// Update, update again, read, delete.
pub(super) async fn updates(subject: &mut Subject<'_>, inputs: &Map, new: &Map) {
    let token = subject.token();
    let Some(created) = subject.create(&token, inputs).await else { return };
    let old = (inputs, &created.outputs);
    let diff = pure::diff_of(subject, old, new);
    subject.expect(!diff.is_empty(), "diff finds the sample's update", "no change");
    subject.expect(diff.replace.is_empty(), "the sample's update is made in place", "a replace");
    let again = pure::diff_of(subject, old, new);
    subject.expect(diff == again, "diff is the same for the same arguments", "another diff");
    let first = subject.update(&created.id, old, new).await;
    let second = subject.update(&created.id, old, new).await;
    if let (Some(first), Some(second)) = (first, second) {
        if let Some(seen) = pure::differ(&first.outputs, &second.outputs) {
            subject.note("update is idempotent by id", seen);
        }
        let foretold = diff.outputs.as_ref().unwrap_or(&created.outputs);
        if let Err(path) = pure::came_true(foretold, &first.outputs) {
            let promise = "diff foretells only those outputs that are certain";
            subject.note(promise, format_args!("another `{path}`"));
        }
        stands(subject, &created.id, new, &first.outputs).await;
    }
    leaves(subject, &created.id, new, &created.outputs).await;
}

/// The thing is read as it was made.
pub(super) async fn stands(subject: &mut Subject<'_>, id: &str, inputs: &Map, outputs: &Map) {
    let Some(seen) = subject.read(id, inputs, outputs).await else { return };
    let Some(seen) = seen else {
        return subject.note("read finds what was made", "nothing");
    };
    subject.expect(seen.id == id, "read keeps the id", "another id");
    subject.expect(seen.complete, "what was made stands whole", "a thing that stands only half");
    if let Some(differ) = pure::differ(inputs, &seen.inputs) {
        subject.note(NO_DRIFT, format_args!("inputs: {differ}"));
    }
    if let Some(differ) = pure::differ(outputs, &seen.outputs) {
        subject.note(NO_DRIFT, format_args!("outputs: {differ}"));
    }
    let diff = pure::diff_of(subject, (&seen.inputs, &seen.outputs), inputs);
    subject.expect(diff.is_empty(), NO_DRIFT, pure::paths(&diff));
}

/// The thing can be deleted, twice, and then is gone.
pub(super) async fn leaves(subject: &mut Subject<'_>, id: &str, inputs: &Map, outputs: &Map) {
    subject.delete(id, inputs, outputs).await;
    subject.delete(id, inputs, outputs).await;
    let seen = subject.read(id, inputs, outputs).await;
    subject.expect(!matches!(seen, Some(Some(_))), GONE, "read still finds it");
}
