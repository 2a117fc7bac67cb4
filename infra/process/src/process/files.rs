//! The folder of one process: its configuration files and its secrets.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use goodgo_provider::Error;
use goodgo_supervisor::RunAs;
use serde_json::Value as Json;

use super::properties::Inputs;
use crate::account;
use crate::template::Places;

/// `files/` and `secrets/`, readable by the process's account alone.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.path.join("files")
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.path.join("secrets")
    }

    /// Writes all files of a process.
    pub(crate) async fn write(
        &self,
        inputs: &Inputs,
        places: &Places,
        account: Option<RunAs>,
    ) -> Result<(), Error> {
        let files = inputs.files.iter().map(|(name, content)| {
            let text = match places.fill_json(content) {
                Json::String(text) => text,
                structure => format!("{structure:#}\n"),
            };
            (self.files().join(name), text)
        });
        let secrets =
            inputs.secrets.iter().map(|(name, text)| (self.secrets().join(name), text.clone()));
        let all: Vec<(PathBuf, String)> = files.chain(secrets).collect();
        let write = || {
            let root = self.path.parent().unwrap_or(&self.path);
            fs::DirBuilder::new().recursive(true).mode(0o711).create(root)?;
            for folder in [self.path.clone(), self.files(), self.secrets()] {
                fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
                account::give(&folder, account)?;
            }
            all.iter().try_for_each(|(path, text)| write_private(path, text, account))
        };
        tokio::task::block_in_place(write).map_err(|why| self.failed("write", &why))
    }

    /// Removes the folder, if it is there.
    pub(crate) async fn remove(&self) -> Result<(), Error> {
        match tokio::task::block_in_place(|| fs::remove_dir_all(&self.path)) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(self.failed("remove", &why)),
            _ => Ok(()),
        }
    }

    fn failed(&self, what: &str, why: &io::Error) -> Error {
        Error::permanent(format!("could not {what} {}: {why}", self.path.display()))
            .hint("free space there, or correct its permissions")
    }
}

/// The mode is set before the first byte is in the file.
fn write_private(path: &Path, text: &str, account: Option<RunAs>) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    account::give(path, account)
}
