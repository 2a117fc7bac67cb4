//! Property values: plain data, and what is not known or not to be shown.
//!
//! Inputs are declared before anything exists, so a value may stand for the
//! output of another resource; it may be a secret, which then stays one
//! wherever it is copied or joined; and while planning it may be unknown.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::urn::Urn;

/// Properties by name, in a fixed order.
pub type Map = BTreeMap<Arc<str>, Value>;

/// A property value. Numbers are IEEE doubles, as in JSON and in Pulumi.
#[derive(Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    String(Arc<str>),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name.
    Map(Map),
    /// A value that is encrypted in state and shown nowhere.
    Secret(Box<Value>),
    /// A value that only applying the plan will tell.
    Unknown,
    /// The output of another resource.
    Output {
        /// The resource that has the output.
        urn: Urn,
        /// Where in its outputs.
        path: Path,
    },
    /// Texts joined once all are known. Secret when one of them is.
    Concat(Vec<Value>),
}

impl Value {
    /// A text.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// Marks a value as secret, once.
    #[must_use]
    pub fn secret(self) -> Self {
        match self {
            Self::Secret(_) => self,
            other => Self::Secret(Box::new(other)),
        }
    }

    /// A map from pairs.
    pub fn map<K: Into<Arc<str>>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// Joins texts and outputs.
    pub fn concat(parts: impl IntoIterator<Item = Value>) -> Self {
        Self::Concat(parts.into_iter().collect())
    }

    /// The value without the mark of a secret around it. Secrets deeper inside stay.
    pub fn reveal(&self) -> &Value {
        match self {
            Self::Secret(inner) => inner.reveal(),
            other => other,
        }
    }

    /// The text, if it is one (or a secret one).
    pub fn as_str(&self) -> Option<&str> {
        match self.reveal() {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self.reveal() {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The number as a whole one, if it is one from 0 to 2^53.
    pub fn as_u64(&self) -> Option<u64> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let number = self.as_f64()?;
        let whole = number.fract() == 0.0 && (0.0..=EXACT).contains(&number);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        whole.then_some(number as u64)
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.reveal() {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self.reveal() {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self.reveal() {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Whether nothing in it is unknown or refers to an output.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown | Self::Output { .. } | Self::Concat(_) => false,
            Self::List(items) => items.iter().all(Self::is_known),
            Self::Map(map) => map.values().all(Self::is_known),
            Self::Secret(inner) => inner.is_known(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
        }
    }

    /// Whether a secret is anywhere in it.
    pub fn has_secret(&self) -> bool {
        match self {
            Self::Secret(_) => true,
            Self::List(items) | Self::Concat(items) => items.iter().any(Self::has_secret),
            Self::Map(map) => map.values().any(Self::has_secret),
            _ => false,
        }
    }

    /// Calls `visit` with every resource whose output is used in it, and the path in that output.
    pub fn for_each_output<'a>(&'a self, visit: &mut dyn FnMut(&'a Urn, &'a Path)) {
        match self {
            Self::Output { urn, path } => visit(urn, path),
            Self::List(items) | Self::Concat(items) => {
                items.iter().for_each(|item| item.for_each_output(visit));
            }
            Self::Map(map) => map.values().for_each(|item| item.for_each_output(visit)),
            Self::Secret(inner) => inner.for_each_output(visit),
            _ => {}
        }
    }

    /// Puts in place of every output what `find` says. `None` makes it unknown.
    #[must_use]
    pub fn resolve(&self, find: &mut dyn FnMut(&Urn, &Path) -> Option<Value>) -> Value {
        match self {
            Self::Output { urn, path } => find(urn, path).unwrap_or(Self::Unknown),
            Self::List(items) => Self::List(items.iter().map(|item| item.resolve(find)).collect()),
            Self::Map(map) => Self::Map(resolve_map(map, find)),
            Self::Secret(inner) => inner.resolve(find).secret(),
            Self::Concat(parts) => join(parts.iter().map(|part| part.resolve(find))),
            plain => plain.clone(),
        }
    }

    /// The value at a path inside it; the inside of a secret is secret, of an unknown unknown.
    pub fn get(&self, path: &Path) -> Option<Value> {
        inside(self, path.segments())
    }
}

/// [`Value::get`] for the properties of a resource, which are no `Value` themselves.
pub fn property(map: &Map, path: &Path) -> Option<Value> {
    match path.segments() {
        [] => Some(Value::Map(map.clone())),
        [Segment::Key(key), rest @ ..] => inside(map.get(key)?, rest),
        [Segment::Index(_), ..] => None,
    }
}

fn inside(value: &Value, segments: &[Segment]) -> Option<Value> {
    let mut at = value;
    let mut secret = false;
    for segment in segments {
        while let Value::Secret(inner) = at {
            secret = true;
            at = inner;
        }
        at = match (at, segment) {
            (Value::Map(map), Segment::Key(key)) => map.get(key.as_ref())?,
            (Value::List(items), Segment::Index(index)) => items.get(*index)?,
            (Value::Unknown, _) => at,
            _ => return None,
        };
    }
    Some(if secret { at.clone().secret() } else { at.clone() })
}

/// [`Value::resolve`] for every property of a map.
pub fn resolve_map(map: &Map, find: &mut dyn FnMut(&Urn, &Path) -> Option<Value>) -> Map {
    map.iter().map(|(key, value)| (key.clone(), value.resolve(find))).collect()
}

/// A text while any part is unresolved stays a list of parts; while any is unknown, it is unknown.
fn join(parts: impl Iterator<Item = Value>) -> Value {
    let parts: Vec<Value> = parts.collect();
    let unresolved =
        |part: &Value| matches!(part.reveal(), Value::Output { .. } | Value::Concat(_));
    if parts.iter().any(unresolved) {
        return Value::Concat(parts);
    }
    let secret = parts.iter().any(Value::has_secret);
    let joined = parts.iter().map(piece).collect::<Option<String>>();
    let joined = joined.map_or(Value::Unknown, Value::from);
    if secret { joined.secret() } else { joined }
}

/// What a value is inside a text. Lists and maps have no place in one: they are unknown for ever.
fn piece(part: &Value) -> Option<String> {
    match part.reveal() {
        Value::String(text) => Some(text.as_ref().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null => Some(String::new()),
        _ => None,
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => flag.fmt(f),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => text.fmt(f),
            Self::List(items) => items.fmt(f),
            Self::Map(map) => map.fmt(f),
            Self::Secret(_) => f.write_str("[secret]"),
            Self::Unknown => f.write_str("[unknown]"),
            Self::Output { urn, path } => write!(f, "[output {path} of {urn}]"),
            Self::Concat(parts) => f.debug_tuple("Concat").field(parts).finish(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}

/// Where in a value: `spec.ports[0].number`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path(Vec<Segment>);

/// One step of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Segment {
    /// A property of a map.
    Key(Arc<str>),
    /// An item of a list, from 0.
    Index(usize),
}

impl Path {
    /// The whole value.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads `a.b[0]["c.d"]`; a part that is no valid index is taken as a name.
    pub fn parse(text: &str) -> Self {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            if let Some((inner, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
                segments.push(match inner.parse() {
                    Ok(index) => Segment::Index(index),
                    Err(_) => Segment::Key(inner.trim_matches('"').into()),
                });
                rest = after;
            } else {
                let end =
                    rest[1.min(rest.len())..].find(['.', '[']).map_or(rest.len(), |at| at + 1);
                segments.push(Segment::Key(rest[..end].into()));
                rest = &rest[end..];
            }
        }
        Self(segments)
    }

    /// The steps, outermost first.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// This path and one name further.
    #[must_use]
    pub fn key(&self, key: impl Into<Arc<str>>) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Key(key.into()));
        Self(segments)
    }

    /// This path and one index further.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Index(index));
        Self(segments)
    }

    /// This path without its first step.
    #[must_use]
    pub fn rest(&self) -> Self {
        Self(self.0.get(1..).unwrap_or_default().to_vec())
    }

    /// Whether `other` is this path or lies inside it.
    pub fn contains(&self, other: &Path) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl From<&str> for Path {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if key.contains(['.', '[', ']']) => write!(f, "[\"{key}\"]")?,
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
