//! PostgreSQL refuses to run as root; then it runs as `nobody`, who owns
//! nothing else.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use goodgo_catalogue::Installed;
use rustix::process::{Signal, geteuid};
use tokio::process::Command;
use uuid::Uuid;

use super::Error;
use super::server::{self, Question, Server};

const NOBODY: u32 = 65534;
const SUPERUSER: &str = "postgres";
/// Data is thrown away, so nothing waits for the disk.
const SETTINGS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "log_min_messages=warning",
];

/// A running PostgreSQL.
#[derive(Debug)]
pub(super) struct Postgres {
    server: Server,
    installed: Installed,
    password: String,
}

impl Postgres {
    /// Makes a cluster in the new folder `dir` and starts it.
    pub(super) async fn start(installed: Installed, dir: &Path) -> Result<Self, Error> {
        fs::create_dir(dir).map_err(Error::io(dir))?;
        let password = Uuid::new_v4().simple().to_string();
        initdb(&installed, dir, &password).await?;
        let server = server::retried(async |port| {
            let mut command = as_unprivileged(server::command(&installed, "postgres", dir));
            command.arg("-D").arg(data(dir)).args(["-p", &port.to_string()]);
            command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
            let mut server = Server::spawn("PostgreSQL", command, port, dir.join("postgres.log"))?;
            // Before it can serve it answers a start-up message with an error ('E'),
            // then with a request to authenticate ('R').
            server.ready(Question { send: &startup_message(), expect: b"R" }).await?;
            Ok(server)
        })
        .await?;
        Ok(Self { server, installed, password })
    }

    pub(super) fn url(&self) -> String {
        let (password, port) = (&self.password, self.server.port());
        format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres")
    }

    pub(super) fn bin(&self) -> &Path {
        self.installed.binary("postgres").and_then(Path::parent).unwrap_or(&self.installed.dir)
    }

    /// A fast shutdown: it does not wait for clients.
    pub(super) async fn stop(self) {
        self.server.stop(Signal::INT).await;
    }
}

fn data(dir: &Path) -> PathBuf {
    dir.join("data")
}

async fn initdb(installed: &Installed, dir: &Path, password: &str) -> Result<(), Error> {
    let password_file = dir.join("password");
    fs::write(&password_file, password).map_err(Error::io(&password_file))?;
    fs::set_permissions(&password_file, Permissions::from_mode(0o600))
        .map_err(Error::io(&password_file))?;
    if geteuid().is_root() {
        for path in [dir, &password_file] {
            chown(path, Some(NOBODY), Some(NOBODY)).map_err(Error::io(path))?;
        }
    }
    let mut command = as_unprivileged(server::command(installed, "initdb", dir));
    command
        .arg("-D")
        .arg(data(dir))
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", SUPERUSER]);
    command.args(["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]);
    command.args(["--no-sync", "--no-instructions"]).kill_on_drop(true);
    let program = command.as_std().get_program().to_owned();
    let output = command.output().await.map_err(Error::io(program))?;
    if !output.status.success() {
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Ended { name: "initdb", status: output.status.to_string(), log });
    }
    fs::remove_file(&password_file).map_err(Error::io(&password_file))
}

fn as_unprivileged(mut command: Command) -> Command {
    if geteuid().is_root() {
        // Without groups of its own, it loses root's as well.
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// The first message of a client: length, protocol 3.0, and the user's name
/// (<https://www.postgresql.org/docs/current/protocol-message-formats.html>, StartupMessage).
fn startup_message() -> Vec<u8> {
    let parameters = format!("user\0{SUPERUSER}\0\0");
    let length = u32::try_from(8 + parameters.len()).expect("a short message");
    let mut message = length.to_be_bytes().to_vec();
    message.extend_from_slice(&196_608_u32.to_be_bytes());
    message.extend_from_slice(parameters.as_bytes());
    message
}
