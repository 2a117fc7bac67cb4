//! `ignore_changes` and what is left of a declaration once it is checked.

use goodgo_model::{Map, Path, Segment, Value};

/// Gives the ignored properties of `wanted` the values that they have now.
pub(crate) fn keep_ignored(wanted: &mut Map, now: &Map, ignore: &[Path]) {
    for path in ignore {
        if let [Segment::Key(first), rest @ ..] = path.segments() {
            keep(wanted, now.get(first), first, rest);
        }
    }
}

fn keep(wanted: &mut Map, now: Option<&Value>, key: &std::sync::Arc<str>, rest: &[Segment]) {
    match (rest, now) {
        ([], Some(now)) => drop(wanted.insert(key.clone(), now.clone())),
        ([], None) => drop(wanted.remove(key)),
        ([next, rest @ ..], _) => {
            if let Some(inside) = wanted.get_mut(key) {
                keep_inside(inside, now, next, rest);
            }
        }
    }
}

fn keep_inside(wanted: &mut Value, now: Option<&Value>, next: &Segment, rest: &[Segment]) {
    let now = now.map(Value::reveal);
    match (wanted, next) {
        (Value::Secret(inner), _) => keep_inside(inner, now, next, rest),
        (Value::Map(map), Segment::Key(key)) => {
            let now = now.and_then(Value::as_map).and_then(|now| now.get(key));
            keep(map, now, key, rest);
        }
        (Value::List(items), Segment::Index(index)) => {
            let now = now.and_then(Value::as_list).and_then(|now| now.get(*index));
            match (items.get_mut(*index), rest, now) {
                (Some(item), [], Some(now)) => *item = now.clone(),
                (Some(item), [next, rest @ ..], now) => keep_inside(item, now, next, rest),
                _ => {}
            }
        }
        _ => {}
    }
}

/// The checked inputs, with references in place of what was resolved from them: what others
/// become is only certain once they are applied.
pub(crate) fn with_references(checked: Map, declared: &Map) -> Map {
    let mut inputs = checked;
    for (key, value) in declared {
        if !value.is_known()
            && let Some(place) = inputs.get_mut(key)
        {
            *place = value.clone();
        }
    }
    inputs
}
