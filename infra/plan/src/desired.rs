//! Which declared resource is which record of the state: by URN, or by a former one.

use goodgo_model::{Graph, Resource, Urn};

use crate::records::{RecordId, Records};

/// Declared resources and records, paired.
pub(crate) struct Pairing {
    /// By position in the graph.
    record: Vec<Option<RecordId>>,
    /// By record: the position in the graph.
    declared: Vec<Option<u32>>,
}

impl Pairing {
    pub(crate) fn new(graph: &Graph, records: &Records<'_>) -> Self {
        let mut pairing = Self {
            record: Vec::with_capacity(graph.len()),
            declared: vec![None; records.all().len()],
        };
        // A record under a URN that is declared is never taken by an alias, so those go first.
        let direct = graph.resources().iter().map(|resource| records.current(&resource.urn));
        pairing.record.extend(direct);
        for (record, position) in pairing.record.iter().zip(0..) {
            if let Some(id) = record {
                pairing.declared[*id as usize] = Some(position);
            }
        }
        for (resource, position) in graph.resources().iter().zip(0..) {
            if pairing.record[position as usize].is_none()
                && let Some(id) = pairing.former(graph, records, resource)
            {
                pairing.record[position as usize] = Some(id);
                pairing.declared[id as usize] = Some(position);
            }
        }
        pairing
    }

    /// The record of a declared resource.
    pub(crate) fn record(&self, position: usize) -> Option<RecordId> {
        self.record[position]
    }

    /// The declared resource of a record.
    pub(crate) fn declared(&self, record: RecordId) -> Option<usize> {
        self.declared[record as usize].map(|position| position as usize)
    }

    fn former(
        &self,
        graph: &Graph,
        records: &Records<'_>,
        resource: &Resource,
    ) -> Option<RecordId> {
        let free = |urn: &Urn| {
            let id = records.current(urn)?;
            let saved = records.get(id).saved;
            let fits = saved.kind == resource.kind && saved.custom == resource.custom;
            (fits && self.declared[id as usize].is_none()).then_some(id)
        };
        let own = resource.options.aliases.iter().find_map(free);
        own.or_else(|| {
            let parent = graph.position(resource.parent.as_ref()?)?;
            let before = &records.get(self.record[parent]?).saved.urn;
            inherited(resource, &graph.resources()[parent].urn, before).iter().find_map(free)
        })
    }
}

/// The URNs that a child had if its parent was called `before`: by Pulumi's convention a child's
/// URN has the types of its parents in it, and its name often begins with its parent's.
fn inherited(child: &Resource, parent: &Urn, before: &Urn) -> Vec<Urn> {
    if parent == before {
        return Vec::new();
    }
    let urn = &child.urn;
    let qualified = match urn.qualified_type().strip_prefix(parent.qualified_type()) {
        Some(own) if own.starts_with('$') => format!("{}{own}", before.qualified_type()),
        _ => urn.qualified_type().to_owned(),
    };
    let former = |name: &str| Urn::new(before.environment(), before.project(), &qualified, name);
    let renamed = urn.name().strip_prefix(parent.name());
    let renamed = renamed.map(|rest| former(&format!("{}{rest}", before.name())));
    renamed.into_iter().chain([former(urn.name())]).collect()
}
