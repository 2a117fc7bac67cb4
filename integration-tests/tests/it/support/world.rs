//! One environment in a folder of its own, gone when the journey is over.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use goodgo_integration_tests::variation::Variation;
use serde_json::Value;
use tempfile::TempDir;

use super::apps::Browser;
use super::run::{Done, Events};
use super::traces::{self, Process, files, kill, processes};

/// An environment, and what it is declared to be.
pub(crate) struct World {
    pub(crate) vary: Variation,
    /// More environment variables for its program.
    pub(crate) settings: Vec<(&'static str, String)>,
    folder: TempDir,
    destroyed: bool,
}

/// What runs, as `status` tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Replica {
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) pid: u32,
    /// The ports that it listens on.
    pub(crate) ports: Vec<u16>,
}

impl World {
    /// Nothing deployed yet.
    pub(crate) fn new() -> Self {
        // PostgreSQL runs as another user when this test runs as root.
        let folder = tempfile::Builder::new()
            .prefix("goodgo-journey-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()
            .expect("a temporary folder");
        let world = Self {
            vary: Variation::new(free_port()),
            settings: Vec::new(),
            folder,
            destroyed: false,
        };
        fs::create_dir(world.home()).expect("the folder is new");
        world.bring_programs();
        world
    }

    /// Deployed as it is first declared.
    pub(crate) fn deployed() -> Self {
        let world = Self::new();
        world.deploy().ok();
        world
    }

    /// The program under test and the service, kept from builds that happen meanwhile.
    fn bring_programs(&self) {
        let throwaway = Path::new(env!("CARGO_BIN_EXE_throwaway"));
        let auth = throwaway.with_file_name("auth");
        assert!(
            auth.is_file(),
            "{} is missing: `./just test` builds it first, or `cargo build --package goodgo-auth`",
            auth.display(),
        );
        for program in [throwaway, &auth] {
            let to = self.folder.path().join(program.file_name().expect("it has a name"));
            let linked = fs::hard_link(program, &to).or_else(|_| fs::copy(program, &to).map(drop));
            linked.expect("the program can be copied");
        }
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A path beside the environment's folders.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The environment's own folder.
    pub(crate) fn environment(&self) -> PathBuf {
        let entries = fs::read_dir(self.home()).expect("it is there").flatten();
        let mut names = entries.map(|entry| entry.path());
        let project = names.find(|path| !path.ends_with("keys")).expect("something is deployed");
        project.join("throwaway")
    }

    /// The program with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.folder.path().join("throwaway"));
        for name in ["GOODGO_STATE", "GOODGO_PASSPHRASE", "GOODGO_PASSPHRASE_FILE"] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .envs(self.vary.variables())
            .envs([("CI", "true"), ("NO_COLOR", "1")])
            .env("GOODGO_HOME", self.home())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        Done::of(&mut self.command(arguments))
    }

    pub(crate) fn deploy(&self) -> Done {
        self.run(&["deploy", "--yes"])
    }

    /// A deploy that is under way.
    pub(crate) fn deploying(&self) -> Events {
        Events::of(&mut self.command(&["deploy", "--yes", "--json"]))
    }

    /// What a deploy would change, as text: `None` when nothing.
    #[track_caller]
    pub(crate) fn preview(&self) -> Option<String> {
        let done = self.run(&["preview", "--exit-code"]);
        match done.code {
            Some(0) => None,
            Some(2) => Some(done.stdout),
            _ => panic!("{done}"),
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.vary.port)
    }

    #[track_caller]
    pub(crate) fn status(&self) -> Vec<Replica> {
        // It answers 1 when something is not ready, after saying what there is.
        let done = self.run(&["status", "--json"]);
        let line = done.stdout.lines().next().unwrap_or_default();
        let list: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{done}"));
        list.as_array().unwrap_or_else(|| panic!("{done}")).iter().map(replica).collect()
    }

    /// One that runs.
    #[track_caller]
    pub(crate) fn replica(&self, name: &str) -> Replica {
        let mut all = self.status().into_iter();
        all.find(|one| one.name == name).unwrap_or_else(|| panic!("no {name} runs"))
    }

    /// Nothing is to do, and there is exactly what was deployed: each process once, all of them
    /// ready, and no file, pending operation or old generation of an earlier try.
    #[track_caller]
    pub(crate) fn is_tidy(&self) {
        assert_eq!(self.preview(), None, "nothing is to do");
        let replicas = (0..self.vary.replicas).map(|index| format!("auth-{index}"));
        let fixed = ["gateway", "redis", &self.vary.postgres].map(str::to_owned);
        let mut expected: Vec<String> = replicas.chain(fixed).collect();
        expected.sort();
        let status = self.status();
        assert!(status.iter().all(|one| one.state == "ready"), "{status:?}");
        let mut names: Vec<String> = status.into_iter().map(|one| one.name).collect();
        names.sort();
        assert_eq!(names, expected);
        let count = |folder: &str| {
            let folder = self.environment().join(folder);
            fs::read_dir(&folder).map(Iterator::count).unwrap_or_default()
        };
        assert_eq!(count("work"), expected.len(), "a folder for each process");
        assert_eq!(count("run/processes"), expected.len(), "a record for each process");
        assert_eq!((count("data"), count("bin")), (3, 2), "volumes, kept programs");
        self.runs_nothing_else();
        let listed = self.run(&["state", "list", "--json"]).ok().json();
        let odd = |one: &&Value| one["delete"] == true || one["incomplete"] == true;
        let odd: Vec<&Value> = listed.as_array().expect("a list").iter().filter(odd).collect();
        assert!(odd.is_empty(), "{odd:?}");
        let state = self.run(&["state", "export"]).ok().json();
        let pending = &state["deployment"]["pending_operations"];
        assert!(pending.as_array().is_none_or(Vec::is_empty), "{pending}");
    }

    /// The kernel knows of no process but those that the supervisor looks after.
    fn runs_nothing_else(&self) {
        let all = processes(&self.home());
        let of = |part: &str| {
            let found = all.iter().filter(|one| traces::contains(&one.command, part.as_bytes()));
            let found: Vec<_> = found.collect();
            // PostgreSQL forks itself for each connection.
            let forked = |one: &Process| found.iter().any(|other| other.pid == one.parent);
            let keeper = part == "__supervise";
            found.iter().filter(|one| keeper || !forked(one)).count()
        };
        let services = self.environment().join("bin");
        let services = services.to_str().expect("the path is text");
        assert_eq!(of(services), self.vary.replicas as usize, "services");
        assert_eq!(of("bin/postgres\0"), 1, "PostgreSQL");
        assert_eq!(of("traefik\0"), 1, "Traefik");
        assert_eq!(of("__supervise"), 2, "a keeper and a supervisor");
    }

    /// Destroys it: no process, port or file may be left.
    #[track_caller]
    pub(crate) fn destroy(mut self) {
        let ports: Vec<u16> = self.status().into_iter().flat_map(|one| one.ports).collect();
        self.run(&["destroy", "--yes"]).ok();
        self.destroyed = true;
        let left: Vec<String> = processes(&self.home()).iter().map(|one| one.line()).collect();
        assert!(left.is_empty(), "processes are left: {left:#?}");
        for port in ports {
            assert!(is_free(port), "somebody listens on {port}");
        }
        let left = files(&self.home());
        assert!(left.is_empty(), "files are left: {left:#?}");
    }
}

impl Drop for World {
    /// When the journey failed on the way.
    #[expect(clippy::print_stderr, reason = "a drop can tell in no other way")]
    fn drop(&mut self) {
        if self.destroyed {
            return;
        }
        let done = self.run(&["destroy", "--yes"]);
        if done.code != Some(0) {
            eprintln!("it could not be destroyed: {done}");
        }
        // Whatever was tested for may have failed: a test leaves nothing behind all the same.
        for one in processes(&self.home()) {
            kill(one.pid);
        }
    }
}

fn replica(one: &Value) -> Replica {
    let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let addresses = one["addresses"].as_array().into_iter().flatten();
    let port = |address: &Value| address[1].as_str()?.rsplit(':').next()?.parse().ok();
    Replica {
        name: text("replica"),
        state: text("state"),
        pid: one["pid"].as_u64().and_then(|pid| pid.try_into().ok()).unwrap_or_default(),
        ports: addresses.filter_map(port).collect(),
    }
}

/// A port that nobody else takes soon: below those that the kernel hands out (32768 on Linux),
/// and those that GoodGo does (20000), with a place for each process that runs tests.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = std::process::id() % 900 * 10;
    let start = 10_000 + u16::try_from(start).expect("it is below 9000");
    let ports = std::iter::repeat_with(|| start + NEXT.fetch_add(1, Ordering::Relaxed) % 1_000);
    let mut free = ports.take(1_000).filter(|port| is_free(*port));
    free.next().expect("this machine has a free port")
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}
