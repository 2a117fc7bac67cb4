//! Writing a deployment: one line for each resource, so that versions compare well.

use goodgo_model::{Existing, Location, PendingKind, Snapshot, Urn};
use serde::{Serialize, Serializer};

use super::{PROGRAM, VERSION, magic, rfc3339, verify};
use crate::error::Error;
use crate::secrets::{Current, Sealer};
use crate::value_codec::{OutMap, Seal, any_secret};

/// What `initErrors` says of a resource that is incomplete.
const INCOMPLETE: &str = "its last operation did not finish";

/// `ResourceV3`, of what this engine knows. The order of the fields is Pulumi's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceOut<'a> {
    urn: &'a Urn,
    custom: bool,
    #[serde(skip_serializing_if = "is_false")]
    delete: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<OutMap<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<OutMap<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a Urn>,
    #[serde(skip_serializing_if = "is_false")]
    protect: bool,
    #[serde(skip_serializing_if = "<[Urn]>::is_empty")]
    dependencies: &'a [Urn],
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    init_errors: &'static [&'static str],
    #[serde(skip_serializing_if = "is_false")]
    retain_on_delete: bool,
    #[serde(skip_serializing_if = "is_unknown", serialize_with = "write_time")]
    created: i64,
    #[serde(skip_serializing_if = "is_unknown", serialize_with = "write_time")]
    modified: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_position: Option<String>,
}

impl<'a> ResourceOut<'a> {
    /// `sealer` has to be there when a secret is in it, see [`ResourceOut::needs_key`].
    pub(crate) fn new(resource: &'a Existing, sealer: Option<&'a Sealer>) -> Self {
        let seal = sealer.map_or(Seal::Never, |one| Seal::With(one, resource.urn.as_str()));
        let properties = |map| Some(OutMap(map, seal)).filter(|map| !map.0.is_empty());
        Self {
            urn: &resource.urn,
            custom: resource.custom,
            delete: resource.delete,
            id: &resource.id,
            r#type: resource.kind.as_str(),
            inputs: properties(&resource.inputs),
            outputs: properties(&resource.outputs),
            parent: resource.parent.as_ref(),
            protect: resource.protect,
            dependencies: &resource.dependencies,
            init_errors: if resource.incomplete { &[INCOMPLETE] } else { &[] },
            retain_on_delete: resource.retain_on_delete,
            created: resource.created,
            modified: resource.modified,
            source_position: resource.location.as_ref().map(source_position),
        }
    }

    /// Whether a secret is in the resource.
    pub(crate) fn needs_key(resource: &Existing) -> bool {
        any_secret(&resource.inputs) || any_secret(&resource.outputs)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_false(flag: &bool) -> bool {
    !flag
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_unknown(time: &i64) -> bool {
    *time == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn write_time<S: Serializer>(time: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*time))
}

/// `project:///<file>#<line>`; what would end the path is percent-encoded.
fn source_position(location: &Location) -> String {
    let mut text = "project:///".to_owned();
    for character in location.file.chars() {
        match character {
            '%' | '#' | '?' | ' ' => text.push_str(&format!("%{:02X}", u32::from(character))),
            plain => text.push(plain),
        }
    }
    format!("{text}#{}", location.line)
}

#[derive(Serialize)]
struct OperationOut<'a> {
    resource: ResourceOut<'a>,
    r#type: PendingKind,
}

#[derive(Serialize)]
struct ManifestOut<'a> {
    time: String,
    magic: String,
    version: &'a str,
}

/// Whether a key is needed to write the state.
pub(crate) fn needs_key(snapshot: &Snapshot) -> bool {
    let pending = snapshot.pending.iter().map(|one| &one.resource);
    snapshot.resources.iter().chain(pending).any(|one| ResourceOut::needs_key(one))
}

/// Writes a deployment. `current` is named in it if it was needed.
///
/// # Errors
/// When the state contradicts itself, or a property cannot be written.
pub(crate) fn encode(
    snapshot: &Snapshot,
    current: Option<&Current>,
    time: i64,
) -> Result<Vec<u8>, Error> {
    verify(snapshot)?;
    let version = format!("{PROGRAM}{}", snapshot.serial);
    let manifest = ManifestOut { time: rfc3339(time), magic: magic(&version), version: &version };
    let sealer = current.map(|current| &*current.sealer);
    let mut text = Text(Vec::with_capacity(512 * (snapshot.resources.len() + 1)));
    text.raw(&format!("{{\"version\":{VERSION},\"deployment\":{{\n\"manifest\":"));
    text.json(&manifest)?;
    if let Some(current) = current.filter(|_| needs_key(snapshot)) {
        text.raw(",\n\"secrets_providers\":");
        text.json(&current.provider)?;
    }
    text.list("resources", snapshot.resources.iter().map(|one| ResourceOut::new(one, sealer)))?;
    text.list(
        "pending_operations",
        snapshot.pending.iter().map(|one| OperationOut {
            resource: ResourceOut::new(&one.resource, sealer),
            r#type: one.operation,
        }),
    )?;
    text.raw(",\n\"metadata\":{}}}\n");
    Ok(text.0)
}

struct Text(Vec<u8>);

impl Text {
    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        to_writer(&mut self.0, value)
    }

    /// A list with each item on its own line; nothing when there are none, as Pulumi does.
    fn list(
        &mut self,
        name: &str,
        items: impl ExactSizeIterator<Item = impl Serialize>,
    ) -> Result<(), Error> {
        if items.len() == 0 {
            return Ok(());
        }
        let mut before = format!(",\n\"{name}\":[\n");
        for item in items {
            self.raw(&before);
            self.json(&item)?;
            ",\n".clone_into(&mut before);
        }
        self.raw("\n]");
        Ok(())
    }
}

/// Writing to memory fails only for a value that must not be written.
pub(crate) fn to_writer(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Error> {
    serde_json::to_writer(out, value)
        .map_err(|error| Error::Unwritable { detail: error.to_string() })
}
