//! Which provider answers for which type.

use std::collections::BTreeMap;
use std::sync::Arc;

use goodgo_model::Type;

use crate::{Inspect, Provider};

/// The providers of an environment by package.
#[derive(Clone, Default)]
pub struct Registry {
    providers: BTreeMap<String, Arc<dyn Provider>>,
}

impl Registry {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a provider; a later one of the same package takes its place.
    #[must_use]
    pub fn with(mut self, provider: Arc<dyn Provider>) -> Self {
        self.providers.insert(provider.package().to_owned(), provider);
        self
    }

    /// The looking half of the provider for a type, if there is one.
    pub fn inspect(&self, kind: &Type) -> Option<&dyn Inspect> {
        self.provider(kind).map(|provider| provider as &dyn Inspect)
    }

    /// The provider for a type, if there is one.
    pub fn provider(&self, kind: &Type) -> Option<&dyn Provider> {
        self.providers.get(kind.package()).map(AsRef::as_ref)
    }

    /// A view that can only look, for previews.
    pub fn inspectors(&self) -> Inspectors<'_> {
        Inspectors(self)
    }
}

/// A [`Registry`] that can only look.
#[derive(Clone, Copy)]
pub struct Inspectors<'a>(&'a Registry);

impl<'a> Inspectors<'a> {
    /// The looking half of the provider for a type, if there is one.
    pub fn get(&self, kind: &Type) -> Option<&'a dyn Inspect> {
        self.0.inspect(kind)
    }
}
