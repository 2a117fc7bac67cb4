//! What would change, what it does to users, and what it risks.

use goodgo_model::{Map, Path, Value};
use serde::Serialize;

/// The difference between what a thing is and what it should be.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Diff {
    /// Properties that differ, in path order. Empty: nothing to do.
    pub changes: Vec<Change>,
    /// Of these, the ones that cannot be changed in place: they force a replace.
    pub replace: Vec<Path>,
    /// When replacing, the old one has to go before the new one comes.
    pub delete_before_replace: bool,
    /// What users of the platform notice.
    pub effect: Effect,
    /// What could be lost or exposed.
    pub risks: Vec<Risk>,
    /// The outputs after an update in place, as far as they are certain; `Unknown` where not.
    /// `None`: as they are now.
    pub outputs: Option<Map>,
}

/// One property that differs. Secrets are compared by value and stay marked.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Change {
    /// Where.
    #[serde(serialize_with = "as_text")]
    pub path: Path,
    /// What it is; `None` when it is added.
    pub old: Option<Value>,
    /// What it should be; `None` when it is removed.
    pub new: Option<Value>,
}

fn as_text<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(path)
}

/// What users of the platform notice of a step, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// Nothing: new replicas take over before the old ones go.
    Rolling,
    /// A short interruption while one thing restarts.
    Restart,
    /// An interruption of unknown length, or for good.
    Outage,
}

/// Something a reviewer should weigh before saying yes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Risk {
    /// The sort of risk.
    pub kind: RiskKind,
    /// One sentence: what exactly.
    pub message: String,
}

/// The sorts of risk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskKind {
    /// Data is or may be deleted.
    DataLoss,
    /// Something becomes reachable by more than before.
    Exposure,
    /// A migration that cannot be taken back.
    IrreversibleMigration,
    /// Requests may fail or wait.
    Downtime,
    /// A secret changes; who holds the old one is shut out.
    CredentialChange,
}

/// The properties that differ between two maps, leaf by leaf, in path order.
/// A list whose length is the same is compared item by item, any other as a whole.
pub fn changes(old: &Map, new: &Map) -> Vec<Change> {
    let mut found = Vec::new();
    compare_maps(&Path::root(), old, new, &mut found);
    found
}

fn compare_maps(at: &Path, old: &Map, new: &Map, found: &mut Vec<Change>) {
    let mut added = new.iter().peekable();
    for (key, before) in old {
        while let Some((name, after)) = added.next_if(|(name, _)| *name < key) {
            found.push(Change { path: at.key(name.clone()), old: None, new: Some(after.clone()) });
        }
        match added.next_if(|(name, _)| *name == key) {
            Some((_, after)) => compare(at, key, before, after, found),
            None => found.push(Change {
                path: at.key(key.clone()),
                old: Some(before.clone()),
                new: None,
            }),
        }
    }
    for (name, after) in added {
        found.push(Change { path: at.key(name.clone()), old: None, new: Some(after.clone()) });
    }
}

fn compare(
    at: &Path,
    key: &std::sync::Arc<str>,
    old: &Value,
    new: &Value,
    found: &mut Vec<Change>,
) {
    // Most pairs are equal: the path is only built for those that are not.
    if old == new {
        return;
    }
    descend(at.key(key.clone()), old, new, found);
}

fn descend(path: Path, old: &Value, new: &Value, found: &mut Vec<Change>) {
    match (old, new) {
        (Value::Map(before), Value::Map(after)) => compare_maps(&path, before, after, found),
        (Value::List(before), Value::List(after)) if before.len() == after.len() => {
            for (index, (was, is)) in before.iter().zip(after).enumerate() {
                if was != is {
                    descend(path.index(index), was, is, found);
                }
            }
        }
        // A value that merely became (or stopped being) marked secret has not changed.
        _ if old.reveal() == new.reveal() && new.reveal().is_known() => {}
        _ => found.push(Change { path, old: Some(old.clone()), new: Some(new.clone()) }),
    }
}

impl Diff {
    /// A diff of the inputs in which every change can be made in place without anybody noticing.
    pub fn in_place(changes: Vec<Change>) -> Self {
        Self { changes, ..Self::default() }
    }

    /// Marks the changes at or under these properties as ones that force a replace.
    #[must_use]
    pub fn replace_on(mut self, properties: &[&str]) -> Self {
        let roots: Vec<Path> = properties.iter().map(|name| Path::parse(name)).collect();
        let forcing =
            self.changes.iter().filter(|c| roots.iter().any(|root| root.contains(&c.path)));
        self.replace = forcing.map(|change| change.path.clone()).collect();
        self
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, Value)]) -> Map {
        pairs.iter().map(|(key, value)| ((*key).into(), value.clone())).collect()
    }

    #[test]
    fn leaves_are_compared_in_path_order() {
        let old = map(&[("a", 1_u16.into()), ("c", Value::list(["x", "y"])), ("d", true.into())]);
        let new = map(&[("a", 2_u16.into()), ("b", "n".into()), ("c", Value::list(["x", "z"]))]);
        let found: Vec<String> = changes(&old, &new).iter().map(|c| c.path.to_string()).collect();
        assert_eq!(found, ["a", "b", "c[1]", "d"]);
    }

    #[test]
    fn marking_a_value_secret_is_no_change() {
        let old = map(&[("password", "x".into())]);
        let new = map(&[("password", Value::from("x").secret())]);
        assert!(changes(&old, &new).is_empty());
    }
}
