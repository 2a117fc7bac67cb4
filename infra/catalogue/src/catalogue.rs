//! One order for every component: what is known, what the machine has, what the
//! sources give.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::{Cache, Lock, Manifest};
use crate::search::Candidate;
use crate::sources::{Tree, Workshop, obtain};
use crate::{
    Attempt, Component, Error, Event, Failure, Finding, Installed, Observer, Platform, Requirement,
    Source, Version, cache, components, libraries, modes, probe, record, search,
};

/// Finds and installs components. Cheap to make; can be used from several
/// threads and processes at once.
#[derive(Debug)]
pub struct Catalogue {
    cache: Cache,
    search_path: Vec<PathBuf>,
    platform: Option<Platform>,
}

impl Catalogue {
    /// A catalogue that keeps what it installs in `cache_dir` (made when first
    /// needed) and searches the components' well-known folders only; see
    /// [`with_search_path`](Self::with_search_path).
    pub fn new(cache_dir: impl Into<PathBuf>) -> Self {
        Self {
            cache: Cache::new(cache_dir.into()),
            search_path: Vec::new(),
            platform: Platform::current(),
        }
    }

    /// Searches the folders of `path`, which has the form of the variable
    /// `PATH`, before the components' well-known folders.
    #[must_use]
    pub fn with_search_path(mut self, path: &OsStr) -> Self {
        self.search_path = std::env::split_paths(path).filter(|dir| dir.is_absolute()).collect();
        self
    }

    /// The component that a container image stands for, its versions narrowed
    /// to what the tag asks for: `postgres:17`, `redis:7`, `traefik:v3.7`.
    ///
    /// # Errors
    /// `UnknownImage`; `UnsupportedTag` if no supported version is what the tag asks for.
    pub fn for_image(image: &str) -> Result<Component, Error> {
        let (repository, tag) = split_image(image);
        let known = components::all();
        let Some(component) = known.iter().find(|component| component.images.contains(&repository))
        else {
            let known: Vec<&str> =
                known.iter().flat_map(|component| component.images).copied().collect();
            return Err(Error::UnknownImage { image: image.to_owned(), known: known.join(", ") });
        };
        let mut component = component.clone();
        if let Some(asked) = tag.and_then(Requirement::from_tag) {
            let supported = component.requirement;
            component.requirement = supported.and(&asked).ok_or_else(|| Error::UnsupportedTag {
                image: image.to_owned(),
                component: component.name.to_owned(),
                supported,
            })?;
        }
        Ok(component)
    }

    /// What is known to be there, without starting a process or using the
    /// network: found before and unchanged since, or in the cache.
    pub fn find(&self, component: &Component) -> Option<Installed> {
        record::load(&self.cache.resolved_dir(), component).or_else(|| self.cache.find(component))
    }

    /// Finds a component or installs it. Blocks: seconds for a package, minutes
    /// for a build. Calls for one component wait for each other, calls for
    /// different components do not.
    ///
    /// # Errors
    /// `Unavailable` with everything that was tried; `Cache` if the cache cannot be
    /// used; `Unreachable` if root's cache is closed to the user who must run it.
    pub fn ensure(
        &self,
        component: &Component,
        observer: &dyn Observer,
    ) -> Result<Installed, Error> {
        let tell = |event| observer.event(component.name, event);
        let resolved = self.cache.resolved_dir();
        if let Some(installed) = record::load(&resolved, component) {
            return Ok(ready(installed, &tell));
        }
        let mut attempts = Vec::new();
        let found = self.without_installing(component, &mut attempts, &tell);
        let found = found.map_or_else(|| self.install_once(component, attempts, &tell), Ok)?;
        record::save(&resolved, component, &found);
        Ok(ready(found, &tell))
    }

    /// What [`ensure`](Self::ensure) would use or do. Asks programs on this
    /// machine for their versions, installs nothing.
    pub fn doctor(&self, component: &Component) -> Finding {
        let mut rejected = Vec::new();
        let found = record::load(&self.cache.resolved_dir(), component)
            .or_else(|| self.without_installing(component, &mut rejected, &|_| ()));
        let ways =
            component.sources.iter().filter(|source| source.may_satisfy(&component.requirement));
        Finding {
            component: component.name.to_owned(),
            requirement: component.requirement,
            found,
            rejected,
            ways: ways.map(ToString::to_string).collect(),
        }
    }

    fn without_installing(
        &self,
        component: &Component,
        attempts: &mut Vec<Attempt>,
        tell: &dyn Fn(Event),
    ) -> Option<Installed> {
        self.on_this_machine(component, attempts, tell).or_else(|| self.cache.find(component))
    }

    /// Installs a component, unless somebody else did while this waited for the lock.
    fn install_once(
        &self,
        component: &Component,
        attempts: Vec<Attempt>,
        tell: &dyn Fn(Event),
    ) -> Result<Installed, Error> {
        let lock = self.cache.lock(component, || tell(Event::Waiting))?;
        self.cache.check_reach(component)?;
        match self.cache.find(component) {
            Some(installed) => Ok(installed),
            None => self.install(component, &lock, attempts, tell),
        }
    }

    fn on_this_machine(
        &self,
        component: &Component,
        attempts: &mut Vec<Attempt>,
        tell: &dyn Fn(Event),
    ) -> Option<Installed> {
        for Candidate { main, binaries } in search::candidates(component, &self.search_path) {
            let source = main.display().to_string();
            tell(Event::Trying { source: source.clone() });
            let asked = binaries.and_then(|binaries| {
                let program = &binaries[component.main_program().name];
                let version = probe::version(component, program, &Default::default())?;
                let dir = program.parent().unwrap_or(program).to_owned();
                Ok(Installed {
                    component: component.name.to_owned(),
                    dir,
                    version,
                    source: "this machine".to_owned(),
                    env: Default::default(),
                    binaries,
                })
            });
            match asked {
                Ok(installed) => return Some(installed),
                Err(failure) => skip(attempts, source, failure, tell),
            }
        }
        None
    }

    fn install(
        &self,
        component: &Component,
        lock: &Lock,
        mut attempts: Vec<Attempt>,
        tell: &dyn Fn(Event),
    ) -> Result<Installed, Error> {
        for source in
            component.sources.iter().filter(|source| source.may_satisfy(&component.requirement))
        {
            tell(Event::Trying { source: source.to_string() });
            let staging = self.cache.stage(component, lock)?;
            let workshop = Workshop { staging: &staging, platform: self.platform, tell };
            let installed =
                obtain(source, &workshop).and_then(|tree| self.keep(component, source, tree));
            // What cannot be removed now is removed by the next installation.
            let _ = fs::remove_dir_all(&staging);
            match installed {
                Ok(installed) => return Ok(installed),
                Err(failure) => skip(&mut attempts, source.to_string(), failure, tell),
            }
        }
        Err(Error::Unavailable {
            component: component.name.to_owned(),
            requirement: component.requirement,
            attempts,
            help: help(component),
        })
    }

    /// Verifies what a source made and renames it into place.
    fn keep(
        &self,
        component: &Component,
        source: &Source,
        tree: Tree,
    ) -> Result<Installed, Failure> {
        let Tree { root, bin } = tree;
        modes::open_to_all(&root).map_err(Failure::io(&root))?;
        let (version, libraries) = verify(component, &root, &bin)?;
        let manifest = Manifest { version, source: source.to_string(), bin, libraries };
        let home = self.cache.home(component, version, source.kind());
        self.cache.publish(&root, &manifest, &home).map_err(Failure::io(&home))?;
        cache::load(component, home.clone()).ok_or_else(|| Failure::Archive {
            path: home,
            reason: "it changed while it was installed".to_owned(),
        })
    }
}

/// Runs the main program of a tree; returns its version and the library
/// folders that the loader needs to be told of, relative to the tree.
fn verify(
    component: &Component,
    root: &Path,
    bin: &Path,
) -> Result<(Version, Vec<PathBuf>), Failure> {
    let binaries = search::in_folder(component, &root.join(bin))?;
    let lacks = binaries.values().any(|program| !libraries::missing(program, &[]).is_empty());
    let folders =
        if lacks { libraries::folders(root).map_err(Failure::io(root))? } else { Vec::new() };
    let main = &binaries[component.main_program().name];
    let version = probe::version(component, main, &libraries::environment(&folders))?;
    let relative =
        folders.iter().filter_map(|folder| folder.strip_prefix(root).ok()).map(Path::to_owned);
    Ok((version, relative.collect()))
}

fn skip(attempts: &mut Vec<Attempt>, source: String, failure: Failure, tell: &dyn Fn(Event)) {
    tell(Event::Skipped { source: source.clone(), why: failure.in_full() });
    attempts.push(Attempt { source, failure });
}

fn ready(installed: Installed, tell: &dyn Fn(Event)) -> Installed {
    tell(Event::Ready { path: installed.dir.clone(), version: installed.version });
    installed
}

fn help(component: &Component) -> String {
    let programs: Vec<&str> = component.required_programs().collect();
    format!(
        "What to do: install {} ({}) so that {} can be found on PATH, or make one of the sources above work \
         (network, proxy, or package manager) and run the command again.",
        component.name,
        component.requirement,
        programs.join(", ")
    )
}

/// The repository of an image, without the default registry and folder, and
/// its tag; a digest is dropped.
fn split_image(image: &str) -> (&str, Option<&str>) {
    let image = image.split('@').next().unwrap_or(image);
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    let image = image.strip_prefix("library/").unwrap_or(image);
    match image.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (image, None),
    }
}

#[cfg(test)]
mod tests;
