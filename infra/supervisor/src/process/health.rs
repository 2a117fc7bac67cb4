//! Watching a running process until something is wrong with it.

use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::{Process, program};
use crate::clock;
use crate::probe;
use crate::spec::{Probe, Spec};
use crate::status::{Cause, State};

/// The first questions come quickly: most processes are ready within a blink,
/// and every deploy waits for them.
const FIRST_INTERVAL: Duration = Duration::from_millis(10);

impl Process {
    /// Completes when the process must be stopped, with the reason.
    pub(super) async fn watch(&self, spec: &Spec) -> Cause {
        if let Some(timeout_ms) = self.job_timeout() {
            self.enter(State::Starting);
            sleep(Duration::from_millis(timeout_ms)).await;
            return Cause::TimedOut { after_ms: timeout_ms };
        }
        if !self.record.borrow().was_ready {
            self.enter(State::Starting);
            if let Err(cause) = self.become_ready(spec).await {
                return cause;
            }
            self.update(|record| record.was_ready = true);
            self.event("ready", &self.took());
        }
        self.enter(State::Ready);
        tokio::select! {
            never = self.keep_ready(spec) => never,
            cause = self.keep_alive(spec) => cause,
        }
    }

    fn job_timeout(&self) -> Option<u64> {
        self.record.borrow().job.as_ref().map(|job| job.timeout_ms)
    }

    fn took(&self) -> String {
        let started = self.record.borrow().started_ms.unwrap_or_default();
        format!("{} ms after its start", clock::now_ms().saturating_sub(started))
    }

    async fn become_ready(&self, spec: &Spec) -> Result<(), Cause> {
        let Some(readiness) = &spec.readiness else { return Ok(()) };
        let deadline = Instant::now() + Duration::from_millis(spec.start_timeout_ms);
        let slowest = Duration::from_millis(readiness.interval_ms).max(FIRST_INTERVAL);
        let (mut interval, mut last) = (FIRST_INTERVAL, "it was never asked".to_owned());
        loop {
            match timeout_at(deadline, self.ask(readiness, spec)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(why)) => last = why,
                Err(_) => {}
            }
            if Instant::now() + interval > deadline {
                return Err(Cause::NeverReady { within_ms: spec.start_timeout_ms, last });
            }
            sleep(interval).await;
            interval = (interval * 5 / 4).min(slowest);
        }
    }

    /// Shows whether the process is ready; never a reason to stop it.
    async fn keep_ready(&self, spec: &Spec) -> Cause {
        let Some(readiness) = &spec.readiness else { return pending().await };
        let mut failures = 0;
        loop {
            sleep(Duration::from_millis(readiness.interval_ms)).await;
            match self.ask(readiness, spec).await {
                Ok(()) => {
                    failures = 0;
                    if self.seen.borrow().state == State::Unhealthy {
                        self.event("ready again", "");
                    }
                    self.enter(State::Ready);
                }
                Err(why) => {
                    failures += 1;
                    if failures == readiness.failures.max(1) {
                        self.event("not ready", &why);
                        self.enter(State::Unhealthy);
                    }
                }
            }
        }
    }

    async fn keep_alive(&self, spec: &Spec) -> Cause {
        let Some(liveness) = &spec.liveness else { return pending().await };
        let mut failures = 0;
        loop {
            sleep(Duration::from_millis(liveness.interval_ms)).await;
            match self.ask(liveness, spec).await {
                Ok(()) => failures = 0,
                Err(last) => {
                    failures += 1;
                    if failures >= liveness.failures.max(1) {
                        return Cause::NotAlive { last };
                    }
                }
            }
        }
    }

    async fn ask(&self, probe: &Probe, spec: &Spec) -> Result<(), String> {
        let mark = format!("{}#probe", self.context.mark(&self.key()));
        probe::ask(probe, spec, &program(spec, self.context.paths.dir(), &mark)).await
    }
}
