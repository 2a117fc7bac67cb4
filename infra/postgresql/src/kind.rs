//! What roles and databases have in common: checked, compared and predicted by their tables.

use goodgo_model::{Map, Type, Value};
use goodgo_provider::schema::{Property, complete, mistake, mistakes};
use goodgo_provider::{Change, CheckFailure, Diff, DiffRequest, Effect, Risk, changes};

use crate::{database, role};

/// The comment by which the create of a token is known.
pub(crate) fn comment(token: &str) -> String {
    format!("goodgo:{token}")
}

/// A type of this provider.
pub(crate) struct Kind {
    token: &'static str,
    properties: &'static [Property],
    /// Mistakes beyond the shapes. Some inputs may be unknown.
    mistakes: fn(&Map) -> Vec<CheckFailure>,
    /// The inputs that cannot be changed in place.
    forcing: &'static [&'static str],
    /// What changes risk, given whether they force a replace.
    risks: fn(&[Change], bool) -> Vec<Risk>,
    /// What users notice of a delete, and of a replace that has to delete first.
    pub(crate) delete_effect: Effect,
    /// What a delete risks, by name.
    pub(crate) delete_risks: fn(&str) -> Vec<Risk>,
}

/// `postgresql:index/role:Role`.
pub(crate) const ROLE: Kind = Kind {
    token: "postgresql:index/role:Role",
    properties: role::PROPERTIES,
    mistakes: role::mistakes,
    forcing: &["name"],
    risks: role::risks,
    delete_effect: Effect::Outage,
    delete_risks: |_| Vec::new(),
};

/// `postgresql:index/database:Database`.
pub(crate) const DATABASE: Kind = Kind {
    token: "postgresql:index/database:Database",
    properties: database::PROPERTIES,
    mistakes: database::mistakes,
    forcing: &["name", "template", "encoding", "lcCollate", "lcCtype"],
    risks: database::risks,
    delete_effect: Effect::Outage,
    delete_risks: database::delete_risks,
};

impl Kind {
    pub(crate) fn of(kind: &Type) -> Option<&'static Self> {
        [&ROLE, &DATABASE].into_iter().find(|one| one.token == kind.as_str())
    }

    pub(crate) fn is_role(&self) -> bool {
        self.token == ROLE.token
    }

    pub(crate) fn no_such_type(kind: &Type) -> String {
        format!("`{kind}` is not made here; there are `{}` and `{}`", ROLE.token, DATABASE.token)
    }

    pub(crate) fn check(&self, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        let mut found = mistakes(self.properties, &inputs);
        let inputs = mark_secrets(complete(self.properties, &inputs));
        if let Some(name) = inputs.get("name").and_then(Value::as_str) {
            found.extend(crate::sql::name_mistake("name", name));
        }
        found.extend((self.mistakes)(&inputs));
        if found.is_empty() { Ok(inputs) } else { Err(found) }
    }

    pub(crate) fn diff(&self, request: &DiffRequest<'_>) -> Diff {
        let old = complete(self.properties, request.old_inputs);
        let mut outputs = outputs(request.new_inputs);
        let mut changes = changes(&old, request.new_inputs);
        changes.retain(|change| {
            let ignored = request.ignore.iter().any(|path| path.contains(&change.path));
            if ignored && let Some(goodgo_model::Segment::Key(key)) = change.path.segments().first()
            {
                outputs.insert(key.clone(), Value::Unknown);
            }
            !ignored
        });
        let diff = Diff::in_place(changes).replace_on(self.forcing);
        let replaced = !diff.replace.is_empty();
        // Two of the same name cannot be side by side.
        let first = replaced && !diff.replace.contains(&"name".into());
        Diff {
            delete_before_replace: first,
            effect: if first { self.delete_effect } else { Effect::None },
            risks: (self.risks)(&diff.changes, replaced),
            outputs: Some(outputs),
            ..diff
        }
    }
}

/// What others may refer to: all but the way to the server.
pub(crate) fn outputs(inputs: &Map) -> Map {
    let mut outputs = inputs.clone();
    outputs.remove("server");
    outputs
}

/// Passwords are secrets even where the declaration does not say so.
fn mark_secrets(mut inputs: Map) -> Map {
    if let Some(password) = inputs.get_mut("password") {
        *password = std::mem::take(password).secret();
    }
    if let Some(Value::Map(server)) = inputs.get_mut("server")
        && let Some(password) = server.get_mut("password")
    {
        *password = std::mem::take(password).secret();
    }
    inputs
}

/// A risk of a change of this property, if it is among the changes.
pub(crate) fn changed<'a>(changes: &'a [Change], property: &str) -> Option<&'a Change> {
    changes.iter().find(|change| change.path == property.into())
}

/// Names that PostgreSQL keeps for itself.
pub(crate) fn reserved(inputs: &Map, is_reserved: fn(&str) -> bool) -> Option<CheckFailure> {
    let name = inputs.get("name").and_then(Value::as_str).filter(|name| is_reserved(name))?;
    Some(mistake("name", format!("`{name}` is one that PostgreSQL keeps for itself")))
}
