//! Reading a state: the last checkpoint, and what was journalled since.

use std::sync::Arc;

use goodgo_model::{Existing, Snapshot};

use crate::deployment::{self, Parsed, Sealed};
use crate::error::Error;
use crate::history;
use crate::live::Live;
use crate::replay::{self, Replay};
use crate::secrets::{Keys, Provider};
use crate::store::{Previous, Store, Stored};

/// A state as it was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The state.
    pub snapshot: Snapshot,
    /// Who can decrypt its secrets; `None` when there are none.
    pub provider: Option<Provider>,
    /// Whether an earlier run ended without a checkpoint. Its journal is in the snapshot.
    pub recovered: bool,
    /// The checkpoint that it began with.
    pub previous: Option<Previous>,
}

/// Reads a state to look at it. Takes no lock and writes nothing; a state that never was is empty.
///
/// Decrypting with a passphrase takes a while, on a thread of its own: start this early and do
/// other work meanwhile.
///
/// # Errors
/// When it is damaged (the last good version is named), or its secrets need another key.
pub async fn load(store: &dyn Store, keys: &Keys) -> Result<Loaded, Error> {
    name_last_good(store, read(store, Some(keys)).await).await
}

/// [`load`] without secrets: each is there as a secret null. Needs no key.
///
/// # Errors
/// When it is damaged; the last good version is named.
pub async fn load_masked(store: &dyn Store) -> Result<Loaded, Error> {
    name_last_good(store, read(store, None).await).await
}

async fn name_last_good<T>(store: &dyn Store, result: Result<T, Error>) -> Result<T, Error> {
    match result {
        Err(Error::Corrupted { place, detail, last_good: None }) => {
            let last_good = history::last_good(store).await;
            Err(Error::Corrupted { place, detail, last_good })
        }
        Err(Error::Violation(violation)) => {
            let last_good = history::last_good(store).await;
            Err(Error::Corrupted { place: store.place(), detail: violation.to_string(), last_good })
        }
        other => other,
    }
}

async fn read(store: &dyn Store, keys: Option<&Keys>) -> Result<Loaded, Error> {
    let stored = store.read().await?;
    let place = store.place();
    let parsed = stored.as_ref().map(|stored| deployment::parse(&stored.bytes, &place));
    let parsed = parsed.transpose()?;
    let serial = parsed.as_ref().map_or(0, |parsed| parsed.serial);
    let replay = replay::read(&store.journal(serial).await?, &place)?;
    let provider = parsed.as_ref().and_then(|parsed| parsed.provider.clone());
    let latest = replay.provider.clone().or_else(|| provider.clone());
    let recovered = !replay.is_empty();
    let (base, entries) = match keys {
        Some(keys) => open(parsed, replay, keys).await?,
        None => {
            (parsed.map(Parsed::mask).transpose()?.unwrap_or_default(), replay.open(Sealed::mask)?)
        }
    };
    let mut live = Live::new(base);
    for entry in &entries {
        live.check(entry)?;
        live.apply(entry);
    }
    let previous = stored.map(|Stored { tag, .. }| Previous { tag, serial: Some(serial) });
    let mut snapshot = live.snapshot();
    snapshot.serial = serial + u64::from(recovered);
    Ok(Loaded { snapshot, provider: latest, recovered, previous })
}

type Opened = (Snapshot, Vec<crate::journal::Entry>);

async fn open(parsed: Option<Parsed>, replay: Replay, keys: &Keys) -> Result<Opened, Error> {
    let base = match parsed {
        None => Snapshot::default(),
        Some(parsed) => {
            let provider = parsed.provider.clone().filter(|_| parsed.is_sealed());
            let key = key(keys, provider).await?;
            parsed.open(key.as_ref().map(|current| &*current.sealer))?
        }
    };
    let key = key(keys, replay.provider.clone().filter(|_| replay.is_sealed)).await?;
    let sealer = key.as_ref().map(|current| &*current.sealer);
    let read = |one: Sealed| -> Result<Arc<Existing>, Error> { one.open(sealer) };
    Ok((base, replay.open(read)?))
}

async fn key(
    keys: &Keys,
    provider: Option<Provider>,
) -> Result<Option<crate::secrets::Current>, Error> {
    match provider {
        Some(provider) => keys.read(&provider).await.map(Some),
        None => Ok(None),
    }
}

/// What a session begins with that puts `snapshot` in the place of a state that cannot be read.
pub(crate) async fn over_damaged(store: &dyn Store, snapshot: Snapshot) -> Result<Loaded, Error> {
    deployment::verify(&snapshot)?;
    let stored = store.read().await?;
    let parsed = stored.as_ref().and_then(|one| deployment::parse(&one.bytes, "").ok());
    let readable = parsed.map(|parsed| parsed.serial);
    let newest = store.history().await?.first().map_or(0, |kept| kept.serial);
    // The damaged one had the serial after the newest in the history: go beyond it, so that its
    // journal is never read again.
    let serial = readable.unwrap_or(newest + 1);
    let previous = stored.map(|Stored { tag, .. }| Previous { tag, serial: readable });
    let snapshot = Snapshot { serial, ..snapshot };
    Ok(Loaded { snapshot, provider: None, recovered: false, previous })
}
