//! The first thing a supervisor does: find out what the last one has left.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::Supervisor;
use crate::child::{self, Running};
use crate::clock;
use crate::error::Error;
use crate::keeper;
use crate::paths::Paths;
use crate::process::Process;
use crate::procfs::{self, Identity, Stat};
use crate::records::{self, Record};
use crate::spec::Restart;
use crate::status::{Cause, Exit, ExitStatus};

/// Living processes of this environment with their marks, the oldest first.
type Marked = Vec<(Identity, String)>;

impl Supervisor {
    /// Adopts what runs, starts again what should run, ends what nobody knows.
    pub(crate) async fn recover(&self) -> Result<(), Error> {
        let (found, unreadable) = records::load(&self.context.paths)?;
        for path in unreadable {
            self.event("record unreadable, set aside", "", None, &path.display().to_string());
            let _ = std::fs::rename(&path, path.with_extension("unreadable"));
        }
        let marked = self.marked();
        let mut adopted = HashMap::new();
        for record in &found {
            if let Some(running) = self.find(record, &marked) {
                adopted.insert(record.key.clone(), running);
            }
        }
        self.end_strays(&marked, &adopted).await;
        // One time for all: what the keeper knows it has said already.
        let told = Instant::now() + child::WORD_WITHIN / 4;
        for record in found {
            self.next_order.set(self.next_order.get().max(record.order + 1));
            let running = adopted.remove(&record.key);
            self.take_over(record, running, told).await;
        }
        Ok(())
    }

    fn event(&self, event: &str, key: &str, pid: Option<u32>, detail: &str) {
        self.context.events.write(event, key, pid, detail);
    }

    fn marked(&self) -> Marked {
        let prefix = format!("{}/", self.context.instance);
        let mut marked: Marked = child::marked(|mark| mark.starts_with(&prefix))
            .into_iter()
            .filter_map(|(pid, mark)| Some((Identity::of(pid)?, mark)))
            .collect();
        marked.sort_by_key(|(identity, _)| (identity.start_time, identity.pid));
        marked
    }

    /// The process of a record, if it lives: the one that was recorded, or one
    /// that was started and not recorded any more.
    fn find(&self, record: &Record, marked: &Marked) -> Option<Running> {
        let mark = self.context.mark(&record.key);
        let identity = match &record.process {
            Some(identity) => identity,
            None => &marked.iter().find(|(_, found)| *found == mark)?.0,
        };
        Running::adopt(identity).ok().flatten()
    }

    /// Ends what belongs to this environment and to no adopted process: what is
    /// left of dead ones, preparations and probes without a supervisor.
    async fn end_strays(&self, marked: &Marked, adopted: &HashMap<String, Running>) {
        let mine: Vec<String> = adopted.keys().map(|key| self.context.mark(key)).collect();
        let leaders: Vec<u32> = adopted.values().map(|running| running.identity.pid).collect();
        // A program may overwrite its environment, as Redis does for its title.
        // Should it not be recorded either, it is known as the keeper's child.
        let unmarked = children_of_keeper(&self.context.paths)
            .into_iter()
            .filter(|identity| procfs::variable(identity.pid, crate::MARKER).is_none())
            .filter(|identity| !leaders.contains(&identity.pid));
        let strays = marked
            .iter()
            .filter(|(_, mark)| !mine.contains(mark))
            .map(|(identity, _)| identity.clone())
            .chain(unmarked);
        for identity in strays {
            self.event("stray ended", "", Some(identity.pid), "");
            child::kill_group(identity.pid);
            child::kill(identity.pid);
            while identity.alive() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }

    async fn take_over(&self, mut record: Record, running: Option<Running>, told: Instant) {
        let key = record.key.clone();
        if let Some(running) = &running {
            record.process = Some(running.identity.clone());
            let _ = record.save(&self.context.paths);
            self.event("adopted", &key, Some(running.identity.pid), "");
        } else {
            self.note_end(&mut record, told).await;
        }
        let after = self.after(&record.spec.start_after);
        let process = if running.is_none() && is_over(&record) {
            Process::ended(&self.context, record)
        } else {
            Process::begin(&self.context, record, running, after)
        };
        self.processes.borrow_mut().insert(key, process);
    }

    /// A process has ended while nobody looked after it.
    async fn note_end(&self, record: &mut Record, told: Instant) {
        let process = record.process.take();
        // A job that was about to run may have run: never twice for one wish.
        let job_launched =
            record.started_ms.is_some() && record.job.as_ref().is_some_and(|job| !job.ended);
        if process.is_none() && !job_launched {
            return;
        }
        let status = match &process {
            Some(identity) if identity.boot == procfs::boot_id() => {
                child::word(&self.context.ends, identity.pid, told).await
            }
            _ => ExitStatus::Unknown,
        };
        let exit = Exit { at_ms: clock::now_ms(), status, cause: Cause::Itself };
        self.event(
            "ended meanwhile",
            &record.key,
            process.map(|identity| identity.pid),
            &exit.to_string(),
        );
        record.last_exit = Some(exit);
        record.restarts += 1;
        if let Some(job) = &mut record.job {
            job.ended = true;
        }
        let _ = record.save(&self.context.paths);
    }
}

/// Whether a process that does not run is not to run again.
fn is_over(record: &Record) -> bool {
    match &record.job {
        _ if record.stopping => false, // Its task forgets it at once.
        Some(job) => job.ended,
        None => record.spec.restart == Restart::Never && record.last_exit.is_some(),
    }
}

/// What the keeper has inherited from an earlier supervisor: processes with a
/// group of their own, as every process is started.
fn children_of_keeper(paths: &Paths) -> Vec<Identity> {
    let Some(keeper) = keeper::identity(paths) else { return Vec::new() };
    let me = std::process::id();
    let pids = procfs::pids().unwrap_or_default().into_iter();
    pids.filter(|pid| *pid != me)
        .filter_map(|pid| Some((pid, Stat::read(pid)?)))
        .filter(|(pid, stat)| stat.parent == keeper.pid && stat.group == *pid)
        .filter_map(|(pid, _)| Identity::of(pid))
        .collect()
}
