//! The way to the environment's supervisor, started when it is first needed for a change.

use std::path::{Path, PathBuf};

use goodgo_provider::Error;
use goodgo_supervisor::{Client, Error as SupervisorError, Failure, Status};
use tokio::sync::OnceCell;

/// Which build a supervisor is of: another one is replaced before the first change, and what it
/// runs goes on running.
pub(crate) const BUILD: &str = env!("CARGO_PKG_VERSION");

/// Connects lazily. Changing starts a supervisor; looking does only where processes live on
/// whose supervisor was killed, as they would pass for gone.
#[derive(Debug)]
pub(crate) struct Supervise {
    directory: PathBuf,
    program: PathBuf,
    client: OnceCell<Client>,
}

impl Supervise {
    /// For the environment in `directory`; `program` becomes the supervisor.
    pub(crate) fn new(directory: &Path, program: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            program: program.to_owned(),
            client: OnceCell::new(),
        }
    }

    /// The supervisor, started if there is none.
    pub(crate) async fn client(&self) -> Result<&Client, Error> {
        let connect = || async {
            match Client::connect_or_start(&self.directory, &self.program).await {
                Err(SupervisorError::Refused(Failure::Protocol { .. })) => {
                    Err(Error::permanent("the running supervisor is of another version")
                        .hint("destroy with the version that deployed, or end it by its pid"))
                }
                Ok(client) if client.hello().build != BUILD => {
                    client.replace(&self.program).await.map_err(refused)
                }
                other => other.map_err(refused),
            }
        };
        self.client.get_or_try_init(connect).await
    }

    /// The supervisor, if there is anything to ask it about.
    pub(crate) async fn running(&self) -> Result<Option<Client>, Error> {
        if let Some(client) = self.client.get() {
            return Ok(Some(client.clone()));
        }
        match Client::connect(&self.directory).await {
            Ok(client) => Ok(Some(client)),
            Err(SupervisorError::NotRunning { .. }) => {
                match goodgo_supervisor::live_on(&self.directory) {
                    true => Ok(Some(self.client().await?.clone())),
                    false => Ok(None),
                }
            }
            Err(other) => Err(refused(other)),
        }
    }

    /// What runs under a key.
    pub(crate) async fn status(&self, key: &str) -> Result<Option<Status>, Error> {
        Ok(self.list().await?.into_iter().find(|status| status.key == key))
    }

    /// All that runs. Nothing when there is no supervisor.
    pub(crate) async fn list(&self) -> Result<Vec<Status>, Error> {
        match self.running().await? {
            None => Ok(Vec::new()),
            Some(client) => match client.list().await {
                Err(SupervisorError::NotRunning { .. }) => Ok(Vec::new()),
                other => other.map_err(refused),
            },
        }
    }
}

/// The supervisor's refusal as a provider's error, with the process's last lines.
pub(crate) fn refused(error: SupervisorError) -> Error {
    match error {
        SupervisorError::Refused(Failure::NotReady { name, exit, last_lines }) => {
            let log = last_lines.into_iter().map(|line| line.text).collect();
            Error::permanent(format!("{name} {exit}"))
                .log(log)
                .hint(format!("read all it wrote with `logs {name}`"))
        }
        SupervisorError::Refused(Failure::ShuttingDown) => {
            Error::transient("the supervisor is shutting down")
        }
        SupervisorError::Refused(failure) => Error::permanent(failure.to_string()),
        other => Error::permanent("the supervisor could not be reached").source(other),
    }
}
