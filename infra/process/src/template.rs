//! Fills in the placeholders of `goodgo_model::port` and its like.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::kinds::HOST;

/// What placeholders stand for in one process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// Ports by name.
    pub(crate) ports: BTreeMap<String, u16>,
    /// Volumes by name.
    pub(crate) volumes: BTreeMap<String, PathBuf>,
    /// The folder of its files.
    pub(crate) files: PathBuf,
    /// The folder of its secrets.
    pub(crate) secrets: PathBuf,
}

impl Places {
    /// A text with every `${…}` that is known filled in; others stay as they are.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            filled.push_str(&rest[..start]);
            let after = &rest[start + 2..];
            match after.find('}').and_then(|end| Some((end, self.find(&after[..end])?))) {
                Some((end, value)) => {
                    filled.push_str(&value);
                    rest = &after[end + 1..];
                }
                None => {
                    filled.push_str("${");
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    /// The same for every text inside a structure.
    pub(crate) fn fill_json(&self, json: &Json) -> Json {
        match json {
            Json::String(text) => Json::String(self.fill(text)),
            Json::Array(items) => items.iter().map(|item| self.fill_json(item)).collect(),
            Json::Object(map) => {
                Json::Object(map.iter().map(|(k, v)| (k.clone(), self.fill_json(v))).collect())
            }
            other => other.clone(),
        }
    }

    fn find(&self, placeholder: &str) -> Option<String> {
        let (sort, name) = placeholder.split_once('.')?;
        let inside = |folder: &Path| folder.join(name).display().to_string();
        match sort {
            "port" => self.ports.get(name).map(u16::to_string),
            "listen" => self.ports.get(name).map(|port| format!("{HOST}:{port}")),
            "bind" => self.ports.get(name).map(|_| HOST.to_owned()),
            "volume" => self.volumes.get(name).map(|path| path.display().to_string()),
            "file" => Some(inside(&self.files)),
            "secret" => Some(inside(&self.secrets)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_placeholders_are_filled_and_others_left() {
        let places = Places {
            ports: BTreeMap::from([("http".to_owned(), 81)]),
            files: "/f".into(),
            ..Places::default()
        };
        let text = "a ${listen.http} ${port.http} ${file.x.yml} ${port.none} ${HOME} ${";
        assert_eq!(places.fill(text), "a 127.0.0.1:81 81 /f/x.yml ${port.none} ${HOME} ${");
    }
}
