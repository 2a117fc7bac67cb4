//! The state as a Pulumi version 3 deployment, as `pulumi stack export` writes it
//! (`sdk/go/common/apitype/core.go`: `DeploymentV3`, `ResourceV3`, `OperationV2`, `ManifestV1`).
//!
//! So that an environment can be taken to Pulumi and back. What a deployment has no field for is
//! kept where Pulumi leaves it alone: the serial is the build part of the manifest's version.
//! What Pulumi keeps and this engine has no use for (provider references, aliases, property
//! dependencies) is not kept when such a state is imported; Pulumi makes it anew.

mod decode;
mod encode;
mod order;
mod verify;

use aws_lc_rs::digest::{SHA256, digest};
use goodgo_model::Snapshot;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::Error;
use crate::secrets::Keys;

pub(crate) use decode::{Parsed, ResourceIn, Sealed, parse};
pub(crate) use encode::{ResourceOut, encode, needs_key, to_writer};
pub use order::order;
pub use verify::{Violation, verify};

/// The version of the format.
const VERSION: u64 = 3;
/// What comes before the serial in the manifest's version: this program's version.
const PROGRAM: &str = concat!(env!("CARGO_PKG_VERSION"), "+serial.");

/// Reads a deployment without its secrets: each is there as a secret null. Needs no key.
///
/// # Errors
/// When it is damaged or contradicts itself. `place` names it in the error.
pub fn decode_masked(bytes: &[u8], place: &str) -> Result<Snapshot, Error> {
    parse(bytes, place)?.mask()
}

/// Reads a deployment from here or from Pulumi, with its secrets.
///
/// # Errors
/// When it is damaged, contradicts itself, or its secrets need another key.
pub async fn import(bytes: &[u8], place: &str, keys: &Keys) -> Result<Snapshot, Error> {
    let parsed = parse(bytes, place)?;
    match parsed.provider.clone() {
        Some(provider) if parsed.is_sealed() => {
            let current = keys.read(&provider).await?;
            parsed.open(Some(&current.sealer))
        }
        _ => parsed.open(None),
    }
}

/// Writes a state for a reader that has Pulumi and this passphrase.
///
/// # Errors
/// When the state contradicts itself.
pub async fn export(snapshot: &Snapshot, passphrase: &str) -> Result<Vec<u8>, Error> {
    // The path is never used: a passphrase goes before it.
    let current = Keys::new("", Some(passphrase.to_owned())).write(None).await?;
    encode(snapshot, Some(&current), now())
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// Seconds since 1970 as text. Times that cannot be written so read as 1970.
pub(crate) fn rfc3339(seconds: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}

/// Pulumi's `Manifest.NewMagic`: the SHA-256 of the version, in hexadecimal.
fn magic(version: &str) -> String {
    if version.is_empty() {
        return String::new();
    }
    let digest = digest(&SHA256, version.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
