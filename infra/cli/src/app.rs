//! What the commands share: who we are, where things are, how we speak.

use std::sync::{Arc, OnceLock};

use goodgo_engine::{Cancel, Engine};
use goodgo_model::{Environment, Graph, Snapshot};
use goodgo_provider::{Context, Runtime};
use goodgo_state::{Keys, Lease, Owner, Session, Store, lock};

use crate::args::Global;
use crate::error::Failure;
use crate::output::Output;
use crate::paths::Paths;
use crate::program::Program;
use crate::render::progress::Progress;
use crate::settings::Settings;
use crate::signals;

/// One run of the program.
pub(crate) struct App {
    pub(crate) program: Program,
    pub(crate) paths: Paths,
    pub(crate) output: Output,
    settings: Settings,
    global: Global,
    /// One for all that a command does: a store knows the lease that was taken through it.
    store: OnceLock<Arc<dyn Store>>,
}

impl App {
    pub(crate) fn new(
        program: Program,
        settings: Settings,
        output: Output,
        global: &Global,
    ) -> Result<Self, Failure> {
        let Program { project, environment, workspace, .. } = program;
        let paths = Paths::new(project, environment, workspace, &settings)?;
        Ok(Self { program, paths, output, settings, global: *global, store: OnceLock::new() })
    }

    /// The target, for an environment that lives in these folders.
    pub(crate) fn runtime(&self) -> Result<Box<dyn Runtime>, Failure> {
        let executable = std::env::current_exe().map_err(|error| {
            Failure::failed("cannot tell where this program is").because(&error)
        })?;
        let binaries = executable.parent().map(ToOwned::to_owned).unwrap_or_default();
        let search_path = self.settings.search_path.clone();
        Ok((self.program.runtime)(&Context {
            project: self.program.project.to_owned(),
            environment: self.program.environment.to_owned(),
            directory: self.paths.environment.clone(),
            cache: self.paths.cache.clone(),
            workspace: self.paths.workspace.clone(),
            binaries,
            program: executable,
            search_path,
        }))
    }

    /// Everything declared, on the target.
    ///
    /// # Errors
    /// Every mistake in the declaration.
    pub(crate) fn graph(&self, runtime: &dyn Runtime) -> Result<Graph, Failure> {
        let mut environment = Environment::new(self.program.project, self.program.environment);
        (self.program.declare)(&mut environment);
        Ok(environment.build(runtime.target())?)
    }

    /// Runs asynchronous work. Two threads are enough: it waits more than it computes.
    pub(crate) fn block_on<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Failure::failed("cannot start threads").because(&error))?;
        let done = runtime.block_on(work);
        // What still blocks a thread (a reader of a log, say) must not keep the process.
        runtime.shutdown_background();
        done
    }

    /// Where the state is.
    ///
    /// # Errors
    /// When there is no way to get there.
    pub(crate) fn store(&self) -> Result<Arc<dyn Store>, Failure> {
        if let Some(store) = self.store.get() {
            return Ok(store.clone());
        }
        let store = self.paths.state.open()?;
        Ok(self.store.get_or_init(|| store).clone())
    }

    /// What decrypts it.
    pub(crate) fn keys(&self) -> Keys {
        Keys::new(&self.paths.key, self.settings.passphrase.clone())
    }

    /// The state, to look at.
    pub(crate) async fn load(&self) -> Result<Snapshot, Failure> {
        Ok(goodgo_state::load(&*self.store()?, &self.keys()).await?.snapshot)
    }

    /// The passphrase that an export is to have, if it is given.
    pub(crate) fn export_passphrase(&self) -> Option<&str> {
        self.settings.export_passphrase.as_deref()
    }

    /// The state, to change: takes the lock.
    pub(crate) async fn session(&self, command: &str) -> Result<Session, Failure> {
        let lease = self.lease(command).await?;
        Ok(Session::open(self.store()?, self.keys(), lease).await?)
    }

    /// The lock, after a wait as long as `--wait` says.
    pub(crate) async fn lease(&self, command: &str) -> Result<Lease, Failure> {
        let store = self.store()?;
        self.paths.create()?;
        let owner = self.owner(command);
        let waiting = |holder: &lock::Holder| self.output.message(&format!("waiting: {holder}"));
        let lease = lock::acquire(&store, &owner, self.global.wait, waiting).await?;
        if let Some(dead) = &lease.recovered {
            let dead = &dead.owner;
            let word = format!(
                "going on from where `{}` of {} (process {}) ended without a word",
                dead.command, dead.user, dead.pid
            );
            self.output.message(&word);
        }
        Ok(lease)
    }

    /// Us, as the lock names us.
    pub(crate) fn owner(&self, command: &str) -> Owner {
        Owner::current(user(), command)
    }

    /// The engine, drawn by `progress`, stopped by Ctrl-C and by `cancel`.
    pub(crate) fn engine(
        &self,
        runtime: &dyn Runtime,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Engine, Failure> {
        signals::watch(cancel.clone())?;
        let mut settings = goodgo_engine::Settings::default();
        if let Some(parallel) = self.global.parallel {
            settings.steps = parallel.into();
        }
        let Program { environment, project, .. } = self.program;
        Ok(Engine::new(environment, project, runtime.providers())
            .settings(settings)
            .observer(Arc::new(progress.clone()))
            .cancel(cancel.clone()))
    }
}

/// Who runs this, for the lock: the name of the login, or the number of the user.
fn user() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let table = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    });
    name.unwrap_or(uid)
}
