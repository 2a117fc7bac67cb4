//! A program that runs to its end once for each change of what it is declared to be.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Component, Report, Scope};
use crate::part::Part;
use crate::urn::Urn;
use crate::value::Value;
use crate::workload::{Kind, Source, Workload};

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    name: String,
    binary: String,
    args: Vec<Value>,
    env: BTreeMap<String, Value>,
    secrets: BTreeMap<String, Value>,
    timeout: Duration,
    depends_on: Vec<Urn>,
}

impl Job {
    /// A job that runs the workspace's program `binary` and may take 5 minutes.
    pub fn new(name: &str, binary: &str) -> Self {
        Self {
            name: name.to_owned(),
            binary: binary.to_owned(),
            args: Vec::new(),
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            timeout: Duration::from_secs(300),
            depends_on: Vec::new(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.args.extend(args.into_iter().map(Value::from));
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    /// Passes a secret as a file whose path is in `<name>_FILE`.
    #[must_use]
    pub fn secret(mut self, name: &str, value: Value) -> Self {
        self.secrets.insert(name.to_owned(), value);
        self
    }

    /// Fails when it runs longer.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Waits for another component, by its URN.
    #[must_use]
    pub fn after(mut self, urn: Urn) -> Self {
        self.depends_on.push(urn);
        self
    }
}

impl Component for Job {
    /// For `after` of another component.
    type Handle = Urn;

    fn kind(&self) -> &'static str {
        "Job"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn handle(&self, scope: &Scope<'_>) -> Urn {
        scope.urn()
    }

    fn parts(&self, _scope: &Scope<'_>) -> Vec<Part> {
        vec![Part::Workload(Box::new(Workload {
            args: self.args.clone(),
            env: self.env.clone(),
            secrets: self.secrets.clone(),
            depends_on: self.depends_on.clone(),
            ..Workload::new(
                &self.name,
                Kind::Job { migrations: Vec::new(), timeout: self.timeout },
                Source::Binary(self.binary.clone()),
            )
        }))]
    }

    fn check(&self, report: &mut Report<'_>) {
        report.name(&self.name);
    }
}
