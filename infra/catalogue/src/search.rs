//! The best source is what the machine already has. Programs that belong
//! together must come from one folder: an `initdb` of another version makes a
//! data folder that `postgres` refuses.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::{Component, Failure};

/// A folder that has the main program of a component.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) main: PathBuf,
    /// The programs that are there, or why the folder will not do.
    pub(crate) binaries: Result<BTreeMap<String, PathBuf>, Failure>,
}

/// The folders that have the main program, in the order of `search_path`, then
/// of the component's well-known folders; each program once.
pub(crate) fn candidates(component: &Component, search_path: &[PathBuf]) -> Vec<Candidate> {
    let well_known = component.directories.iter().map(PathBuf::from);
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for dir in search_path.iter().cloned().chain(well_known) {
        let main = dir.join(component.main_program().name);
        let Ok(real) = fs::canonicalize(&main) else { continue };
        if !is_executable(&main) || seen.contains(&real) {
            continue;
        }
        let binaries =
            together(component, &dir, &real).and_then(|binaries| reachable(component, binaries));
        seen.push(real);
        found.push(Candidate { main, binaries });
    }
    found
}

/// The programs of one folder, or of the folder that its links lead to
/// (`/usr/local/bin/postgres` -> `/usr/lib/postgresql/17/bin/postgres`).
fn together(
    component: &Component,
    dir: &Path,
    real_main: &Path,
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    in_folder(component, dir).or_else(|failure| match real_main.parent() {
        Some(real_dir) if real_dir != dir => in_folder(component, real_dir).map_err(|_| failure),
        _ => Err(failure),
    })
}

/// The programs of a component in `dir`.
///
/// # Errors
/// `Incomplete` if one that is required is not there or not executable.
pub(crate) fn in_folder(
    component: &Component,
    dir: &Path,
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let binaries: BTreeMap<String, PathBuf> = component
        .programs
        .iter()
        .map(|program| (program.name.to_owned(), dir.join(program.name)))
        .filter(|(_, path)| is_executable(path))
        .collect();
    let missing: Vec<&str> =
        component.required_programs().filter(|name| !binaries.contains_key(*name)).collect();
    if missing.is_empty() {
        Ok(binaries)
    } else {
        Err(Failure::Incomplete { missing: missing.join(", ") })
    }
}

fn reachable(
    component: &Component,
    binaries: BTreeMap<String, PathBuf>,
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    if runs_as_another_user(component) && !binaries.values().all(|path| others_may_run(path)) {
        return Err(Failure::Unreadable);
    }
    Ok(binaries)
}

/// Whether the component cannot run as the user who installs it.
pub(crate) fn runs_as_another_user(component: &Component) -> bool {
    component.drops_privileges && rustix::process::geteuid().is_root()
}

/// Whether every user may run the program, or enter the folder, and each folder above it.
pub(crate) fn others_may_run(path: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else { return false };
    path.ancestors()
        .all(|part| fs::metadata(part).is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0))
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
