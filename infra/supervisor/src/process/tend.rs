//! The life of a process from its first start to its end.

use std::rc::Rc;
use std::time::Duration;

use rustix::process::Signal;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::capture::Capture;
use super::{Process, Seen, Stop, program};
use crate::child::Running;
use crate::clock;
use crate::spec::{Restart, Spec, StopSignal};
use crate::status::{Cause, Exit, ExitStatus, State};

const FIRST_DELAY: Duration = Duration::from_millis(100);
const LAST_DELAY: Duration = Duration::from_secs(30);
/// A process that ran this long is well: its next delay is the first again.
const WELL_AFTER: Duration = Duration::from_secs(60);
/// How long a start waits for the processes it comes after.
const OTHERS_WITHIN: Duration = Duration::from_secs(60);

impl Process {
    /// The task: returns when the process has ended for good.
    pub(super) async fn tend(
        self: Rc<Self>,
        adopted: Option<Running>,
        after: Vec<watch::Receiver<Seen>>,
    ) {
        let spec = self.spec();
        if adopted.is_none() {
            tokio::select! {
                () = others_ready(after) => {}
                _ = self.ordered() => {}
            }
        }
        self.live(&spec, adopted).await;
        if self.stop.borrow().is_some_and(|stop| stop.forget)
            && let Err(error) = self.forget()
        {
            self.event("not forgotten", &error.to_string());
        }
        self.enter(State::Exited);
        self.seen.send_modify(|seen| seen.over = true);
    }

    async fn live(&self, spec: &Spec, mut adopted: Option<Running>) {
        let mut delay = FIRST_DELAY;
        let mut first = true;
        loop {
            if self.stopping() && adopted.is_none() {
                return;
            }
            if !std::mem::take(&mut first) {
                self.update(|record| record.restarts += 1);
            }
            let begun = Instant::now();
            let exit = match self.run(spec, adopted.take()).await {
                Ok(exit) => exit,
                Err(why) => failed(why),
            };
            self.note(exit);
            let job = self.record.borrow().job.is_some();
            if job || self.stopping() || spec.restart == Restart::Never {
                return;
            }
            if begun.elapsed() > WELL_AFTER {
                delay = FIRST_DELAY;
            }
            self.enter(State::Backoff);
            tokio::select! {
                () = sleep(delay) => {}
                () = self.hurry.notified() => {}
                _ = self.ordered() => return,
            }
            delay = (delay * 2).min(LAST_DELAY);
        }
    }

    /// Runs the process once, from its start to its end.
    async fn run(&self, spec: &Spec, adopted: Option<Running>) -> Result<Exit, String> {
        let capture = Capture::open(&self.context, &self.key(), spec).map_err(causes)?;
        let running = match adopted {
            Some(running) => running,
            None => {
                self.enter(State::Preparing);
                let prepared = self.prepare(spec, &capture).await;
                if self.stopping() {
                    return Ok(stopped_before());
                }
                prepared?;
                self.launch(spec, &capture)?
            }
        };
        self.pid.set(Some(running.identity.pid));
        let cause = tokio::select! {
            biased;
            () = running.ended() => Cause::Itself,
            stop = self.ordered() => {
                self.update(|record| record.stopping = stop.forget);
                self.terminate(&running, spec, stop.grace_ms).await;
                Cause::Asked
            }
            cause = self.watch(spec) => {
                self.event("unwell", &format!("{cause:?}"));
                self.terminate(&running, spec, None).await;
                cause
            }
        };
        let status = running.end(&self.context.ends, &self.context.mark(&self.key())).await;
        capture.finish();
        Ok(Exit { at_ms: clock::now_ms(), status, cause })
    }

    fn launch(&self, spec: &Spec, capture: &Capture) -> Result<Running, String> {
        let mark = self.context.mark(&self.key());
        // On disk before the process exists: see `records`.
        self.update(|record| {
            record.process = None;
            record.was_ready = false;
            record.started_ms = Some(clock::now_ms());
        });
        let (out, err) = capture.for_process().map_err(causes)?;
        let program = program(spec, self.context.paths.dir(), &mark);
        let running = Running::start(&program, out, err)
            .map_err(|why| format!("{}: {why}", spec.command.display()))?;
        self.pid.set(Some(running.identity.pid));
        self.update(|record| record.process = Some(running.identity.clone()));
        self.event("started", &spec.command.display().to_string());
        Ok(running)
    }

    /// Asks the process to end, and makes it end when it does not.
    async fn terminate(&self, running: &Running, spec: &Spec, grace_ms: Option<u64>) {
        self.enter(State::Stopping);
        running.signal(match spec.stop_signal {
            StopSignal::Term => Signal::TERM,
            StopSignal::Int => Signal::INT,
            StopSignal::Quit => Signal::QUIT,
        });
        let grace_ms = grace_ms.unwrap_or(spec.grace_ms);
        if timeout(Duration::from_millis(grace_ms), running.ended()).await.is_err() {
            self.event("killed", &format!("it did not end within {grace_ms} ms"));
            running.kill();
            running.ended().await;
        }
    }

    /// Records an end.
    fn note(&self, exit: Exit) {
        self.event("ended", &exit.to_string());
        self.pid.set(None);
        self.update(|record| {
            record.process = None;
            record.last_exit = Some(exit);
            if let Some(job) = &mut record.job {
                job.ended = true;
            }
        });
        self.seen.send_modify(|seen| seen.ends += 1);
    }

    /// Completes when the process is to stop.
    pub(super) async fn ordered(&self) -> Stop {
        let mut orders = self.stop.subscribe();
        let order = orders.wait_for(Option::is_some).await;
        order.ok().and_then(|order| *order).expect("the sender is a field of the same process")
    }
}

fn failed(why: String) -> Exit {
    let cause = Cause::NotStarted { why };
    Exit { at_ms: clock::now_ms(), status: ExitStatus::Unknown, cause }
}

fn stopped_before() -> Exit {
    Exit { at_ms: clock::now_ms(), status: ExitStatus::Unknown, cause: Cause::Asked }
}

/// An error with its cause in one line.
fn causes(error: crate::Error) -> String {
    match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Waits until the others are ready, or will not be: then the process has to
/// find out itself, as it does when they fail later.
async fn others_ready(others: Vec<watch::Receiver<Seen>>) {
    let all = async {
        for mut other in others {
            let settled = |seen: &Seen| seen.state == State::Ready || seen.over;
            let _ = other.wait_for(settled).await;
        }
    };
    let _ = timeout(OTHERS_WITHIN, all).await;
}
