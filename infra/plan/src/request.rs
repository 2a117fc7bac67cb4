//! What a plan is made from.

use std::collections::HashMap;

use goodgo_model::{Graph, Snapshot, Urn};
use goodgo_provider::{Inspectors, Observed};

/// All that a plan depends on.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The environment.
    pub environment: &'a str,
    /// The project.
    pub project: &'a str,
    /// What is declared.
    pub graph: &'a Graph,
    /// What is known to exist. What is pending in it has to be settled before: the planner
    /// does not look at it.
    pub snapshot: &'a Snapshot,
    /// What a refresh found.
    pub observed: &'a Observations,
    /// The looking half of the providers, of which only the pure methods are called.
    pub providers: Inspectors<'a>,
    /// What a person asked for.
    pub options: &'a Options,
}

/// What a person asked for. A pattern is a URN, or the name of a resource or component, either
/// with `*` for any text; a component stands for all in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Plan for these only, and for what they need and does not exist. Empty: for all.
    pub targets: Vec<String>,
    /// Leave these alone.
    pub excludes: Vec<String>,
    /// Replace these, changed or not.
    pub replace: Vec<String>,
    /// Delete everything, whatever is declared.
    pub destroy: bool,
}

/// What a refresh found of one thing.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Observation {
    /// Nobody looked: the state is taken for true.
    #[default]
    NotLooked,
    /// It is as the state says.
    Unchanged,
    /// This is what it is now.
    Observed(Box<Observed>),
    /// It does not exist any more.
    Gone,
}

/// What a refresh found, by URN and the provider's id. For an import, the id to import.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Observations {
    // A URN has more than one id only while an old generation is left of it.
    by_urn: HashMap<Urn, Vec<(String, Observation)>>,
}

impl Observations {
    /// Nobody looked at anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes what one thing is now. What is as the state says may be left out.
    pub fn insert(&mut self, urn: Urn, id: impl Into<String>, observation: Observation) {
        let id = id.into();
        let seen = self.by_urn.entry(urn).or_default();
        match seen.iter_mut().find(|(known, _)| *known == id) {
            Some((_, place)) => *place = observation,
            None => seen.push((id, observation)),
        }
    }

    /// What was found of one thing.
    pub fn get(&self, urn: &Urn, id: &str) -> &Observation {
        const NOT_LOOKED: &Observation = &Observation::NotLooked;
        let seen = self.by_urn.get(urn).map_or(&[][..], Vec::as_slice);
        seen.iter().find(|(known, _)| known == id).map_or(NOT_LOOKED, |(_, found)| found)
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.by_urn.is_empty()
    }

    /// Everything noted, sorted by URN and id.
    pub fn sorted(&self) -> Vec<(&Urn, &str, &Observation)> {
        let flat = self.by_urn.iter().flat_map(|(urn, seen)| {
            seen.iter().map(move |(id, observation)| (urn, id.as_str(), observation))
        });
        let mut all: Vec<_> = flat.collect();
        all.sort_by_key(|&(urn, id, _)| (urn, id));
        all
    }
}
