//! What a component is once it can be used, whatever source it came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Version;

/// A component that can be run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// Name of the component.
    pub component: String,
    /// The folder that it is in: of the programs if they were on the search
    /// path, of the whole installation if they are in the cache.
    pub dir: PathBuf,
    /// Its programs by name, absolute.
    pub binaries: BTreeMap<String, PathBuf>,
    /// Its version.
    pub version: Version,
    /// Where it came from, in words.
    pub source: String,
    /// Environment variables that its programs need, such as `LD_LIBRARY_PATH`.
    pub env: BTreeMap<String, String>,
}

impl Installed {
    /// The path of one of its programs; `None` if the component or this source
    /// does not have it.
    pub fn binary(&self, name: &str) -> Option<&Path> {
        self.binaries.get(name).map(PathBuf::as_path)
    }
}
