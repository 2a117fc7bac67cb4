//! The suite passes a provider that keeps its promises, and names each one that another breaks.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};

use super::{Case, check, report};
use crate::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Observed,
    Provider, Read, Update, Updated, changes,
};

/// Which promise is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flaw {
    None,
    CreatesTwice,
    DoesNotFind,
    TripsOverDropped,
    Drifts,
    DeletesOnce,
    OneGeneration,
    TellsSecrets,
    ForetellsWrongly,
}

/// Things in memory, with one flaw.
struct Memory {
    flaw: Flaw,
    things: Mutex<BTreeMap<String, (Map, bool)>>,
    made: Mutex<u32>,
}

impl Memory {
    fn new(flaw: Flaw) -> Self {
        Self { flaw, things: Mutex::default(), made: Mutex::default() }
    }

    fn id(&self, token: &str) -> String {
        let mut made = self.made.lock().unwrap();
        *made += 1;
        match self.flaw {
            Flaw::CreatesTwice => format!("{token}-{made}"),
            Flaw::OneGeneration => "the one".to_owned(),
            _ => token.to_owned(),
        }
    }

    fn outputs(&self, inputs: &Map) -> Map {
        let mut outputs = inputs.clone();
        if self.flaw == Flaw::TellsSecrets {
            outputs.values_mut().for_each(|value| *value = value.reveal().clone());
        }
        outputs
    }

    fn seen(&self, id: &str) -> Option<Observed> {
        let (mut inputs, complete) = self.things.lock().unwrap().get(id).cloned()?;
        let outputs = self.outputs(&inputs);
        if self.flaw == Flaw::Drifts {
            inputs.insert("size".into(), 7_u16.into());
        }
        Some(Observed { id: id.to_owned(), inputs, outputs, complete })
    }
}

#[async_trait]
impl Inspect for Memory {
    fn package(&self) -> &str {
        "memory"
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        Ok(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let changes = changes(request.old_inputs, request.new_inputs);
        let outputs = Some(self.outputs(request.new_inputs));
        Diff { outputs, ..Diff::in_place(changes).replace_on(&["zone"]) }
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        let mut outputs = self.outputs(inputs);
        if self.flaw == Flaw::ForetellsWrongly {
            outputs.insert("size".into(), 7_u16.into());
        }
        outputs
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        Ok(self.seen(request.id))
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        if self.flaw == Flaw::DoesNotFind {
            return Ok(None);
        }
        Ok(self.seen(request.token))
    }
}

#[async_trait]
impl Provider for Memory {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let id = self.id(request.token);
        let stale = self.things.lock().unwrap().contains_key(&id);
        if stale
            && self.flaw == Flaw::TripsOverDropped
            && !self.seen(&id).is_some_and(|one| one.complete)
        {
            return Err(Error::permanent("something is in the way"));
        }
        self.things.lock().unwrap().entry(id.clone()).or_insert((request.inputs.clone(), false));
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        self.things.lock().unwrap().insert(id.clone(), (request.inputs.clone(), true));
        Ok(Created { id, outputs: self.outputs(request.inputs) })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        let mut things = self.things.lock().unwrap();
        things.insert(request.id.to_owned(), (request.new_inputs.clone(), true));
        Ok(Updated { outputs: self.outputs(request.new_inputs) })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        let gone = self.things.lock().unwrap().remove(request.id).is_none();
        if gone && self.flaw == Flaw::DeletesOnce {
            return Err(Error::permanent("it is not there"));
        }
        Ok(())
    }
}

fn case() -> Case {
    let inputs = |size: u16, zone: &str| -> Map {
        let secret = Value::from("hunter2!").secret();
        let pairs = [("size", size.into()), ("zone", zone.into()), ("password", secret)];
        pairs.into_iter().map(|(key, value)| (key.into(), value)).collect()
    };
    Case {
        kind: Type::new("memory:index:Thing"),
        inputs: inputs(1, "a"),
        update: Some(inputs(2, "a")),
        replace: Some(inputs(1, "b")),
    }
}

async fn promises_broken_by(flaw: Flaw) -> String {
    report(&check(&Memory::new(flaw), &[case()]).await)
}

#[tokio::test]
async fn a_good_provider_passes_and_leaves_nothing() {
    let memory = Memory::new(Flaw::None);
    let broken = check(&memory, &[case()]).await;
    assert!(broken.is_empty(), "{}", report(&broken));
    assert!(memory.things.lock().unwrap().is_empty());
}

#[tokio::test]
async fn each_flaw_is_named() {
    for (flaw, promise) in [
        (Flaw::CreatesTwice, "create is idempotent by token"),
        (Flaw::DoesNotFind, "find recognises by its token what a create made"),
        (Flaw::TripsOverDropped, "something is in the way"),
        (Flaw::Drifts, "what was just made shows no drift"),
        (Flaw::DeletesOnce, "delete removes the thing, and succeeds when it is gone"),
        (Flaw::OneGeneration, "two generations live side by side"),
        (Flaw::TellsSecrets, "outputs and progress never hold a secret"),
        (Flaw::ForetellsWrongly, "predict foretells only what is certain"),
    ] {
        let told = promises_broken_by(flaw).await;
        assert!(told.contains(promise), "{flaw:?}: {told}");
        assert!(!told.contains("hunter2!"), "{told}");
    }
}
