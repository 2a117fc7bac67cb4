//! The inputs of a type as a table, so that a provider's check is data: names, shapes, defaults.

use goodgo_model::{Map, Path, Value};

use crate::CheckFailure;

/// An input.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    name: &'static str,
    shape: Shape,
    absent: Absent,
}

/// What an input may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A whole number within these bounds, both included.
    Whole(i32, i32),
    /// A truth value.
    Flag,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Any values by name.
    Map,
    /// A map of these properties.
    Object(&'static [Property]),
}

/// What it means when an input is not given.
#[derive(Clone, Copy, Debug)]
enum Absent {
    Mistake,
    Fine,
    Whole(i32),
    Flag(bool),
    Text(&'static str),
}

impl Property {
    /// One that must be given.
    pub const fn required(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, absent: Absent::Mistake }
    }

    /// One that may be absent.
    pub const fn optional(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, absent: Absent::Fine }
    }

    /// A truth value with a default.
    pub const fn flag(name: &'static str, default: bool) -> Self {
        Self { name, shape: Shape::Flag, absent: Absent::Flag(default) }
    }

    /// A whole number from `least` to `most` with a default.
    pub const fn whole(name: &'static str, least: i32, most: i32, default: i32) -> Self {
        Self { name, shape: Shape::Whole(least, most), absent: Absent::Whole(default) }
    }

    /// A text with a default.
    pub const fn text(name: &'static str, default: &'static str) -> Self {
        Self { name, shape: Shape::Text, absent: Absent::Text(default) }
    }

    fn default(&self) -> Option<Value> {
        match self.absent {
            Absent::Mistake | Absent::Fine => None,
            Absent::Whole(number) => Some(Value::from(f64::from(number))),
            Absent::Flag(flag) => Some(Value::from(flag)),
            Absent::Text(text) => Some(Value::from(text)),
        }
    }
}

/// A mistake at a top-level property.
pub fn mistake(name: &str, message: impl Into<String>) -> CheckFailure {
    CheckFailure { path: Path::root().key(name), message: message.into() }
}

/// The inputs with defaults, without those that no property names and those that are null.
pub fn complete(properties: &[Property], inputs: &Map) -> Map {
    let value = |property: &Property| match given(inputs, property.name) {
        Some(value) => Some(complete_inside(property.shape, value)),
        None => property.default(),
    };
    properties.iter().filter_map(|p| Some((p.name.into(), value(p)?))).collect()
}

fn complete_inside(shape: Shape, value: &Value) -> Value {
    match (shape, value) {
        (Shape::Object(properties), Value::Map(map)) => complete(properties, map).into(),
        (Shape::Object(_), Value::Secret(inner)) => complete_inside(shape, inner).secret(),
        _ => value.clone(),
    }
}

fn given<'a>(inputs: &'a Map, name: &str) -> Option<&'a Value> {
    inputs.get(name).filter(|value| **value != Value::Null)
}

/// Every mistake in single inputs: missing, not known, of the wrong shape. Unknown values are no mistake.
pub fn mistakes(properties: &[Property], inputs: &Map) -> Vec<CheckFailure> {
    let mut found = Vec::new();
    collect(&Path::root(), properties, inputs, &mut found);
    found
}

fn collect(at: &Path, properties: &[Property], inputs: &Map, found: &mut Vec<CheckFailure>) {
    for name in inputs.keys().filter(|name| !properties.iter().any(|p| p.name == &***name)) {
        let names: Vec<String> = properties.iter().map(|p| format!("`{}`", p.name)).collect();
        let message = format!("there is no such property; there are {}", names.join(", "));
        found.push(CheckFailure { path: at.key(name.clone()), message });
    }
    for property in properties {
        let path = at.key(property.name);
        let wanted = || property.shape.wanted();
        match (given(inputs, property.name), property.shape, property.absent) {
            (None, _, Absent::Mistake) => {
                found
                    .push(CheckFailure { path, message: format!("is missing; give {}", wanted()) });
            }
            (Some(value), Shape::Object(inner), _) if value.as_map().is_some() => {
                let map = value.as_map().expect("the guard has seen a map");
                collect(&path, inner, map, found);
            }
            (Some(value), shape, _) if value.is_known() && !shape.fits(value) => {
                found.push(CheckFailure { path, message: format!("has to be {}", wanted()) });
            }
            _ => {}
        }
    }
}

impl Shape {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Whole(least, most) => value.as_f64().is_some_and(|number| {
                number.fract() == 0.0 && (f64::from(least)..=f64::from(most)).contains(&number)
            }),
            Self::Flag => value.as_bool().is_some(),
            Self::Text => value.as_str().is_some(),
            Self::OneOf(texts) => value.as_str().is_some_and(|text| texts.contains(&text)),
            Self::Map | Self::Object(_) => value.as_map().is_some(),
        }
    }

    fn wanted(self) -> String {
        match self {
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Flag => "true or false".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::OneOf(texts) => texts.join(" or "),
            Self::Map | Self::Object(_) => "a map".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROPERTIES: &[Property] = &[
        Property::flag("on", true),
        Property::whole("limit", -1, 10, -1),
        Property::required("kind", Shape::OneOf(&["a", "b"])),
        Property::optional(
            "server",
            Shape::Object(&[
                Property::required("host", Shape::Text),
                Property::text("database", "postgres"),
            ]),
        ),
    ];

    fn map(pairs: &[(&str, Value)]) -> Map {
        pairs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()
    }

    #[test]
    fn every_mistake_is_found_at_its_place() {
        let server = Value::map([("port", Value::from(1_u16))]);
        let inputs = map(&[("on", "x".into()), ("limit", 11_u16.into()), ("server", server)]);
        let found: Vec<String> = mistakes(PROPERTIES, &inputs)
            .iter()
            .map(|failure| format!("{}: {}", failure.path, failure.message))
            .collect();
        assert_eq!(
            found,
            [
                "on: has to be true or false",
                "limit: has to be a whole number from -1 to 10",
                "kind: is missing; give a or b",
                "server.port: there is no such property; there are `host`, `database`",
                "server.host: is missing; give a text",
            ]
        );
    }

    #[test]
    fn defaults_are_filled_in_at_every_depth_and_unknowns_pass() {
        let server = Value::map([("host", Value::Unknown)]).secret();
        let inputs = map(&[("kind", Value::Unknown), ("server", server), ("other", true.into())]);
        let whole = complete(PROPERTIES, &inputs);
        let names: Vec<&str> = whole.keys().map(|name| &**name).collect();
        assert_eq!(names, ["kind", "limit", "on", "server"]);
        assert_eq!(whole["server"].as_map().unwrap()["database"].as_str(), Some("postgres"));
        assert!(mistakes(PROPERTIES, &whole).is_empty());
        assert_eq!(complete(PROPERTIES, &whole), whole);
    }
}
