//! The key by default: 32 random bytes in a file outside the repository.
//!
//! Nothing has to be derived, so nothing has to be waited for. The file is made once, is never
//! written again, and is refused when others can read it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use super::envelope::{KEY_LEN, Key, random};
use crate::error::Error;

/// Reads the key; `None` when there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Key>, Error> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("reading the key", path, error)),
    };
    let mode = file.metadata().map_err(|error| Error::io("reading the key", path, error))?;
    let mode = mode.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::KeyExposed { path: path.to_owned(), mode });
    }
    // One byte more than a key has, so that a longer file is noticed.
    let mut bytes = Zeroizing::new([0; KEY_LEN + 1]);
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io("reading the key", path, error)),
        }
    }
    if length != KEY_LEN {
        return Err(Error::KeyMalformed { path: path.to_owned() });
    }
    let mut key = Key::default();
    key.copy_from_slice(&bytes[..KEY_LEN]);
    Ok(Some(key))
}

/// Reads the key, or makes one. Two at once end with the same.
pub(super) fn read_or_create(path: &Path) -> Result<Key, Error> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    let failed = |error| Error::io("creating the key", path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    let fresh = path.with_extension(format!("{:016x}.new", u64::from_ne_bytes(random())));
    let made = create(&fresh, path);
    // Whether it was linked or not, the temporary name is not needed any more.
    let _ = std::fs::remove_file(&fresh);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?,
    }
    read(path)?.ok_or_else(|| failed(ErrorKind::NotFound.into()))
}

/// Writes a new key under a temporary name, then gives it its name unless that is taken.
fn create(fresh: &Path, path: &Path) -> std::io::Result<()> {
    let key = Zeroizing::new(random::<KEY_LEN>());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(fresh)?;
    file.write_all(&*key)?;
    file.sync_all()?;
    std::fs::hard_link(fresh, path)
}

/// Names a key without telling it: the start of its SHA-256, in hexadecimal.
pub(super) fn id(key: &Key) -> String {
    let digest = digest(&SHA256, &key[..]);
    digest.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/local");
        assert!(read(&path).unwrap().is_none());
        let key = read_or_create(&path).unwrap();
        assert_eq!(*read_or_create(&path).unwrap(), *key);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let names: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        read_or_create(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, Error::KeyExposed { mode: 0o640, .. }), "{error}");
    }

    #[test]
    fn a_file_of_another_length_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        read_or_create(&path).unwrap();
        for length in [0, 31, 33, 100] {
            std::fs::write(&path, vec![1; length]).unwrap();
            assert!(matches!(read(&path), Err(Error::KeyMalformed { .. })), "{length}");
        }
    }
}
