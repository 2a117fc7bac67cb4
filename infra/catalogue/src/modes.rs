//! Archives carry the modes of the machine that packed them. In the cache, all
//! users may read and run what is there (PostgreSQL runs as another user when
//! root installs it), only the owner may change it, and nothing is set-uid.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Sets folders and programs to 0755 and other files to 0644, through the tree.
/// Symbolic links are left as they are.
pub(crate) fn open_to_all(path: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(path)?;
    if meta.is_symlink() {
        return Ok(());
    }
    let executable = meta.is_dir() || meta.permissions().mode() & 0o111 != 0;
    fs::set_permissions(path, Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
    if meta.is_dir() {
        for entry in fs::read_dir(path)? {
            open_to_all(&entry?.path())?;
        }
    }
    Ok(())
}
