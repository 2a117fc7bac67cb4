//! The provider, for all sorts of generated things.

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::schema::{Property, Shape, complete, mistake, mistakes};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Risk, RiskKind, Update, Updated, changes,
};

/// What distinguishes one sort of generated thing from another.
pub(crate) struct Sort {
    /// Its type token.
    pub(crate) token: &'static str,
    /// What it is made from.
    pub(crate) properties: &'static [Property],
    /// Mistakes in how the inputs go together. Some may be unknown.
    pub(crate) conflicts: fn(&Map) -> Vec<CheckFailure>,
    /// The outputs that only making it will tell, and whether each is a secret.
    pub(crate) results: &'static [(&'static str, bool)],
    /// Makes the values of `results`, in that order.
    pub(crate) make: fn(&Map) -> Result<Vec<String>, Error>,
}

impl Sort {
    fn is_secret(&self) -> bool {
        self.results.iter().any(|(_, secret)| *secret)
    }

    /// The inputs and the results, the secret ones marked.
    fn outputs(&self, inputs: &Map, results: impl IntoIterator<Item = Value>) -> Map {
        let marked = self.results.iter().zip(results).map(|((name, secret), value)| {
            ((*name).into(), if *secret { value.secret() } else { value })
        });
        inputs.iter().map(|(name, value)| (name.clone(), value.clone())).chain(marked).collect()
    }
}

/// Values by name, which mean nothing but that a change of them asks for a new value.
pub(crate) const KEEPERS: Property = Property::optional("keepers", Shape::Map);

/// A number that check has seen to be one that is not negative; 0 when absent.
pub(crate) fn whole(inputs: &Map, name: &str) -> usize {
    let number = inputs.get(name).and_then(Value::as_u64).unwrap_or_default();
    usize::try_from(number).expect("bounded by its shape")
}

/// A text; empty when absent.
pub(crate) fn text<'a>(inputs: &'a Map, name: &str) -> &'a str {
    inputs.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A provider of generated things. They exist in the state alone; see the [crate].
pub struct Generator {
    package: &'static str,
    sorts: &'static [Sort],
}

impl Generator {
    pub(crate) const fn new(package: &'static str, sorts: &'static [Sort]) -> Self {
        Self { package, sorts }
    }

    fn sort(&self, kind: &Type) -> Option<&'static Sort> {
        self.sorts.iter().find(|sort| sort.token == kind.as_str())
    }

    fn no_such_type(&self, kind: &Type) -> String {
        let tokens: Vec<&str> = self.sorts.iter().map(|sort| sort.token).collect();
        format!("`{kind}` is not made here; package `{}` has {}", self.package, tokens.join(", "))
    }
}

#[async_trait]
impl Inspect for Generator {
    fn package(&self) -> &str {
        self.package
    }

    fn check(&self, kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        let Some(sort) = self.sort(kind) else {
            return Err(vec![mistake("", self.no_such_type(kind))]);
        };
        let mut found = mistakes(sort.properties, &inputs);
        let inputs = complete(sort.properties, &inputs);
        // How inputs go together says nothing while one of them is not what it should be.
        if found.is_empty() {
            found = (sort.conflicts)(&inputs);
        }
        if found.is_empty() { Ok(inputs) } else { Err(found) }
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let Some(sort) = self.sort(request.kind) else {
            return Diff::default();
        };
        // A state that Pulumi wrote holds no defaults, and properties that are not ours.
        let old = complete(sort.properties, request.old_inputs);
        let mut changes = changes(&old, request.new_inputs);
        changes.retain(|change| !request.ignore.iter().any(|path| path.contains(&change.path)));
        let replace: Vec<_> = changes.iter().map(|change| change.path.clone()).collect();
        let risks = if replace.is_empty() || !sort.is_secret() {
            vec![]
        } else {
            vec![new_value(request.kind)]
        };
        Diff { changes, replace, effect: Effect::None, risks, ..Diff::default() }
    }

    fn predict(&self, kind: &Type, inputs: &Map) -> Map {
        match self.sort(kind) {
            Some(sort) => sort.outputs(inputs, sort.results.iter().map(|_| Value::Unknown)),
            None => inputs.clone(),
        }
    }

    /// What the state says. A value that the state does not have (an import) is nowhere.
    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        Ok((!request.outputs.is_empty()).then(|| Observed {
            id: request.id.to_owned(),
            inputs: request.inputs.clone(),
            outputs: request.outputs.clone(),
            complete: true,
        }))
    }

    /// Nothing: what was not recorded is not anywhere.
    async fn find(&self, _: Find<'_>) -> Result<Option<Observed>, Error> {
        Ok(None)
    }
}

#[async_trait]
impl Provider for Generator {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let sort = self
            .sort(request.kind)
            .ok_or_else(|| Error::permanent(self.no_such_type(request.kind)))?;
        let results = (sort.make)(request.inputs)?;
        let outputs = sort.outputs(request.inputs, results.into_iter().map(Value::from));
        Ok(Created { id: request.token.to_owned(), outputs })
    }

    /// Never asked for: every change forces a replace.
    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        let name = request.urn.name();
        Err(Error::permanent(format!("`{name}` cannot change in place; it has to be replaced")))
    }

    async fn delete(&self, _: Delete<'_>) -> Result<(), Error> {
        Ok(())
    }
}

fn new_value(kind: &Type) -> Risk {
    let message = format!("a new {} is made; whoever holds the old one is shut out", kind.short());
    Risk { kind: RiskKind::CredentialChange, message }
}

#[cfg(test)]
mod tests;
