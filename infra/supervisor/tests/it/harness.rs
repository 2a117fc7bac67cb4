//! One environment in a temporary directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use goodgo_supervisor::{Client, LogQuery, Spec, State, Status};
use rustix::process::{Pid, Signal};

/// Much more than anything takes, even on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct Environment {
    dir: tempfile::TempDir,
}

impl Environment {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect_or_start(self.path(), &program()).await.unwrap()
    }

    /// The lines that a process wrote, oldest first.
    pub(crate) async fn lines(&self, key: &str) -> Vec<String> {
        let query = LogQuery { of: vec![key.into()], ..LogQuery::default() };
        let mut stream = self.client().await.logs(query).await.unwrap();
        let mut lines = Vec::new();
        while let Some(line) = stream.next().await.unwrap() {
            lines.push(line.text);
        }
        lines
    }

    pub(crate) fn events(&self) -> String {
        fs::read_to_string(self.path().join("logs/supervisor.log")).unwrap()
    }

    /// Ends everything and checks that nothing is left.
    pub(crate) async fn end(self) {
        self.client().await.shutdown(true).await.unwrap();
        eventually("no process is left", || self.processes().is_empty().then_some(())).await;
        assert_eq!(fs::read_dir(self.path().join("run/processes")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(self.path().join("run/pipes")).unwrap().count(), 0);
    }

    /// All living processes that name this environment: the keeper and the
    /// supervisor by their arguments, the others by their working directory.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let dir = self.path().as_os_str().as_encoded_bytes();
        let all = fs::read_dir("/proc").unwrap().flatten();
        all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|pid| {
                let named = fs::read(format!("/proc/{pid}/cmdline"))
                    .is_ok_and(|line| line.windows(dir.len()).any(|part| part == dir));
                let inside = fs::read_link(format!("/proc/{pid}/cwd"))
                    .is_ok_and(|cwd| cwd.starts_with(self.path()));
                (named || inside) && alive(*pid)
            })
            .collect()
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // After a failed test; a test that went well has ended them itself.
        for pid in self.processes() {
            kill(pid, Signal::KILL);
        }
    }
}

/// The example, which `cargo test` builds beside the tests.
pub(crate) fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/supervise");
    assert!(program.is_file(), "build {} first: cargo build --examples", program.display());
    program
}

/// A process that runs a shell script.
pub(crate) fn shell(name: &str, script: &str) -> Spec {
    let mut spec = Spec::new(name, "/bin/sh");
    spec.args = vec!["-c".into(), script.into()];
    spec.env.insert("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into());
    spec
}

pub(crate) async fn status(client: &Client, key: &str) -> Option<Status> {
    client.list().await.unwrap().into_iter().find(|status| status.key == key)
}

/// The status as soon as it is as wanted.
pub(crate) async fn status_when(
    client: &Client,
    key: &str,
    wanted: impl Fn(&Status) -> bool,
) -> Status {
    let until = Instant::now() + DEADLINE;
    loop {
        let status = status(client, key).await;
        if let Some(status) = status.as_ref().filter(|status| wanted(status)) {
            return status.clone();
        }
        assert!(Instant::now() < until, "{key} is still {status:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn ready(client: &Client, key: &str) -> Status {
    status_when(client, key, |status| status.state == State::Ready).await
}

/// What comes out as soon as something comes out.
pub(crate) async fn eventually<T>(what: &str, mut get: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + DEADLINE;
    loop {
        if let Some(value) = get() {
            return value;
        }
        assert!(Instant::now() < until, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn kill(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = rustix::process::kill_process(pid, signal);
}

/// Runs, and is no zombie.
pub(crate) fn alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").unwrap().1.starts_with(['Z', 'X']))
}
