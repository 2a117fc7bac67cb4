//! What outputs are, once what has them is made.

use std::collections::HashMap;
use std::sync::Arc;

use goodgo_model::{Existing, Map, Path, Segment, Urn, Value, property, resolve_map};
use goodgo_plan::Wanted;

/// Components may pass outputs on, but nobody nests them this deep; it ends a circle of them.
const MAX_NESTING: u32 = 64;

/// Looks up outputs among the live resources.
pub(super) struct Resolver<'a> {
    pub(super) live: &'a HashMap<Urn, Arc<Existing>>,
    /// Components declare their outputs from those of others.
    pub(super) components: &'a HashMap<Urn, Arc<Wanted>>,
    /// The first output that is not there.
    pub(super) missing: Option<(Urn, Path)>,
}

impl Resolver<'_> {
    /// Puts the outputs in their places.
    ///
    /// # Errors
    /// The first output that is not there, or not known.
    pub(super) fn map(mut self, map: &Map) -> Result<Map, (Urn, Path)> {
        if map.values().all(Value::is_known) {
            return Ok(map.clone());
        }
        let resolved = resolve_map(map, &mut |urn, path| self.output(urn, path, 0));
        match self.missing {
            Some(missing) => Err(missing),
            None => Ok(resolved),
        }
    }

    fn output(&mut self, urn: &Urn, path: &Path, depth: u32) -> Option<Value> {
        let found = match self.components.get(urn) {
            Some(component) if depth < MAX_NESTING => self.declared(component.clone(), path, depth),
            Some(_) => None,
            None => self.live.get(urn).and_then(|existing| property(&existing.outputs, path)),
        };
        let found = found.filter(Value::is_known);
        if found.is_none() && self.missing.is_none() {
            self.missing = Some((urn.clone(), path.clone()));
        }
        found
    }

    fn declared(&mut self, component: Arc<Wanted>, path: &Path, depth: u32) -> Option<Value> {
        let mut find = |urn: &Urn, path: &Path| self.output(urn, path, depth + 1);
        match path.segments() {
            [] => Some(Value::Map(resolve_map(&component.outputs, &mut find))),
            [Segment::Key(key), ..] => {
                let value = component.outputs.get(key)?.resolve(&mut find);
                value.get(&path.rest())
            }
            [Segment::Index(_), ..] => None,
        }
    }
}
