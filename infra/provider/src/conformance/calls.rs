//! Calls of the provider under test, with what goes wrong noted as a broken promise.

use std::fmt::Display;
use std::sync::Mutex;
use std::time::Duration;

use goodgo_model::{Map, Urn};

use super::{Broken, Case, secrets};
use crate::{Create, Created, Delete, Find, Observed, Provider, Read, Update, Updated};

/// A create that takes longer than this is told so; the suite itself measures no time.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A provider, one sort of thing, and what was found so far.
pub(super) struct Subject<'a> {
    pub(super) provider: &'a dyn Provider,
    pub(super) case: &'a Case,
    pub(super) broken: Vec<Broken>,
    pub(super) urn: Urn,
    attempts: u32,
}

impl<'a> Subject<'a> {
    pub(super) fn new(provider: &'a dyn Provider, case: &'a Case) -> Self {
        let urn = Urn::new("conformance", "goodgo", case.kind.as_str(), "sample");
        Self { provider, case, broken: Vec::new(), urn, attempts: 0 }
    }

    /// A token that this suite has not used before; process-wide, so that a world that outlives
    /// one test does not confuse the next.
    pub(super) fn token(&mut self) -> String {
        self.attempts += 1;
        format!("conf{:x}x{:x}", std::process::id(), self.attempts)
    }

    pub(super) fn note(&mut self, promise: &'static str, seen: impl Display) {
        self.broken.push(Broken { kind: self.case.kind.clone(), promise, seen: seen.to_string() });
    }

    pub(super) fn expect(&mut self, holds: bool, promise: &'static str, seen: impl Display) {
        if !holds {
            self.note(promise, seen);
        }
    }

    fn ok<T>(&mut self, result: Result<T, crate::Error>, promise: &'static str) -> Option<T> {
        result.map_err(|error| self.note(promise, error)).ok()
    }

    pub(super) async fn create(&mut self, token: &str, inputs: &Map) -> Option<Created> {
        let lines = Mutex::new(Vec::new());
        let log =
            |line: &str| lines.lock().unwrap_or_else(|e| e.into_inner()).push(line.to_owned());
        let request = Create {
            urn: &self.urn,
            kind: &self.case.kind,
            token,
            inputs,
            timeout: TIMEOUT,
            log: &log,
        };
        let result = self.provider.create(request).await;
        let lines = lines.into_inner().unwrap_or_else(|e| e.into_inner());
        let leaks = lines.iter().any(|line| secrets::in_text(inputs, line));
        self.expect(!leaks, secrets::PROMISE, "a secret in a line of progress");
        let created = self.ok(result, "create makes the thing")?;
        self.expect(!created.id.is_empty(), "what is created has an id", "an empty id");
        secrets::stay_marked(self, inputs, &created.outputs, "the outputs of create");
        Some(created)
    }

    pub(super) async fn update(
        &mut self,
        id: &str,
        old: (&Map, &Map),
        new: &Map,
    ) -> Option<Updated> {
        let request = Update {
            urn: &self.urn,
            kind: &self.case.kind,
            id,
            old_inputs: old.0,
            old_outputs: old.1,
            new_inputs: new,
            timeout: TIMEOUT,
            log: &|_| {},
        };
        let result = self.provider.update(request).await;
        let updated = self.ok(result, "update changes the thing")?;
        secrets::stay_marked(self, new, &updated.outputs, "the outputs of update");
        Some(updated)
    }

    pub(super) async fn delete(&mut self, id: &str, inputs: &Map, outputs: &Map) {
        let request = Delete {
            urn: &self.urn,
            kind: &self.case.kind,
            id,
            inputs,
            outputs,
            timeout: TIMEOUT,
            log: &|_| {},
        };
        let result = self.provider.delete(request).await;
        self.ok(result, "delete removes the thing, and succeeds when it is gone");
    }

    /// `Some(None)`: looked, and it is not there.
    pub(super) async fn read(
        &mut self,
        id: &str,
        inputs: &Map,
        outputs: &Map,
    ) -> Option<Option<Observed>> {
        let request = Read { urn: &self.urn, kind: &self.case.kind, id, inputs, outputs };
        let result = self.provider.read(request).await;
        let seen = self.ok(result, "read looks at the thing; gone is no error")?;
        if let Some(observed) = &seen {
            secrets::stay_marked(self, inputs, &observed.outputs, "the outputs of read");
            secrets::stay_marked(self, inputs, &observed.inputs, "the inputs of read");
        }
        Some(seen)
    }

    /// `Some(None)`: looked, and nothing is there.
    pub(super) async fn find(&mut self, token: &str, inputs: &Map) -> Option<Option<Observed>> {
        let request = Find { urn: &self.urn, kind: &self.case.kind, token, inputs };
        let result = self.provider.find(request).await;
        self.ok(result, "find looks for what a token left; nothing is no error")
    }
}
