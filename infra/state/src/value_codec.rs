//! Values as Pulumi writes them into a deployment (`pkg/resource/stack/deployment.go`).
//!
//! Reading is done in two passes, because decrypting needs a key that may take a while to
//! derive. The first keeps an encrypted secret as the map that stands for it in the file; the
//! second ([`open`]) puts the secret in its place, or a mask.

use std::fmt;
use std::sync::Arc;

use goodgo_model::{Map, Path, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use zeroize::Zeroizing;

use crate::secrets::Sealer;

/// The property by which Pulumi marks maps that stand for something else.
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
/// The signature of a secret.
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
/// What stands for a value that was not known.
const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/// Whole numbers up to here are exact in a double: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// How secrets are written.
#[derive(Clone, Copy)]
pub(crate) enum Seal<'a> {
    /// Encrypted, for the named resource.
    With(&'a Sealer, &'a str),
    /// As they are: inside of what is going to be encrypted as a whole.
    Inside,
    /// Not at all: it was promised that there is none.
    Never,
}

/// A value to be written.
pub(crate) struct Out<'a>(pub(crate) &'a Value, pub(crate) Seal<'a>);

/// Properties to be written.
pub(crate) struct OutMap<'a>(pub(crate) &'a Map, pub(crate) Seal<'a>);

impl Serialize for OutMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            object.serialize_entry(&**key, &Out(value, self.1))?;
        }
        object.end()
    }
}

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(value, seal) = *self;
        match value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            #[allow(clippy::cast_possible_truncation)]
            Value::Number(number) if number.fract() == 0.0 && number.abs() <= EXACT => {
                serializer.serialize_i64(*number as i64)
            }
            // What JSON cannot say (infinite, not a number) is written as null.
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::String(text) => serializer.serialize_str(text),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Out(item, seal)))?;
                list.end()
            }
            Value::Map(map) if signature(map) == Some(SECRET) => {
                Err(S::Error::custom("a map looks like an encrypted secret"))
            }
            Value::Map(map) => OutMap(map, seal).serialize(serializer),
            Value::Secret(inner) => secret(inner, seal, serializer),
            // A reference that is not resolved is as good as unknown.
            Value::Unknown | Value::Output { .. } | Value::Concat(_) => {
                serializer.serialize_str(UNKNOWN)
            }
        }
    }
}

fn secret<S: Serializer>(inner: &Value, seal: Seal<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let plain = serde_json::to_vec(&Out(inner, Seal::Inside)).map(Zeroizing::new);
    let plain = plain.map_err(S::Error::custom)?;
    let text = match seal {
        Seal::With(sealer, resource) => sealer.seal(resource, &plain),
        Seal::Inside => String::from_utf8_lossy(&plain).into_owned(),
        Seal::Never => return Err(S::Error::custom("a secret where none was expected")),
    };
    let mut object = serializer.serialize_map(Some(2))?;
    object.serialize_entry(SIGNATURE, SECRET)?;
    object.serialize_entry("ciphertext", &text)?;
    object.end()
}

fn signature(map: &Map) -> Option<&str> {
    match map.get(SIGNATURE)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Whether a secret is in it that has to be encrypted.
pub(crate) fn any_secret(map: &Map) -> bool {
    map.values().any(Value::has_secret)
}

/// A value as it was read; secrets still encrypted.
pub(crate) struct In(pub(crate) Value);

impl<'de> Deserialize<'de> for In {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

/// Properties as they were read; secrets still encrypted. `null` reads as none.
#[derive(Default)]
pub(crate) struct InMap(pub(crate) Map);

impl<'de> Deserialize<'de> for InMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match In::deserialize(deserializer)?.0 {
            Value::Map(map) => Ok(Self(map)),
            Value::Null => Ok(Self::default()),
            _ => Err(serde::de::Error::custom("properties have to be an object")),
        }
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    #[allow(clippy::cast_precision_loss)] // numbers are doubles, as in Pulumi
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(if text == UNKNOWN { Value::Unknown } else { Value::string(text) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(In(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, In(value))) = object.next_entry::<Arc<str>, In>()? {
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
}

/// How secrets are read.
#[derive(Clone, Copy)]
pub(crate) enum Open<'a> {
    /// Decrypted, for the named resource.
    With(&'a Sealer, &'a str),
    /// Told to be there: each becomes a secret null.
    Mask,
    /// As they are: inside of what was encrypted as a whole.
    Inside,
}

/// Why a secret cannot be read, and where it is.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) path: Path,
    pub(crate) detail: &'static str,
}

/// Whether an encrypted secret is in a value read.
pub(crate) fn is_sealed(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().any(is_sealed),
        Value::Map(map) if signature(map) == Some(SECRET) => map.contains_key("ciphertext"),
        Value::Map(map) => map.values().any(is_sealed),
        _ => false,
    }
}

/// The second pass over properties: puts secrets in the place of what stands for them.
pub(crate) fn open_map(map: &mut Map, how: Open<'_>, at: &Path) -> Result<(), Unreadable> {
    map.iter_mut()
        .filter(|(_, value)| is_container(value))
        .try_for_each(|(key, value)| open(value, how, &at.key(key.clone())))
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}

fn open(value: &mut Value, how: Open<'_>, at: &Path) -> Result<(), Unreadable> {
    match value {
        Value::List(items) => items
            .iter_mut()
            .enumerate()
            .filter(|(_, item)| is_container(item))
            .try_for_each(|(index, item)| open(item, how, &at.index(index))),
        Value::Map(map) if signature(map) == Some(SECRET) => {
            *value = unseal(map, how, at)?.secret();
            Ok(())
        }
        Value::Map(map) => open_map(map, how, at),
        _ => Ok(()),
    }
}

fn unseal(map: &Map, how: Open<'_>, at: &Path) -> Result<Value, Unreadable> {
    let unreadable = |detail| Unreadable { path: at.clone(), detail };
    let text = |name| match map.get(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let plain = match (text("ciphertext"), text("plaintext"), how) {
        (_, _, Open::Mask) => return Ok(Value::Null),
        (Some(sealed), None, Open::With(sealer, resource)) => {
            sealer.open(resource, sealed).map_err(|why| unreadable(why.0))?
        }
        (Some(plain), None, Open::Inside) | (None, Some(plain), _) => {
            Zeroizing::new(plain.as_bytes().to_vec())
        }
        _ => return Err(unreadable("it needs either a ciphertext or a plaintext")),
    };
    let In(mut inner) =
        serde_json::from_slice(&plain).map_err(|_| unreadable("what is encrypted is no value"))?;
    open(&mut inner, Open::Inside, at)?;
    Ok(inner)
}

#[cfg(test)]
#[path = "value_codec_tests.rs"]
mod tests;
