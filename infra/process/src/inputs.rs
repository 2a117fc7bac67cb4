//! Inputs and outputs as typed structures, and back.

use goodgo_model::{Map, Path, Value, reveal_map};
use goodgo_provider::{CheckFailure, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads known properties.
pub(crate) fn read<T: DeserializeOwned>(properties: &Map) -> Result<T, Error> {
    let json = reveal_map(properties).ok_or_else(|| {
        Error::permanent("a property is not known yet; this is a bug in the plan")
    })?;
    serde_json::from_value(serde_json::Value::Object(json))
        .map_err(|why| Error::permanent(format!("the properties do not fit: {why}")))
}

/// Checks the form of inputs as far as they are known.
pub(crate) fn check<T: DeserializeOwned>(inputs: Map) -> Result<Map, Vec<CheckFailure>> {
    let Some(json) = reveal_map(&inputs) else {
        return Ok(inputs);
    };
    match serde_json::from_value::<T>(serde_json::Value::Object(json)) {
        Ok(_) => Ok(inputs),
        Err(why) => Err(vec![CheckFailure { path: Path::root(), message: why.to_string() }]),
    }
}

/// Writes outputs.
pub(crate) fn write<T: Serialize>(outputs: &T) -> Map {
    match serde_json::to_value(outputs).map(Value::from) {
        Ok(Value::Map(map)) => map,
        _ => Map::new(),
    }
}

/// The text of a property that the check has seen.
pub(crate) fn text<'a>(properties: &'a Map, name: &str) -> &'a str {
    properties.get(name).and_then(Value::as_str).unwrap_or_default()
}
