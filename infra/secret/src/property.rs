//! The inputs of a generated thing as a table: names, shapes, defaults.

use goodgo_model::{Map, Path, Value};
use goodgo_provider::CheckFailure;

/// An input.
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) default: Preset,
}

/// What an input may be.
pub(crate) enum Shape {
    /// A whole number within these bounds, both included.
    Whole(u32, u32),
    /// A truth value.
    Flag,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Values by name, which mean nothing but that a change of them asks for a new secret.
    Keepers,
}

/// What an input is when it is not given.
pub(crate) enum Preset {
    /// It must be given.
    Required,
    /// It may be absent.
    Absent,
    /// This number.
    Whole(u32),
    /// This truth value.
    Flag(bool),
}

/// The input that all generated things have.
pub(crate) const KEEPERS: Property =
    Property { name: "keepers", shape: Shape::Keepers, default: Preset::Absent };

/// A mistake at a top-level property.
pub(crate) fn mistake(name: &str, message: impl Into<String>) -> CheckFailure {
    CheckFailure { path: Path::root().key(name), message: message.into() }
}

/// The inputs with defaults filled in, those that no property names left out.
pub(crate) fn complete(properties: &[Property], inputs: &Map) -> Map {
    properties
        .iter()
        .filter_map(|property| {
            let given = inputs.get(property.name).filter(|value| **value != Value::Null);
            let value = match (given, &property.default) {
                (Some(value), _) => value.clone(),
                (None, Preset::Whole(number)) => Value::from(*number),
                (None, Preset::Flag(flag)) => Value::from(*flag),
                (None, Preset::Required | Preset::Absent) => return None,
            };
            Some((property.name.into(), value))
        })
        .collect()
}

/// Every mistake in single inputs: missing, unknown, of the wrong shape.
pub(crate) fn mistakes(properties: &[Property], inputs: &Map) -> Vec<CheckFailure> {
    let named = |name: &str| properties.iter().any(|property| property.name == name);
    let names =
        || properties.iter().map(|p| format!("`{}`", p.name)).collect::<Vec<_>>().join(", ");
    let mut found: Vec<CheckFailure> = inputs
        .keys()
        .filter(|name| !named(name))
        .map(|name| mistake(name, format!("there is no such property; there are {}", names())))
        .collect();
    for Property { name, shape, default } in properties {
        match inputs.get(*name).filter(|value| **value != Value::Null) {
            None if matches!(default, Preset::Required) => {
                found.push(mistake(name, format!("is missing; give {}", shape.wanted())));
            }
            Some(value) if value.is_known() && !shape.fits(value) => {
                found.push(mistake(name, format!("has to be {}", shape.wanted())));
            }
            _ => {}
        }
    }
    found
}

impl Shape {
    fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Whole(least, most) => value
                .as_u64()
                .is_some_and(|number| (u64::from(*least)..=u64::from(*most)).contains(&number)),
            Self::Flag => value.as_bool().is_some(),
            Self::Text => value.as_str().is_some(),
            Self::OneOf(texts) => value.as_str().is_some_and(|text| texts.contains(&text)),
            Self::Keepers => value.as_map().is_some(),
        }
    }

    fn wanted(&self) -> String {
        match self {
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Flag => "true or false".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::OneOf(texts) => texts.join(" or "),
            Self::Keepers => "a map".to_owned(),
        }
    }
}

/// A number that [`mistakes`] has seen to be one; 0 when absent.
pub(crate) fn whole(inputs: &Map, name: &str) -> usize {
    let number = inputs.get(name).and_then(Value::as_u64).unwrap_or_default();
    usize::try_from(number).expect("bounded by its shape")
}

/// A truth value; false when absent.
pub(crate) fn flag(inputs: &Map, name: &str) -> bool {
    inputs.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// A text; empty when absent.
pub(crate) fn text<'a>(inputs: &'a Map, name: &str) -> &'a str {
    inputs.get(name).and_then(Value::as_str).unwrap_or_default()
}
