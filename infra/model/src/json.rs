//! Values as JSON for people and programs that may not see secrets.
//!
//! The state has its own encoding, which encrypts; this one masks and cannot be read back whole.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::value::{Map, Value};

/// What stands where a secret is.
const SECRET: &str = "[secret]";
/// What stands where only applying will tell.
const UNKNOWN: &str = "[unknown]";

impl Serialize for Value {
    /// Masks secrets; whole numbers are written without a fraction.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => match self.as_u64() {
                Some(whole) => serializer.serialize_u64(whole),
                None => serializer.serialize_f64(*number),
            },
            Self::String(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Map(map) => {
                let mut object = serializer.serialize_map(Some(map.len()))?;
                map.iter().try_for_each(|(key, value)| object.serialize_entry(&**key, value))?;
                object.end()
            }
            Self::Secret(_) => serializer.serialize_str(SECRET),
            Self::Unknown | Self::Output { .. } | Self::Concat(_) => {
                serializer.serialize_str(UNKNOWN)
            }
        }
    }
}

impl Value {
    /// The value as JSON with its secrets in clear, for the provider that has to use them.
    /// `None` while anything in it is unknown.
    pub fn reveal_json(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(flag) => (*flag).into(),
            Self::Number(number) => match self.as_u64() {
                Some(whole) => whole.into(),
                None => (*number).into(),
            },
            Self::String(text) => text.as_ref().into(),
            Self::List(items) => items.iter().map(Self::reveal_json).collect::<Option<_>>()?,
            Self::Map(map) => serde_json::Value::Object(reveal_map(map)?),
            Self::Secret(inner) => inner.reveal_json()?,
            Self::Unknown | Self::Output { .. } | Self::Concat(_) => return None,
        })
    }
}

/// [`Value::reveal_json`] for every property of a map.
pub fn reveal_map(map: &Map) -> Option<serde_json::Map<String, serde_json::Value>> {
    map.iter().map(|(key, value)| Some((key.as_ref().to_owned(), value.reveal_json()?))).collect()
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(flag) => Self::Bool(flag),
            serde_json::Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::string(text),
            serde_json::Value::Array(items) => {
                Self::List(items.into_iter().map(Self::from).collect())
            }
            serde_json::Value::Object(object) => Self::Map(
                object.into_iter().map(|(key, value)| (key.into(), Self::from(value))).collect(),
            ),
        }
    }
}
