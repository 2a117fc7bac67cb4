//! `with-backends [--] COMMAND ARGS…` runs a command with a throwaway PostgreSQL
//! and Redis, so that `./just test` and CI test services against the real parts
//! on a machine that has neither.
//!
//! The command finds them by `TEST_DATABASE_URL`, `TEST_REDIS_URL`,
//! `TEST_POSTGRES_BIN` and `TEST_REDIS_BIN`. Its exit code is passed on (128 and
//! the signal's number if one ended it); 125 means that the parts did not start,
//! 127 that the command does not exist. An interrupt or a termination is passed
//! on to the command; the parts are stopped after it has ended.
#![expect(clippy::print_stderr, reason = "it is a command line")]

use std::env;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;

use goodgo_catalogue::{Catalogue, Event};
use goodgo_integration_tests::backends::Backends;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{self, SignalKind};

const USAGE: &str = "usage: with-backends [--] COMMAND ARGS…";
const NOT_STARTED: u8 = 125;
const NO_COMMAND: u8 = 127;

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "--") {
        arguments.remove(0);
    }
    if arguments.is_empty() {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("the system gives two threads");
    let code = runtime.block_on(run(&arguments));
    // An installation that was interrupted may still wait for the network.
    runtime.shutdown_background();
    ExitCode::from(code)
}

async fn run(arguments: &[OsString]) -> u8 {
    let mut signals = Signals::new();
    let Some(cache) = cache_dir() else {
        eprintln!("with-backends: HOME is not set; set GOODGO_CACHE to a folder for components");
        return NOT_STARTED;
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let catalogue = Arc::new(Catalogue::new(cache).with_search_path(&path));
    let parent = env::temp_dir();
    let backends = tokio::select! {
        started = Backends::start(catalogue, Arc::new(tell), &parent) => started,
        signal = signals.next() => return 128 + number(signal),
    };
    let backends = match backends {
        Ok(backends) => backends,
        Err(error) => {
            eprintln!("with-backends: {error}");
            return NOT_STARTED;
        }
    };
    let code = run_command(arguments, &backends, &mut signals).await;
    if let Err(error) = backends.stop().await {
        eprintln!("with-backends: {error}");
    }
    code
}

async fn run_command(arguments: &[OsString], backends: &Backends, signals: &mut Signals) -> u8 {
    let spawned = Command::new(&arguments[0]).args(&arguments[1..]).envs(backends.env()).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            eprintln!("with-backends: cannot run {}: {error}", arguments[0].display());
            return NO_COMMAND;
        }
    };
    loop {
        tokio::select! {
            ended = child.wait() => return ended.map_or(NOT_STARTED, exit_code),
            signal = signals.next() => pass_on(&child, signal),
        }
    }
}

fn pass_on(child: &Child, signal: Signal) {
    if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
        // It may have ended just now; then the next wait says so.
        let _ = kill_process(pid, signal);
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    u8::try_from(code).unwrap_or(u8::MAX)
}

fn number(signal: Signal) -> u8 {
    u8::try_from(signal.as_raw()).unwrap_or_default()
}

/// The signals that ask this program to end.
struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
}

impl Signals {
    fn new() -> Self {
        let listen = |kind| unix::signal(kind).expect("these signals may be handled");
        Self {
            interrupt: listen(SignalKind::interrupt()),
            terminate: listen(SignalKind::terminate()),
        }
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
        }
    }
}

/// Where components are kept; the same folder as the command line's.
fn cache_dir() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(cache) = folder("GOODGO_CACHE") {
        return Some(cache);
    }
    if rustix::process::geteuid().is_root() {
        return Some(PathBuf::from("/var/cache/goodgo"));
    }
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    Some(cache?.join("goodgo"))
}

/// Says what takes time, and nothing when everything is there already.
fn tell(component: &str, event: Event) {
    match event {
        Event::Waiting => eprintln!("{component}: waiting for another installation"),
        Event::Trying { source } => eprintln!("{component}: trying {source}"),
        Event::Skipped { source, why } => eprintln!("{component}: {source}: {why}"),
        Event::Running { command, .. } => eprintln!("{component}: running {command}"),
        _ => {}
    }
}
