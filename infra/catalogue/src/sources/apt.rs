//! Debian packages without being root: they are downloaded and unpacked, not
//! installed. What the programs then lack of shared libraries is fetched the
//! same way, so that nothing on the machine changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{Tree, Workshop};
use crate::source::Apt;
use crate::{Event, Failure, libraries};

const LIMIT: Duration = Duration::from_secs(5 * 60);
/// How far libraries of libraries are followed.
const ROUNDS: usize = 4;
/// Libraries that must be those of the loader itself; mixing them crashes.
const NEVER: [&str; 3] = ["libc6", "libgcc-s1", "libstdc++6"];

pub(super) fn obtain(apt: &Apt, workshop: &Workshop<'_>) -> Result<Tree, Failure> {
    let packages: Vec<String> = apt.packages.iter().map(|&name| name.to_owned()).collect();
    let mut client = Client { workshop, options: Vec::new(), rounds: 0 };
    client.download_first(&packages)?;
    let root = workshop.staging.join("tree");
    fs::create_dir(&root).map_err(Failure::io(&root))?;
    client.unpack_all(&root)?;
    client.add_libraries(&root, &root.join(apt.bin), packages)?;
    (workshop.tell)(Event::Unpacked);
    Ok(Tree { root, bin: apt.bin.into() })
}

struct Client<'a> {
    workshop: &'a Workshop<'a>,
    /// Options for apt: none if the system's lists do, else lists of our own.
    options: Vec<String>,
    rounds: usize,
}

impl Client<'_> {
    /// Downloads packages by the system's lists; if there are none or they are
    /// too old, by lists of our own, which an ordinary user may update.
    fn download_first(&mut self, packages: &[String]) -> Result<(), Failure> {
        match self.download(packages) {
            Err(Failure::NoTool { .. }) => {
                Err(Failure::NoTool { tools: "apt-get (Debian or Ubuntu)".to_owned() })
            }
            Err(_) => {
                self.make_own_lists()?;
                self.run("apt-get", &["update".to_owned()], self.workshop.staging)?;
                self.download(packages)
            }
            Ok(()) => Ok(()),
        }
    }

    fn make_own_lists(&mut self) -> Result<(), Failure> {
        let (state, cache) =
            (self.workshop.staging.join("apt-state"), self.workshop.staging.join("apt-cache"));
        for dir in [state.join("lists/partial"), cache.join("archives/partial")] {
            fs::create_dir_all(&dir).map_err(Failure::io(&dir))?;
        }
        self.options = vec![
            format!("-oDir::State={}", state.display()),
            format!("-oDir::State::lists={}", state.join("lists").display()),
            "-oDir::State::status=/var/lib/dpkg/status".to_owned(),
            format!("-oDir::Cache={}", cache.display()),
            // Root would give downloads to a user who cannot enter our folders.
            "-oAPT::Sandbox::User=root".to_owned(),
        ];
        Ok(())
    }

    fn download(&mut self, packages: &[String]) -> Result<(), Failure> {
        self.rounds += 1;
        let dir = self.debs();
        fs::create_dir_all(&dir).map_err(Failure::io(&dir))?;
        let arguments: Vec<String> =
            std::iter::once("download".to_owned()).chain(packages.iter().cloned()).collect();
        self.run("apt-get", &arguments, &dir).map(drop)
    }

    /// The folder of this round's packages.
    fn debs(&self) -> PathBuf {
        self.workshop.staging.join(format!("debs-{}", self.rounds))
    }

    fn unpack_all(&self, root: &Path) -> Result<(), Failure> {
        let dir = self.debs();
        for entry in fs::read_dir(&dir).map_err(Failure::io(&dir))? {
            let package = entry.map_err(Failure::io(&dir))?.path();
            let mut command = Command::new("dpkg-deb");
            command.arg("-x").arg(package).arg(root);
            self.workshop.run(command, LIMIT)?;
        }
        Ok(())
    }

    /// Fetches the libraries that the programs lack on this machine, and those
    /// that these lack.
    fn add_libraries(
        &mut self,
        root: &Path,
        bin: &Path,
        mut packages: Vec<String>,
    ) -> Result<(), Failure> {
        for _ in 0..ROUNDS {
            let extra = libraries::folders(root).map_err(Failure::io(root))?;
            if !lacks_any(bin, &extra)? {
                break;
            }
            let listed = self.run("apt-cache", &depends(&packages), self.workshop.staging)?;
            packages = libraries_in(&listed);
            if packages.is_empty() {
                break;
            }
            self.download(&packages)?;
            self.unpack_all(root)?;
        }
        Ok(())
    }

    fn run(&self, program: &str, arguments: &[String], dir: &Path) -> Result<String, Failure> {
        let mut command = Command::new(program);
        command.args(&self.options).args(arguments).current_dir(dir);
        self.workshop.run(command, LIMIT)
    }
}

fn lacks_any(bin: &Path, extra: &[PathBuf]) -> Result<bool, Failure> {
    for entry in fs::read_dir(bin).map_err(Failure::io(bin))? {
        if !libraries::missing(&entry.map_err(Failure::io(bin))?.path(), extra).is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn depends(packages: &[String]) -> Vec<String> {
    std::iter::once("depends".to_owned()).chain(packages.iter().cloned()).collect()
}

/// The library packages in what `apt-cache depends` writes.
fn libraries_in(depends: &str) -> Vec<String> {
    let mut found: Vec<String> = depends
        .lines()
        .filter_map(|line| line.trim().trim_start_matches('|').strip_prefix("Depends: "))
        .filter(|name| name.starts_with("lib") && !NEVER.contains(name))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_libraries_only() {
        let listed = "redis-tools\n  Depends: adduser\n  Depends: libc6\n |Depends: libjemalloc2\n  \
                      Depends: liblzf1\n  Suggests: ruby-redis\nredis-server\n  Depends: liblzf1\n";
        assert_eq!(libraries_in(listed), ["libjemalloc2", "liblzf1"]);
    }
}
