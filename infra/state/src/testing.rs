//! States for tests: small ones by hand, and arbitrary ones.

use std::sync::Arc;

use goodgo_model::{Existing, Location, Map, Pending, PendingKind, Snapshot, Type, Urn, Value};
use proptest::prelude::*;

use crate::Keys;

pub(crate) fn urn(name: &str) -> Urn {
    Urn::new("local", "shop", "random:index/randomId:RandomId", name)
}

pub(crate) fn resource(name: &str, dependencies: &[&str]) -> Existing {
    let urn = urn(name);
    Existing {
        kind: Type::new(urn.type_token()),
        urn,
        custom: true,
        id: format!("id-{name}"),
        inputs: Map::from([("length".into(), Value::Number(8.0))]),
        outputs: Map::new(),
        parent: None,
        dependencies: dependencies.iter().map(|name| self::urn(name)).collect(),
        delete: false,
        protect: false,
        retain_on_delete: false,
        incomplete: false,
        created: 1_700_000_000,
        modified: 1_700_000_060,
        location: None,
    }
}

pub(crate) fn component(name: &str) -> Existing {
    let urn = Urn::new("local", "shop", "goodgo:platform:Service", name);
    Existing {
        kind: Type::new("goodgo:platform:Service"),
        urn,
        custom: false,
        id: String::new(),
        inputs: Map::new(),
        ..resource(name, &[])
    }
}

pub(crate) fn with_secret(name: &str, secret: &str) -> Existing {
    let mut resource = resource(name, &[]);
    resource.outputs.insert("hex".into(), Value::string(secret).secret());
    resource
}

pub(crate) fn snapshot(resources: impl IntoIterator<Item = Existing>) -> Snapshot {
    let resources = resources.into_iter().map(Arc::new).collect();
    Snapshot { serial: 3, resources, pending: Vec::new() }
}

pub(crate) fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.resources.iter().map(|one| one.urn.name()).collect()
}

/// Keys in a folder of their own, which is gone with the first part.
pub(crate) fn keys() -> (tempfile::TempDir, Keys) {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::new(folder.path().join("key"), None);
    (folder, keys)
}

/// Numbers of few digits: what settings are made of.
pub(crate) fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<i32>().prop_map(f64::from),
        any::<i32>().prop_map(|number| f64::from(number) / 100.0),
        Just(9_007_199_254_740_992.0),
        Just(-9_007_199_254_740_991.0),
    ]
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(Value::Number),
        ".{0,12}".prop_map(Value::from),
        Just(Value::Unknown),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            map_of(inner.clone()).prop_map(Value::Map),
            inner.prop_map(Value::secret),
        ]
    })
}

fn map_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map> {
    let entries = prop::collection::btree_map("[a-z\"\\\\é]{1,6}", value, 0..3);
    entries.prop_map(|map| map.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// A resource without references.
fn lone() -> impl Strategy<Value = Existing> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let times = (0..4_000_000_000_i64, 0..4_000_000_000_i64);
    let place = prop::option::of(("[a-z/#%? é]{1,12}", 1_u32..9999));
    (flags, times, place, map_of(value()), map_of(value()), "[a-z0-9]{0,8}").prop_map(
        |(flags, times, place, inputs, outputs, id)| Existing {
            id: if flags.0 { id } else { String::new() },
            custom: flags.0,
            protect: flags.1,
            retain_on_delete: flags.2,
            incomplete: flags.3,
            created: times.0,
            modified: times.1,
            location: place.map(|(file, line)| Location { file: file.into(), line }),
            inputs,
            outputs,
            ..resource("one", &[])
        },
    )
}

/// A state in which each resource refers only to those before it.
pub(crate) fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let reference = prop::collection::vec(any::<prop::sample::Index>(), 0..3);
    let parent = prop::option::of(any::<prop::sample::Index>());
    let operation = prop::option::of(prop_oneof![
        Just(PendingKind::Creating),
        Just(PendingKind::Updating),
        Just(PendingKind::Deleting),
        Just(PendingKind::Reading),
    ]);
    let one = (lone(), reference, parent, operation);
    (any::<u32>(), prop::collection::vec(one, 0..6)).prop_map(|(serial, parts)| {
        let mut snapshot = Snapshot { serial: serial.into(), ..Snapshot::default() };
        for (number, (mut resource, references, parent, operation)) in parts.into_iter().enumerate()
        {
            resource.urn = urn(&format!("r{number}"));
            let before: Vec<Urn> = snapshot.resources.iter().map(|one| one.urn.clone()).collect();
            if number > 0 {
                let chosen = references.iter().map(|index| index.get(&before).clone());
                resource.dependencies = chosen.collect();
                resource.dependencies.sort();
                resource.dependencies.dedup();
                resource.parent = parent.map(|index| index.get(&before).clone());
            }
            let resource = Arc::new(resource);
            if let Some(operation) = operation.filter(|_| !resource.id.is_empty()) {
                snapshot.pending.push(Pending { operation, resource: resource.clone() });
            }
            snapshot.resources.push(resource);
        }
        snapshot
    })
}
