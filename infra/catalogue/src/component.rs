//! What the catalogue must know of a component to find, check and install it,
//! as data: a new component is one file under `components/`.

use crate::source::Source;
use crate::version::Requirement;

/// A program that belongs to a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// File name, such as `initdb`.
    pub name: &'static str,
    /// Whether the component is useless without it. A source may lack the others.
    pub required: bool,
}

impl Program {
    /// A program that every source must have.
    pub const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    /// A program that is handed out where the source has it.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false }
    }
}

/// One component: its programs, the versions that will do, and its sources.
#[derive(Clone, Debug)]
pub struct Component {
    /// Name in the cache and in messages, such as `postgres`.
    pub name: &'static str,
    /// Repositories of container images that mean this component, without tag
    /// and without `docker.io/` or `library/`.
    pub images: &'static [&'static str],
    /// Its programs; the first one is asked for its version.
    pub programs: Vec<Program>,
    /// Arguments that make the first program say its version.
    pub version_args: &'static [&'static str],
    /// The versions that will do.
    pub requirement: Requirement,
    /// Folders to search after the search path: where systems install programs
    /// that they do not put on it.
    pub directories: Vec<&'static str>,
    /// Whether it refuses to run as root, so that its programs must be readable
    /// by other users when root installs them.
    pub drops_privileges: bool,
    /// Where to get it, best first.
    pub sources: Vec<Source>,
}

impl Component {
    /// The program that is asked for its version.
    pub fn main_program(&self) -> &Program {
        self.programs.first().expect("a component has at least one program")
    }

    /// The names of the programs that it cannot do without.
    pub fn required_programs(&self) -> impl Iterator<Item = &'static str> {
        self.programs.iter().filter(|program| program.required).map(|program| program.name)
    }
}
