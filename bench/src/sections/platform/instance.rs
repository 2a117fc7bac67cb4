//! A platform of our own: its folder, its port, and its end.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::Uri;
use tempfile::TempDir;

use crate::measure::{self, Usage};
use crate::{Result, machine, say};

/// Answered by the service itself, without its database.
const PATH: &str = "/api/v1/auth/.well-known/jwks.json";

/// An environment in a folder of its own. Destroyed when dropped.
pub(crate) struct Instance {
    program: PathBuf,
    home: TempDir,
    port: u16,
    /// Which value the setting has that rollouts change.
    setting: AtomicUsize,
}

impl Instance {
    /// Nothing is deployed yet.
    pub(crate) fn new(program: PathBuf) -> Result<Self> {
        // Below those that the system hands out: no replica gets it before the gateway does.
        let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        let port = (18_080..18_180).find(free).ok_or("no port from 18080 to 18179 is free")?;
        Ok(Self { program, home: machine::folder()?, port, setting: AtomicUsize::new(0) })
    }

    /// Runs a command of the environment.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<Usage> {
        measure::run(self.command(arguments)).await
    }

    /// Deploys with another value of a setting of the service.
    pub(crate) async fn change(&self, value: usize) -> Result<Usage> {
        self.setting.store(value, Ordering::Relaxed);
        self.run(&["deploy", "--yes"]).await
    }

    /// What a client of the platform asks for.
    pub(crate) fn uri(&self) -> Result<Uri> {
        Ok(format!("http://127.0.0.1:{}{PATH}", self.port).parse()?)
    }

    /// What is in the arguments of this environment's supervisor and of no other process.
    pub(crate) fn marker(&self) -> String {
        format!("__supervise\0{}", self.home.path().display())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).env("GOODGO_HOME", self.home.path()).env("CI", "1");
        command.env("BENCH_PORT", self.port.to_string());
        let setting = self.setting.load(Ordering::Relaxed);
        command.env("BENCH_ROTATION_GRACE", format!("{}s", 10 + setting));
        for unset in ["GOODGO_STATE", "GOODGO_PASSPHRASE", "GOODGO_PASSPHRASE_FILE"] {
            command.env_remove(unset);
        }
        command
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // The end of an interrupted command, which has the lock, is waited for.
        let mut command = self.command(&["destroy", "--yes", "--wait", "30s"]);
        if let Err(error) = measure::blocking(&mut command) {
            say(&format!("could not clean up {}: {error}", self.home.path().display()));
        }
    }
}
