//! What a plan was made from, as a text short enough to compare and to save.
//!
//! Three digests: the state's serial, the declaration, what was observed. A saved plan is
//! refused when one differs, and they tell which one moved. Secrets are left out: the digest
//! is fast, and a fast digest of a weak secret would give the secret away. A secret in the
//! state is covered by the serial.

use goodgo_model::{Graph, Map, Options, Path, Resource, Segment, Urn, Value};

use crate::digest::Digest;
use crate::request::{Observation, Observations, Request};

/// `<serial>.<declaration and what was asked for>.<observed>`.
pub(crate) fn basis(request: &Request<'_>) -> String {
    let mut declared = Digest::new();
    graph(&mut declared, request.graph);
    let crate::request::Options { targets, excludes, replace, destroy } = request.options;
    for patterns in [targets, excludes, replace] {
        declared.list(patterns, |digest, pattern| digest.text(pattern));
    }
    declared.number(u64::from(*destroy));
    let mut observed = Digest::new();
    observations(&mut observed, request.observed);
    format!("{}.{}.{}", request.snapshot.serial, declared.finish(), observed.finish())
}

fn graph(digest: &mut Digest, graph: &Graph) {
    digest.list(graph.resources(), |digest, resource| {
        let Resource { urn, kind, custom, inputs, outputs, parent, options, location } = resource;
        digest.text(urn.as_str());
        digest.text(kind.as_str());
        digest.number(u64::from(*custom));
        map(digest, inputs);
        map(digest, outputs);
        digest.text(parent.as_ref().map_or("", Urn::as_str));
        self::options(digest, options);
        // A declaration that only moved in its file is the same declaration.
        let _ = location;
    });
}

fn options(digest: &mut Digest, options: &Options) {
    let Options {
        depends_on,
        protect,
        ignore_changes,
        replace_on_changes,
        aliases,
        retain_on_delete,
        delete_before_replace,
        import,
        timeouts: _,
    } = options;
    digest.list(depends_on, |digest, urn| digest.text(urn.as_str()));
    digest.list(aliases, |digest, urn| digest.text(urn.as_str()));
    digest.list(ignore_changes, path);
    digest.list(replace_on_changes, path);
    let flags = [Some(*protect), Some(*retain_on_delete), *delete_before_replace];
    digest.list(&flags, |digest, flag| digest.number(flag.map_or(2, u64::from)));
    digest.text(import.as_deref().unwrap_or_default());
}

fn observations(digest: &mut Digest, observed: &Observations) {
    for (urn, id, observation) in observed.sorted() {
        // Nothing was seen to move.
        if matches!(observation, Observation::NotLooked | Observation::Unchanged) {
            continue;
        }
        digest.text(urn.as_str());
        digest.text(id);
        if let Observation::Observed(seen) = observation {
            digest.text(&seen.id);
            digest.number(u64::from(seen.complete));
            map(digest, &seen.inputs);
            map(digest, &seen.outputs);
        }
    }
}

fn map(digest: &mut Digest, map: &Map) {
    digest.number(map.len() as u64);
    for (key, item) in map {
        digest.text(key);
        value(digest, item);
    }
}

fn value(digest: &mut Digest, value: &Value) {
    match value {
        Value::Null => digest.tag(0),
        Value::Bool(flag) => digest.tag(if *flag { 2 } else { 1 }),
        Value::Number(number) => {
            digest.tag(3);
            digest.number(number.to_bits());
        }
        Value::String(text) => {
            digest.tag(4);
            digest.text(text);
        }
        Value::List(items) => {
            digest.tag(5);
            digest.list(items, self::value);
        }
        Value::Map(inner) => {
            digest.tag(6);
            map(digest, inner);
        }
        Value::Secret(_) => digest.tag(7),
        Value::Unknown => digest.tag(8),
        Value::Output { urn, path: at } => {
            digest.tag(9);
            digest.text(urn.as_str());
            path(digest, at);
        }
        Value::Concat(parts) => {
            digest.tag(10);
            digest.list(parts, self::value);
        }
    }
}

fn path(digest: &mut Digest, path: &Path) {
    digest.list(path.segments(), |digest, segment| match segment {
        Segment::Key(key) => digest.text(key),
        Segment::Index(index) => digest.number(*index as u64),
    });
}
