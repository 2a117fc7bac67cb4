//! Programs that run once.

use std::rc::Rc;

use super::{Supervisor, check, conflict};
use crate::process::Process;
use crate::protocol::{Failure, JobResult};
use crate::records::Job;
use crate::spec::Spec;

impl Supervisor {
    /// See [`Request::Job`](crate::Request::Job).
    pub(crate) async fn job(
        &self,
        key: &str,
        spec: Spec,
        timeout_ms: u64,
        attempt: String,
    ) -> Result<JobResult, Failure> {
        check(key, &spec)?;
        let process = match self.current(key, &spec, &attempt).await? {
            Some(process) => process,
            None => self.add(key, spec, Some(Job { attempt, timeout_ms, ended: false }))?,
        };
        process.over().await;
        let stopped = || Failure::Stopped { key: key.to_owned() };
        let exit = process.last_exit().ok_or_else(stopped)?;
        let last_lines = self.last_lines(key, &process.spec().name);
        Ok(JobResult { exit, last_lines })
    }

    /// The run that answers this call: one that still runs, or the one that this
    /// very attempt began and whose answer was lost with a supervisor.
    async fn current(
        &self,
        key: &str,
        spec: &Spec,
        attempt: &str,
    ) -> Result<Option<Rc<Process>>, Failure> {
        loop {
            let Some(process) = self.get(key) else { return Ok(None) };
            let known = process.attempt();
            if known.as_ref().is_some_and(|(known, _)| known == attempt) {
                return Ok(Some(process));
            }
            if process.is_over() {
                self.processes.borrow_mut().remove(key);
                return Ok(None);
            }
            match known {
                Some((_, false)) if process.spec() == *spec && !process.stopping() => {
                    return Ok(Some(process));
                }
                None if !process.stopping() => {
                    return Err(conflict(key, &process.spec(), spec));
                }
                Some((_, false)) if !process.stopping() => {
                    return Err(conflict(key, &process.spec(), spec));
                }
                _ => process.over().await,
            }
        }
    }
}
