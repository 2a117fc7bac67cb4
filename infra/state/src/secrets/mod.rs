//! Which key encrypts the secrets of a state, and getting it no sooner than needed.
//!
//! A passphrase takes most of a second to turn into a key. So it is derived once a run, beside
//! other work on a thread of its own, and not at all when no secret is read or written.

mod envelope;
mod key_file;
mod passphrase;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::error::Error;

pub(crate) use envelope::Sealer;

/// The name of Pulumi's passphrase provider.
const PASSPHRASE: &str = "passphrase";
/// The name of ours: a key in a file.
const KEY_FILE: &str = "goodgo-key";

/// `secrets_providers` of a deployment: who can decrypt it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Provider {
    /// The provider's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it needs to know besides the key.
    #[serde(default)]
    pub state: ProviderState,
}

/// What a provider keeps in the state. Neither is secret.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ProviderState {
    /// Of a passphrase: the salt and a check value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Of a key in a file: which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The keys that the caller has. Cheap to clone; a derived key is shared by the clones.
#[derive(Clone)]
pub struct Keys {
    inner: Arc<Inner>,
}

struct Inner {
    file: PathBuf,
    passphrase: Option<Zeroizing<String>>,
    /// The key in use, once known.
    reading: OnceCell<Current>,
    writing: OnceCell<Current>,
}

/// A key and what the state says about it.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) provider: Provider,
}

impl Keys {
    /// The key in this file, made when first needed; or, when there is a passphrase, that. A state
    /// that was written with the key in the file can still be read with a passphrase given, and
    /// is encrypted with the passphrase from the next write on.
    pub fn new(file: impl Into<PathBuf>, passphrase: Option<String>) -> Self {
        let passphrase = passphrase.map(Zeroizing::new);
        let (reading, writing) = Default::default();
        Self { inner: Arc::new(Inner { file: file.into(), passphrase, reading, writing }) }
    }

    /// Where the key in a file is looked for.
    pub fn file(&self) -> &Path {
        &self.inner.file
    }

    /// The key that reads a state. One for the life of these keys: a state has one provider.
    pub(crate) async fn read(&self, provider: &Provider) -> Result<Current, Error> {
        let current = self.inner.reading.get_or_try_init(|| self.open(provider.clone())).await?;
        if current.provider == *provider {
            Ok(current.clone())
        } else {
            self.open(provider.clone()).await
        }
    }

    /// The key that writes a state which was read with `before`. One for the life of these keys.
    pub(crate) async fn write(&self, before: Option<&Provider>) -> Result<Current, Error> {
        let has_passphrase = self.inner.passphrase.is_some();
        let stays = before.filter(|one| !has_passphrase || one.kind == PASSPHRASE);
        let chosen = self.inner.writing.get_or_try_init(|| async {
            match stays {
                Some(provider) => self.read(provider).await,
                None => self.create().await,
            }
        });
        Ok(chosen.await?.clone())
    }

    async fn open(&self, provider: Provider) -> Result<Current, Error> {
        let inner = self.inner.clone();
        let state = provider.state.clone();
        let sealer = match provider.kind.as_str() {
            PASSPHRASE if inner.passphrase.is_none() => return Err(Error::PassphraseNeeded),
            PASSPHRASE => blocking(move || inner.open_passphrase(&state)).await?,
            KEY_FILE => inner.open_file(&state)?,
            _ => return Err(Error::UnknownSecretsProvider { provider: provider.kind }),
        };
        Ok(Current { sealer: Arc::new(sealer), provider })
    }

    async fn create(&self) -> Result<Current, Error> {
        let inner = self.inner.clone();
        if inner.passphrase.is_some() {
            return blocking(move || Ok(inner.create_passphrase())).await;
        }
        let key = key_file::read_or_create(&inner.file)?;
        let state = ProviderState { id: Some(key_file::id(&key)), salt: None };
        let provider = Provider { kind: KEY_FILE.to_owned(), state };
        Ok(Current { sealer: Arc::new(Sealer::new(&key)), provider })
    }
}

impl Inner {
    fn open_passphrase(&self, state: &ProviderState) -> Result<Sealer, Error> {
        let passphrase = self.passphrase.as_ref().ok_or(Error::PassphraseNeeded)?;
        passphrase::open(passphrase, state.salt.as_deref().unwrap_or_default())
    }

    fn create_passphrase(&self) -> Current {
        let passphrase = self.passphrase.as_ref().map_or("", |text| text.as_str());
        let (sealer, salt) = passphrase::create(passphrase);
        let state = ProviderState { salt: Some(salt), id: None };
        let provider = Provider { kind: PASSPHRASE.to_owned(), state };
        Current { sealer: Arc::new(sealer), provider }
    }

    fn open_file(&self, state: &ProviderState) -> Result<Sealer, Error> {
        let id = state.id.clone().unwrap_or_default();
        match key_file::read(&self.file)? {
            Some(key) if key_file::id(&key) == id => Ok(Sealer::new(&key)),
            _ => Err(Error::KeyMissing { path: self.file.clone(), id }),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Closed))
}

/// A key and nonces that are the same each time, so that tests can compare files.
#[cfg(test)]
pub(crate) fn fixed() -> Current {
    let key = Zeroizing::new([42; envelope::KEY_LEN]);
    let state = ProviderState { id: Some(key_file::id(&key)), salt: None };
    let provider = Provider { kind: KEY_FILE.to_owned(), state };
    Current { sealer: Arc::new(Sealer::counted(&key)), provider }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_derived_or_made_until_a_key_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let keys = Keys::new(&path, None);
        assert!(!path.exists());
        let current = keys.write(None).await.unwrap();
        assert!(path.exists());
        assert_eq!(current.provider.kind, KEY_FILE);
        let sealed = current.sealer.encrypt(b"1");
        let again = Keys::new(&path, None).read(&current.provider).await.unwrap();
        assert_eq!(*again.sealer.decrypt(&sealed).unwrap(), b"1");
    }

    #[tokio::test]
    async fn a_lost_or_another_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new(folder.path().join("one"), None);
        let provider = keys.write(None).await.unwrap().provider;
        let other = Keys::new(folder.path().join("two"), None);
        assert!(matches!(other.read(&provider).await, Err(Error::KeyMissing { .. })));
        other.write(None).await.unwrap();
        assert!(matches!(other.read(&provider).await, Err(Error::KeyMissing { .. })));
        assert!(!format!("{:?}", other.read(&provider).await.err()).contains("[42"));
    }

    #[tokio::test]
    async fn a_provider_of_somebody_else_is_named() {
        let provider = Provider { kind: "awskms".into(), state: ProviderState::default() };
        let error = Keys::new("", None).read(&provider).await.err().unwrap();
        assert!(error.to_string().contains("`awskms`"), "{error}");
    }

    #[tokio::test]
    async fn a_passphrase_takes_over_from_a_key_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let before = Keys::new(&path, None).write(None).await.unwrap().provider;
        let keys = Keys::new(&path, Some("one".into()));
        keys.read(&before).await.unwrap();
        let after = keys.write(Some(&before)).await.unwrap().provider;
        assert_eq!(after.kind, PASSPHRASE);
        // Once a run: the same salt is given again.
        assert_eq!(keys.write(Some(&before)).await.unwrap().provider, after);
        let without = Keys::new(&path, None).read(&after).await.err().unwrap();
        assert!(matches!(without, Error::PassphraseNeeded));
        let wrong = Keys::new(&path, Some("two".into())).read(&after).await.err().unwrap();
        assert!(matches!(wrong, Error::WrongPassphrase));
    }
}
