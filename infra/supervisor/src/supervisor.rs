//! The set of all processes, and what can be asked about it.

mod jobs;
pub(crate) mod recover;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use tokio::sync::{Notify, watch};

use crate::context::Context;
use crate::logs::tail;
use crate::process::{Process, Stop};
use crate::protocol::{Failure, LogLine};
use crate::records::Record;
use crate::spec::Spec;
use crate::status::{State, Status};

/// Lines that go with a failure.
const LAST_LINES: usize = 20;
const LONGEST_KEY: usize = 120;

/// Everything that one supervisor looks after.
#[derive(Debug)]
pub(crate) struct Supervisor {
    pub(crate) context: Rc<Context>,
    processes: RefCell<BTreeMap<String, Rc<Process>>>,
    next_order: Cell<u64>,
    closing: Cell<bool>,
    /// Told when the supervisor is to end.
    pub(crate) end: Notify,
}

impl Supervisor {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        Self {
            context,
            processes: RefCell::default(),
            next_order: Cell::new(0),
            closing: Cell::new(false),
            end: Notify::new(),
        }
    }

    pub(crate) fn closing(&self) -> bool {
        self.closing.get()
    }

    /// See [`Request::Start`](crate::Request::Start).
    pub(crate) async fn start(&self, key: &str, spec: Spec) -> Result<Status, Failure> {
        check(key, &spec)?;
        loop {
            let Some(process) = self.get(key) else { break };
            if process.is_over() {
                self.processes.borrow_mut().remove(key);
            } else if process.stopping() {
                process.over().await;
            } else if process.spec() != spec {
                return Err(conflict(key, &process.spec(), &spec));
            } else {
                process.hurry();
                return Ok(process.status());
            }
        }
        self.add(key, spec, None).map(|process| process.status())
    }

    /// Records and begins a new process.
    fn add(
        &self,
        key: &str,
        spec: Spec,
        job: Option<crate::records::Job>,
    ) -> Result<Rc<Process>, Failure> {
        if self.closing() {
            return Err(Failure::ShuttingDown);
        }
        let order = self.next_order.get();
        self.next_order.set(order + 1);
        let record = Record::new(key, spec, order, job);
        record.save(&self.context.paths).map_err(|error| internal("record the process", &error))?;
        let process = Process::begin(&self.context, record, None, Vec::new());
        self.processes.borrow_mut().insert(key.to_owned(), Rc::clone(&process));
        Ok(process)
    }

    /// See [`Request::Stop`](crate::Request::Stop).
    pub(crate) async fn stop(&self, key: &str, grace_ms: Option<u64>) -> Result<(), Failure> {
        let Some(process) = self.get(key) else { return Ok(()) };
        if process.is_over() {
            process.forget().map_err(|error| internal("forget the process", &error))?;
            self.processes.borrow_mut().remove(key);
        } else {
            process.stop(Stop { grace_ms, forget: true });
            process.over().await;
        }
        Ok(())
    }

    /// See [`Request::Wait`](crate::Request::Wait).
    pub(crate) async fn wait(&self, key: &str, patience: u32) -> Result<Status, Failure> {
        let process = self.get(key).ok_or_else(|| Failure::Unknown { key: key.to_owned() })?;
        let mut seen = process.seen();
        let failed_already = seen.borrow().state == State::Backoff;
        let tolerated = seen.borrow().ends - u64::from(failed_already) + u64::from(patience);
        loop {
            let now = seen.borrow_and_update().clone();
            if process.stopping() {
                return Err(Failure::Stopped { key: key.to_owned() });
            }
            if now.state == State::Ready {
                return Ok(process.status());
            }
            if now.state == State::Exited || now.ends > tolerated {
                return Err(self.not_ready(&process));
            }
            if seen.changed().await.is_err() {
                return Err(Failure::Stopped { key: key.to_owned() });
            }
        }
    }

    fn not_ready(&self, process: &Process) -> Failure {
        let spec = process.spec();
        match process.last_exit() {
            Some(exit) => {
                let last_lines = self.last_lines(&process.key(), &spec.name);
                Failure::NotReady { name: spec.name, exit, last_lines }
            }
            None => Failure::Stopped { key: process.key() },
        }
    }

    fn last_lines(&self, key: &str, name: &str) -> Vec<LogLine> {
        let mut wanted = |line: &LogLine| line.key == key;
        tail::last(self.context.logs.dir(), name, LAST_LINES, &mut wanted).unwrap_or_default()
    }

    /// All processes in start order.
    pub(crate) fn list(&self) -> Vec<Status> {
        self.in_order().iter().map(|process| process.status()).collect()
    }

    /// Stops everything in reverse order. What is not forgotten is started
    /// again by the next supervisor.
    pub(crate) async fn stop_all(&self, forget: bool) {
        self.closing.set(true);
        for process in self.in_order().iter().rev() {
            match (process.is_over(), forget) {
                (true, true) => drop(process.forget()),
                (true, false) => {}
                (false, _) => {
                    process.stop(Stop { grace_ms: None, forget });
                    process.over().await;
                }
            }
        }
        if forget {
            self.processes.borrow_mut().clear();
        }
    }

    /// Refuses everything new: the supervisor is about to end.
    pub(crate) fn close(&self) {
        self.closing.set(true);
    }

    /// The process with this key. One that was stopped is not there any more.
    pub(crate) fn get(&self, key: &str) -> Option<Rc<Process>> {
        self.sweep();
        self.processes.borrow().get(key).cloned()
    }

    fn sweep(&self) {
        self.processes.borrow_mut().retain(|_, process| !process.is_over() || !process.stopping());
    }

    fn in_order(&self) -> Vec<Rc<Process>> {
        self.sweep();
        let mut all: Vec<_> = self.processes.borrow().values().cloned().collect();
        all.sort_by_key(|process| process.order());
        all
    }

    /// What to watch for a process that comes after these.
    fn after(&self, keys: &[String]) -> Vec<watch::Receiver<crate::process::Seen>> {
        keys.iter().filter_map(|key| Some(self.get(key)?.seen())).collect()
    }
}

/// Refuses what could not be run at all.
fn check(key: &str, spec: &Spec) -> Result<(), Failure> {
    let plain = |text: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        !text.is_empty()
            && text.len() <= LONGEST_KEY
            && !text.starts_with('.')
            && text.chars().all(allowed)
    };
    let refuse = |why: String| Err(Failure::Invalid { why });
    for text in [key, &spec.name] {
        if !plain(text) {
            return refuse(format!(
                "{text:?} is no key or name: up to {LONGEST_KEY} letters, digits, '.', '_' and '-'"
            ));
        }
    }
    if spec.name == "supervisor" {
        return refuse("the name supervisor is taken by the supervisor's own log".into());
    }
    let programs = spec.prepare.iter().map(|step| &step.command).chain([&spec.command]);
    for command in programs {
        if !command.is_absolute() {
            return refuse(format!("{} is not an absolute path", command.display()));
        }
    }
    Ok(())
}

fn conflict(key: &str, running: &Spec, wanted: &Spec) -> Failure {
    let (running, wanted) = (running.digest(), wanted.digest());
    Failure::Conflict { key: key.to_owned(), running, wanted }
}

/// An error of the supervisor itself for the client.
pub(crate) fn internal(what: &str, error: &dyn std::error::Error) -> Failure {
    let why = match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    Failure::Internal { what: what.to_owned(), why }
}
