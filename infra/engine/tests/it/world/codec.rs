//! Values as JSON, with secrets marked.

use goodgo_model::{Map, Value};
use serde_json::{Value as Json, json};

pub(super) fn encode(map: &Map) -> Json {
    Json::Object(map.iter().map(|(key, value)| (key.to_string(), encode_value(value))).collect())
}

fn encode_value(value: &Value) -> Json {
    match value {
        Value::Secret(inner) => json!({ "$secret": encode_value(inner) }),
        Value::List(items) => Json::Array(items.iter().map(encode_value).collect()),
        Value::Map(map) => encode(map),
        plain => serde_json::to_value(plain).unwrap(),
    }
}

pub(super) fn decode(json: Json) -> Map {
    match decode_value(json) {
        Value::Map(map) => map,
        other => panic!("{other:?} is no map"),
    }
}

fn decode_value(json: Json) -> Value {
    match json {
        Json::Object(mut object) if object.contains_key("$secret") => {
            decode_value(object.remove("$secret").unwrap()).secret()
        }
        Json::Object(object) => {
            Value::map(object.into_iter().map(|(key, value)| (key, decode_value(value))))
        }
        Json::Array(items) => Value::List(items.into_iter().map(decode_value).collect()),
        plain => plain.into(),
    }
}
