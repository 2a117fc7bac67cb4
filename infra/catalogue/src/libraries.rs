//! Packages that are unpacked and not installed keep their shared libraries in
//! their own tree, where the loader does not look unless it is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{fs, io};

use crate::run::run;

/// Names of the shared libraries that a program needs and the loader does not
/// find, looking into `extra` folders too. Empty where there is no `ldd`: then
/// running the program tells.
pub(crate) fn missing(program: &Path, extra: &[PathBuf]) -> Vec<String> {
    let mut command = Command::new("ldd");
    command.arg(program).envs(environment(extra));
    let Ok(output) = run(command, Duration::from_secs(20)) else { return Vec::new() };
    parse_missing(&output)
}

fn parse_missing(ldd: &str) -> Vec<String> {
    ldd.lines()
        .filter_map(|line| line.trim().strip_suffix(" => not found"))
        .map(str::to_owned)
        .collect()
}

/// The variables that make the loader look into `folders` first.
pub(crate) fn environment(folders: &[PathBuf]) -> BTreeMap<String, String> {
    if folders.is_empty() {
        return BTreeMap::new();
    }
    let joined: Vec<_> = folders.iter().map(|folder| folder.to_string_lossy()).collect();
    BTreeMap::from([("LD_LIBRARY_PATH".to_owned(), joined.join(":"))])
}

/// The folders below `tree` that hold shared libraries, sorted.
pub(crate) fn folders(tree: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut queue = vec![tree.to_owned()];
    while let Some(dir) = queue.pop() {
        let mut has_library = false;
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                queue.push(entry.path());
            }
            has_library |= entry.file_name().to_string_lossy().contains(".so");
        }
        if has_library {
            found.push(dir);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_ldd_does_not_find() {
        let ldd = "\tlinux-vdso.so.1 (0x00007f)\n\tliblzf.so.1 => not found\n\
                   \tlibm.so.6 => /lib/libm.so.6 (0x00007f)\n\tlibjemalloc.so.2 => not found\n";
        assert_eq!(parse_missing(ldd), ["liblzf.so.1", "libjemalloc.so.2"]);
    }
}
