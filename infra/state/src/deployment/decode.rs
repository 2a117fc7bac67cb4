//! Reading a deployment, from here or from Pulumi.

use std::sync::Arc;

use goodgo_model::{Existing, Location, Map, Path, Pending, PendingKind, Snapshot, Type, Urn};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{VERSION, magic, verify};
use crate::error::Error;
use crate::secrets::{Provider, Sealer};
use crate::value_codec::{InMap, Open, is_sealed, open_map};

#[derive(Deserialize)]
struct FileIn {
    version: u64,
    deployment: DeploymentIn,
}

#[derive(Deserialize)]
struct DeploymentIn {
    manifest: ManifestIn,
    #[serde(default)]
    secrets_providers: Option<Provider>,
    #[serde(default)]
    resources: Option<Vec<ResourceIn>>,
    #[serde(default)]
    pending_operations: Option<Vec<OperationIn>>,
}

#[derive(Deserialize)]
struct ManifestIn {
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    magic: String,
    #[serde(default)]
    version: String,
}

#[derive(Deserialize)]
struct OperationIn {
    resource: ResourceIn,
    r#type: PendingKind,
}

/// `ResourceV3`, of what this engine knows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceIn {
    urn: Urn,
    #[serde(default)]
    custom: bool,
    #[serde(default)]
    delete: bool,
    #[serde(default)]
    id: String,
    r#type: Type,
    #[serde(default)]
    inputs: InMap,
    #[serde(default)]
    outputs: InMap,
    /// Pulumi writes an empty text when there is none.
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    protect: bool,
    #[serde(default)]
    dependencies: Option<Vec<Urn>>,
    #[serde(default)]
    init_errors: Option<Vec<String>>,
    #[serde(default)]
    retain_on_delete: bool,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    source_position: Option<String>,
}

/// A resource whose secrets are still encrypted.
pub(crate) struct Sealed(Existing);

impl TryFrom<ResourceIn> for Sealed {
    type Error = String;

    fn try_from(resource: ResourceIn) -> Result<Self, String> {
        let parent = resource.parent.filter(|text| !text.is_empty());
        let parent = parent.map(|text| Urn::parse(&text)).transpose().map_err(|e| e.to_string())?;
        Ok(Self(Existing {
            urn: resource.urn,
            kind: resource.r#type,
            custom: resource.custom,
            id: resource.id,
            inputs: resource.inputs.0,
            outputs: resource.outputs.0,
            parent,
            dependencies: resource.dependencies.unwrap_or_default(),
            delete: resource.delete,
            protect: resource.protect,
            retain_on_delete: resource.retain_on_delete,
            incomplete: resource.init_errors.is_some_and(|errors| !errors.is_empty()),
            created: seconds(resource.created.as_deref()),
            modified: seconds(resource.modified.as_deref()),
            location: resource.source_position.as_deref().and_then(location),
        }))
    }
}

impl Sealed {
    /// Whether an encrypted secret is in it.
    pub(crate) fn is_sealed(&self) -> bool {
        self.0.inputs.values().chain(self.0.outputs.values()).any(is_sealed)
    }

    /// Decrypts its secrets; without a key there must be none that is encrypted.
    pub(crate) fn open(self, sealer: Option<&Sealer>) -> Result<Arc<Existing>, Error> {
        let urn = self.0.urn.clone();
        let how = sealer.map_or(Open::Inside, |sealer| Open::With(sealer, urn.as_str()));
        self.unseal(how)
    }

    /// Puts a secret null in the place of each secret.
    pub(crate) fn mask(self) -> Result<Arc<Existing>, Error> {
        self.unseal(Open::Mask)
    }

    fn unseal(mut self, how: Open<'_>) -> Result<Arc<Existing>, Error> {
        let urn = &self.0.urn;
        let unseal = |map: &mut Map, name: &str| {
            open_map(map, how, &Path::root().key(name)).map_err(|unreadable| Error::Secret {
                urn: urn.clone(),
                property: unreadable.path.to_string(),
                detail: unreadable.detail,
            })
        };
        unseal(&mut self.0.inputs, "inputs")?;
        unseal(&mut self.0.outputs, "outputs")?;
        Ok(Arc::new(self.0))
    }
}

/// 0 for what is not there or no time.
fn seconds(text: Option<&str>) -> i64 {
    let time = text.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    time.map_or(0, OffsetDateTime::unix_timestamp)
}

/// Reads `project:///<file>#<line>`, with or without a column after a comma.
fn location(text: &str) -> Option<Location> {
    let (file, place) = text.strip_prefix("project:///")?.rsplit_once('#')?;
    let line = place.split(',').next()?.parse().ok()?;
    Some(Location { file: percent_decode(file)?.into(), line })
}

fn percent_decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (hex, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// A deployment as it was read, its secrets still encrypted.
pub(crate) struct Parsed {
    pub(crate) serial: u64,
    /// When it was written, seconds since 1970; 0 when unknown.
    pub(crate) written: i64,
    pub(crate) provider: Option<Provider>,
    resources: Vec<Sealed>,
    pending: Vec<(PendingKind, Sealed)>,
}

/// Reads a deployment as far as it can be without a key.
pub(crate) fn parse(bytes: &[u8], place: &str) -> Result<Parsed, Error> {
    let corrupted = |detail| Error::Corrupted { place: place.to_owned(), detail, last_good: None };
    let file: FileIn = serde_json::from_slice(bytes).map_err(|error| {
        let other = version_of(bytes).filter(|version| *version != VERSION);
        other.map_or_else(|| corrupted(error.to_string()), |found| unknown(place, found))
    })?;
    if file.version != VERSION {
        return Err(unknown(place, file.version));
    }
    let deployment = file.deployment;
    let ManifestIn { time, magic: found, version } = deployment.manifest;
    if !found.is_empty() && found != magic(&version) {
        return Err(corrupted("the manifest's magic does not fit its version".to_owned()));
    }
    let sealed = |one: ResourceIn| Sealed::try_from(one).map_err(corrupted);
    let resources = deployment.resources.unwrap_or_default().into_iter().map(sealed);
    let pending = deployment.pending_operations.unwrap_or_default().into_iter();
    Ok(Parsed {
        serial: serial_of(&version),
        written: seconds(time.as_deref()),
        provider: deployment.secrets_providers.filter(|one| !one.kind.is_empty()),
        resources: resources.collect::<Result<_, _>>()?,
        pending: pending
            .map(|one| Ok((one.r#type, sealed(one.resource)?)))
            .collect::<Result<_, Error>>()?,
    })
}

fn unknown(place: &str, found: u64) -> Error {
    Error::UnknownVersion { place: place.to_owned(), found }
}

/// The version of a deployment that may be of another one.
fn version_of(bytes: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Head {
        version: u64,
    }
    serde_json::from_slice::<Head>(bytes).ok().map(|head| head.version)
}

/// The serial; 0 in what Pulumi wrote.
fn serial_of(version: &str) -> u64 {
    let serial = version.rsplit_once("+serial.").and_then(|(_, serial)| serial.parse().ok());
    serial.unwrap_or(0)
}

impl Parsed {
    /// Whether a key is needed to go on.
    pub(crate) fn is_sealed(&self) -> bool {
        let pending = self.pending.iter().map(|(_, one)| one);
        self.resources.iter().chain(pending).any(Sealed::is_sealed)
    }

    /// With its secrets.
    pub(crate) fn open(self, sealer: Option<&Sealer>) -> Result<Snapshot, Error> {
        self.finish(|one| one.open(sealer))
    }

    /// Without its secrets.
    pub(crate) fn mask(self) -> Result<Snapshot, Error> {
        self.finish(Sealed::mask)
    }

    fn finish(
        self,
        read: impl Fn(Sealed) -> Result<Arc<Existing>, Error>,
    ) -> Result<Snapshot, Error> {
        let resources = self.resources.into_iter().map(&read).collect::<Result<_, _>>()?;
        let pending = self.pending.into_iter();
        let pending = pending
            .map(|(operation, one)| Ok(Pending { operation, resource: read(one)? }))
            .collect::<Result<_, Error>>()?;
        let snapshot = Snapshot { serial: self.serial, resources, pending };
        verify(&snapshot)?;
        Ok(snapshot)
    }
}
