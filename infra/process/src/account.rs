//! Who a program runs as when we are root and it refuses to be.

use std::fs;
use std::path::Path;

use goodgo_provider::Error;
use goodgo_supervisor::RunAs;

/// Tried in this order; `nobody` is on every system.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// The account to drop to, or `None` when we are no root and stay who we are.
pub(crate) fn unprivileged() -> Result<Option<RunAs>, Error> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let table = fs::read_to_string("/etc/passwd").unwrap_or_default();
    CANDIDATES.iter().find_map(|name| find(&table, name)).map(Some).ok_or_else(|| {
        Error::permanent("no account `postgres` or `nobody` to run PostgreSQL as")
            .hint("create one, as with `useradd --system postgres`, or deploy as an ordinary user")
    })
}

/// Finds an account in the format of passwd(5).
fn find(table: &str, name: &str) -> Option<RunAs> {
    let line = table.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some(RunAs { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
}

/// Gives a file or folder to an account, when there is one to give it to.
pub(crate) fn give(path: &Path, account: Option<RunAs>) -> std::io::Result<()> {
    account.map_or(Ok(()), |to| std::os::unix::fs::chown(path, Some(to.uid), Some(to.gid)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        let table = "root:x:0:0::/:/bin/sh\npostgresql:x:1:1::/:\npostgres:x:107:113:,,,:/v:/b\n";
        assert_eq!(find(table, "postgres"), Some(RunAs { uid: 107, gid: 113 }));
        assert_eq!(find(table, "nobody"), None);
    }
}
