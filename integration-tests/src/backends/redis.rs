//! Redis reads its configuration from a file of mode 0600, so that the password
//! is in nobody's list of processes.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use goodgo_catalogue::Installed;
use rustix::process::Signal;
use uuid::Uuid;

use super::Error;
use super::server::{self, Question, Server};

/// A running Redis.
#[derive(Debug)]
pub(super) struct Redis {
    server: Server,
    installed: Installed,
    password: String,
}

impl Redis {
    /// Starts it in the new folder `dir`.
    pub(super) async fn start(installed: Installed, dir: &Path) -> Result<Self, Error> {
        std::fs::DirBuilder::new().mode(0o700).create(dir).map_err(Error::io(dir))?;
        let password = Uuid::new_v4().simple().to_string();
        let server = server::retried(async |port| {
            let config = dir.join("redis.conf");
            write_config(&config, port, &password).map_err(Error::io(&config))?;
            let mut command = server::command(&installed, "redis-server", dir);
            command.arg(&config);
            let mut server = Server::spawn("Redis", command, port, dir.join("redis.log"))?;
            let send = format!("AUTH {password}\r\nPING\r\n");
            server.ready(Question { send: send.as_bytes(), expect: b"+OK\r\n+PONG\r\n" }).await?;
            Ok(server)
        })
        .await?;
        Ok(Self { server, installed, password })
    }

    pub(super) fn url(&self) -> String {
        format!("redis://default:{}@127.0.0.1:{}/0", self.password, self.server.port())
    }

    pub(super) fn bin(&self) -> &Path {
        self.installed.binary("redis-server").and_then(Path::parent).unwrap_or(&self.installed.dir)
    }

    pub(super) async fn stop(self) {
        self.server.stop(Signal::TERM).await;
    }
}

fn write_config(path: &Path, port: u16, password: &str) -> std::io::Result<()> {
    let mut file =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let lines = ["bind 127.0.0.1", "save \"\"", "appendonly no", "daemonize no", "maxmemory 256mb"];
    writeln!(file, "port {port}\nrequirepass {password}\n{}", lines.join("\n"))
}
