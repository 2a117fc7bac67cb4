//! The folder.

use std::fs;
use std::path::{Path, PathBuf};

use goodgo_model::Map;
use serde_json::json;

use super::codec::{decode, encode};
use crate::crash;

/// A folder with one file for each thing; the file's name is its id.
#[derive(Clone)]
pub(crate) struct Disk(PathBuf);

/// One thing, as its file says.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) urn: String,
    pub(crate) inputs: Map,
    pub(crate) complete: bool,
}

impl Disk {
    pub(crate) fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        Self(folder.to_owned())
    }

    fn path(&self, id: &str) -> PathBuf {
        self.0.join(format!("{id}.json"))
    }

    pub(crate) fn get(&self, id: &str) -> Option<Thing> {
        let text = fs::read(self.path(id)).ok()?;
        let mut json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        Some(Thing {
            id: id.to_owned(),
            urn: json["urn"].as_str().unwrap().to_owned(),
            complete: json["complete"].as_bool().unwrap(),
            inputs: decode(json["inputs"].take()),
        })
    }

    /// Everything that is there, by URN and id.
    pub(crate) fn all(&self) -> Vec<Thing> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        let whole = names.filter(|path| path.extension().is_some_and(|end| end == "json"));
        let mut all: Vec<Thing> =
            whole.filter_map(|path| self.get(path.file_stem()?.to_str()?)).collect();
        all.sort_by(|a, b| (&a.urn, &a.id).cmp(&(&b.urn, &b.id)));
        all
    }

    /// A side effect: the process may die before and after it, not in the midst.
    pub(crate) fn put(&self, thing: &Thing) {
        crash::point();
        let Thing { id, urn, inputs, complete } = thing;
        let json = json!({ "urn": urn, "inputs": encode(inputs), "complete": complete });
        let draft = self.0.join(format!("{id}.draft"));
        fs::write(&draft, json.to_string()).unwrap();
        fs::rename(draft, self.path(id)).unwrap();
        crash::point();
    }

    /// A side effect, likewise.
    pub(crate) fn remove(&self, id: &str) {
        crash::point();
        let _ = fs::remove_file(self.path(id));
        crash::point();
    }
}
