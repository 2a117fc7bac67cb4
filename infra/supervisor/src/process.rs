//! Looking after one process: start, probe, restart, stop. One task for each,
//! which alone changes its state; everybody else reads or orders.

mod capture;
mod health;
mod prepare;
mod tend;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use tokio::sync::{Notify, watch};

use crate::child::{Program, Running};
use crate::clock;
use crate::context::Context;
use crate::error::Error;
use crate::records::{self, Record};
use crate::spec::Spec;
use crate::status::{Exit, State, Status};

/// The order to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop {
    /// Instead of the specification's.
    pub(crate) grace_ms: Option<u64>,
    /// Remove the record, too. Otherwise the next supervisor starts it again.
    pub(crate) forget: bool,
}

/// What is known of a process at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) state: State,
    pub(crate) since_ms: u64,
    /// How often it has ended under this supervisor.
    pub(crate) ends: u64,
    /// The task is over: nothing changes any more.
    pub(crate) over: bool,
}

/// One process with everything that is known of it.
#[derive(Debug)]
pub(crate) struct Process {
    context: Rc<Context>,
    record: RefCell<Record>,
    seen: watch::Sender<Seen>,
    stop: watch::Sender<Option<Stop>>,
    /// Ends the delay before the next start.
    hurry: Notify,
    pid: Cell<Option<u32>>,
}

impl Process {
    /// Begins to look after a process; an adopted one runs already.
    pub(crate) fn begin(
        context: &Rc<Context>,
        record: Record,
        adopted: Option<Running>,
        after: Vec<watch::Receiver<Seen>>,
    ) -> Rc<Self> {
        let seen = Seen {
            state: State::Preparing,
            since_ms: clock::now_ms(),
            ends: u64::from(record.last_exit.is_some()),
            over: false,
        };
        let stop = record.stopping.then_some(Stop { grace_ms: None, forget: true });
        let process = Rc::new(Self {
            context: Rc::clone(context),
            pid: Cell::new(adopted.as_ref().map(|running| running.identity.pid)),
            record: RefCell::new(record),
            seen: watch::Sender::new(seen),
            stop: watch::Sender::new(stop),
            hurry: Notify::new(),
        });
        tokio::task::spawn_local(Rc::clone(&process).tend(adopted, after));
        process
    }

    /// Only remembers a process that has ended for good.
    pub(crate) fn ended(context: &Rc<Context>, record: Record) -> Rc<Self> {
        let since_ms = record.last_exit.as_ref().map_or_else(clock::now_ms, |exit| exit.at_ms);
        Rc::new(Self {
            context: Rc::clone(context),
            record: RefCell::new(record),
            seen: watch::Sender::new(Seen { state: State::Exited, since_ms, ends: 1, over: true }),
            stop: watch::Sender::new(None),
            hurry: Notify::new(),
            pid: Cell::new(None),
        })
    }

    pub(crate) fn key(&self) -> String {
        self.record.borrow().key.clone()
    }

    pub(crate) fn order(&self) -> u64 {
        self.record.borrow().order
    }

    pub(crate) fn spec(&self) -> Spec {
        self.record.borrow().spec.clone()
    }

    pub(crate) fn seen(&self) -> watch::Receiver<Seen> {
        self.seen.subscribe()
    }

    pub(crate) fn last_exit(&self) -> Option<Exit> {
        self.record.borrow().last_exit.clone()
    }

    /// The attempt of a job, and whether it has ended.
    pub(crate) fn attempt(&self) -> Option<(String, bool)> {
        let record = self.record.borrow();
        record.job.as_ref().map(|job| (job.attempt.clone(), job.ended))
    }

    pub(crate) fn status(&self) -> Status {
        let (record, seen) = (self.record.borrow(), self.seen.borrow());
        Status {
            key: record.key.clone(),
            name: record.spec.name.clone(),
            state: seen.state,
            pid: self.pid.get(),
            digest: record.spec.digest(),
            restarts: record.restarts,
            since_ms: seen.since_ms,
            started_ms: record.started_ms.filter(|_| self.pid.get().is_some()),
            ports: record.spec.ports.clone(),
            labels: record.spec.labels.clone(),
            last_exit: record.last_exit.clone(),
            job: record.job.is_some(),
        }
    }

    /// Orders the end; [`over`](Self::over) tells when it has come.
    pub(crate) fn stop(&self, stop: Stop) {
        self.stop.send_if_modified(|order| order.replace(stop) != Some(stop));
    }

    pub(crate) fn stopping(&self) -> bool {
        self.stop.borrow().is_some()
    }

    /// Nothing is looked after any more.
    pub(crate) fn is_over(&self) -> bool {
        self.seen.borrow().over
    }

    /// Completes when nothing is looked after any more.
    pub(crate) async fn over(&self) {
        let _ = self.seen.subscribe().wait_for(|seen| seen.over).await;
    }

    /// Starts again now what waits for its next start.
    pub(crate) fn hurry(&self) {
        if self.seen.borrow().state == State::Backoff {
            self.hurry.notify_one();
        }
    }

    fn enter(&self, state: State) {
        self.seen.send_if_modified(|seen| {
            let new = seen.state != state;
            if new {
                (seen.state, seen.since_ms) = (state, clock::now_ms());
            }
            new
        });
    }

    fn event(&self, event: &str, detail: &str) {
        self.context.events.write(event, &self.record.borrow().key, self.pid.get(), detail);
    }

    /// Changes the record, here and on disk. A full disk must not stop a
    /// process: the record is then behind, and the marker finds the process.
    fn update(&self, change: impl FnOnce(&mut Record)) {
        let mut record = self.record.borrow_mut();
        change(&mut record);
        if let Err(error) = record.save(&self.context.paths) {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            let detail = format!("{error}: {}", why.unwrap_or_default());
            self.context.events.write("record not saved", &record.key, None, &detail);
        }
    }

    /// Removes what is on disk.
    pub(crate) fn forget(&self) -> Result<(), Error> {
        let key = self.key();
        capture::remove(&self.context.paths, &key);
        records::remove(&self.context.paths, &key)
    }
}

/// The main program of a specification.
fn program<'a>(spec: &'a Spec, dir: &'a std::path::Path, mark: &'a str) -> Program<'a> {
    Program {
        command: &spec.command,
        args: &spec.args,
        env: &spec.env,
        more_env: None,
        cwd: spec.cwd.as_deref().unwrap_or(dir),
        run_as: spec.run_as,
        mark,
    }
}
