//! What must have run before a process can start.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use super::capture::Capture;
use super::{Process, program};
use crate::child::{Program, Running};
use crate::spec::{Prepare, Spec};
use crate::status::ExitStatus;

impl Process {
    /// Runs the steps that are not done yet.
    pub(super) async fn prepare(&self, spec: &Spec, capture: &Capture) -> Result<(), String> {
        for step in &spec.prepare {
            if step.creates.as_ref().is_none_or(|path| !path.exists()) {
                let ran = self.step(spec, step, capture).await;
                ran.map_err(|why| format!("{} {why}", step.command.display()))?;
            }
        }
        Ok(())
    }

    async fn step(&self, spec: &Spec, step: &Prepare, capture: &Capture) -> Result<(), String> {
        let temporary = step.temporary.as_deref();
        if let Some(temporary) = temporary {
            remove(temporary).map_err(|why| format!("could not begin anew: {why}"))?;
        }
        self.event("prepare", &step.command.display().to_string());
        let mark = format!("{}#prepare", self.context.mark(&self.key()));
        let main = program(spec, self.context.paths.dir(), &mark);
        let program =
            Program { command: &step.command, args: &step.args, more_env: Some(&step.env), ..main };
        let (out, err) = capture.for_process().map_err(|error| error.to_string())?;
        let running = Running::start(&program, out, err)
            .map_err(|why| format!("could not be started: {why}"))?;
        let in_time = tokio::select! {
            in_time = timeout(Duration::from_millis(step.timeout_ms), running.ended()) => in_time,
            _ = self.ordered() => Ok(()), // The caller sees the order, too.
        };
        running.kill(); // Nothing happens to what has ended.
        running.ended().await;
        let status = running.end(&self.context.ends, &mark).await;
        capture.finish();
        match (in_time, status) {
            (Err(_), _) => return Err(format!("did not end within {} ms", step.timeout_ms)),
            (Ok(()), ExitStatus::Code(0)) => {}
            (Ok(()), status) => return Err(status.to_string()),
        }
        match (temporary, &step.creates) {
            (Some(from), Some(to)) => {
                fs::rename(from, to).map_err(|why| format!("left no {}: {why}", from.display()))
            }
            _ => Ok(()),
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
