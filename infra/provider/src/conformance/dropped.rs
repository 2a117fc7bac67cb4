//! Creates that are dropped at many of their await points, as a time-out or a death would.

use goodgo_model::Map;

use super::calls::Subject;
use super::life;
use super::limited::Limited;
use crate::Create;

const FINISHES: &str = "what a dropped create left is finished by a create with its token";
const REMOVES: &str = "what find shows of a dropped create can be deleted by its id";
/// A create that is not done after so many polls is not followed further.
const MOST_POLLS: u32 = 4096;

/// Drops the create after 1, 2, 3, 4, 6, 9, … polls until it gets through, and cleans up after
/// each: in turn by finishing and by deleting what was found.
pub(super) async fn survives(subject: &mut Subject<'_>, inputs: &Map) {
    let mut polls = 1;
    while polls < MOST_POLLS {
        for finish in [true, false] {
            let token = subject.token();
            let done = attempt(subject, &token, inputs, polls).await;
            if finish {
                finishes(subject, &token, inputs).await;
            } else {
                removes(subject, &token, inputs).await;
            }
            if done || !subject.broken.is_empty() {
                return;
            }
        }
        polls += polls.div_ceil(3).max(1);
    }
}

/// Whether the create got through.
async fn attempt(subject: &mut Subject<'_>, token: &str, inputs: &Map, polls: u32) -> bool {
    let request = Create {
        urn: &subject.urn,
        kind: &subject.case.kind,
        token,
        inputs,
        timeout: std::time::Duration::from_mins(2),
        log: &|_| {},
    };
    let result = Limited::new(subject.provider.create(request), polls).await;
    if let Some(Err(error)) = &result {
        subject.note("create makes the thing", error);
    }
    result.is_some()
}

async fn finishes(subject: &mut Subject<'_>, token: &str, inputs: &Map) {
    let found = subject.find(token, inputs).await.flatten();
    let Some(created) = subject.create(token, inputs).await else { return };
    if let Some(found) = found.filter(|found| found.complete) {
        subject.expect(found.id == created.id, FINISHES, "a second thing beside a complete one");
    }
    life::stands(subject, &created.id, inputs, &created.outputs).await;
    life::leaves(subject, &created.id, inputs, &created.outputs).await;
    nothing_left(subject, token, inputs, FINISHES).await;
}

async fn removes(subject: &mut Subject<'_>, token: &str, inputs: &Map) {
    if let Some(found) = subject.find(token, inputs).await.flatten() {
        life::leaves(subject, &found.id, inputs, &found.outputs).await;
    }
    nothing_left(subject, token, inputs, REMOVES).await;
}

async fn nothing_left(subject: &mut Subject<'_>, token: &str, inputs: &Map, promise: &'static str) {
    let left = subject.find(token, inputs).await;
    subject.expect(
        !matches!(left, Some(Some(_))),
        promise,
        "find still finds something after the delete",
    );
}
