//! The versions that a state went through, and the last good one.

use goodgo_model::Snapshot;
use serde::Serialize;

use crate::deployment;
use crate::error::Error;
use crate::store::{Kept, Store};

/// A version of the state, in short.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Version {
    /// Its serial.
    pub serial: u64,
    /// When it was written, RFC 3339.
    pub time: String,
    /// How many resources are managed by a provider.
    pub resources: usize,
    /// How many components.
    pub components: usize,
    /// How many operations had no recorded end.
    pub pending: usize,
    /// How many resources wait to be deleted.
    pub deleting: usize,
    /// Its size in bytes.
    pub size: u64,
    /// Where it is kept.
    pub place: String,
    /// Why it cannot be read, if so.
    pub damaged: Option<String>,
}

/// The newest version that can be read, named in errors about the one that cannot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastGood {
    /// Its serial.
    pub serial: u64,
    /// When it was written, RFC 3339.
    pub time: String,
    /// Where it is kept.
    pub place: String,
}

/// The current version and those kept before it, newest first. Needs no key.
///
/// # Errors
/// When they cannot be listed. One that is damaged is listed so.
pub async fn list(store: &dyn Store) -> Result<Vec<Version>, Error> {
    let mut versions = Vec::new();
    let earlier = store.history().await?;
    if let Some(stored) = store.read().await? {
        let newest = earlier.first().map_or(0, |kept| kept.serial);
        let (written, size) = (0, stored.bytes.len() as u64);
        let kept = Kept { serial: newest + 1, written, size, place: store.place() };
        versions.push(version(kept, &stored.bytes));
    }
    for kept in earlier {
        let bytes = store.fetch(kept.serial).await?;
        versions.push(version(kept, &bytes));
    }
    Ok(versions)
}

/// The newest version that can be read.
pub(crate) async fn last_good(store: &dyn Store) -> Option<LastGood> {
    for kept in store.history().await.ok()? {
        if let Ok(bytes) = store.fetch(kept.serial).await
            && deployment::decode_masked(&bytes, &kept.place).is_ok()
        {
            let time = deployment::rfc3339(kept.written);
            return Some(LastGood { serial: kept.serial, time, place: kept.place });
        }
    }
    None
}

fn version(kept: Kept, bytes: &[u8]) -> Version {
    let parsed = deployment::parse(bytes, &kept.place);
    let (serial, written) = match &parsed {
        Ok(parsed) => (parsed.serial, parsed.written),
        Err(_) => (kept.serial, kept.written),
    };
    let read = parsed.and_then(deployment::Parsed::mask);
    let damaged = read.as_ref().err().map(Error::to_string);
    let Snapshot { resources, pending, .. } = read.unwrap_or_default();
    let live = |custom| resources.iter().filter(|one| one.custom == custom && !one.delete).count();
    Version {
        serial,
        time: deployment::rfc3339(written),
        resources: live(true),
        components: live(false),
        pending: pending.len(),
        deleting: resources.iter().filter(|one| one.delete).count(),
        size: kept.size,
        place: kept.place,
        damaged,
    }
}
