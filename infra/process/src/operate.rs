//! What can be asked of the processes that run.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use goodgo_catalogue::{Catalogue, components};
use goodgo_provider::{Error, Finding, LogLine, LogRequest, Operate, ReplicaStatus};
use goodgo_supervisor::{LogQuery, Status};

use crate::kinds::HOST;
use crate::supervise::{Supervise, refused};

/// Answers from the supervisor and the catalogue.
#[derive(Debug)]
pub(crate) struct ProcessOperate {
    pub(crate) directory: PathBuf,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) supervise: Arc<Supervise>,
}

impl ProcessOperate {
    /// The replicas' names of what was asked for; components stand for all of theirs.
    async fn names(&self, asked: &[String]) -> Result<Vec<String>, Error> {
        let list = self.supervise.list().await?;
        let mut names = Vec::new();
        for name in asked {
            let of = list.iter().filter(|status| status.name == *name || component(status) == name);
            let before = names.len();
            names.extend(of.map(|status| status.name.clone()));
            // A job has ended, and a replica of a failed rollout is gone: their logs are not.
            let file = self.directory.join("logs").join(format!("{name}.log"));
            if names.len() == before {
                if !file.is_file() {
                    return Err(unknown(name, &list));
                }
                names.push(name.clone());
            }
        }
        Ok(names)
    }
}

fn unknown(name: &str, list: &[Status]) -> Error {
    let mut known: Vec<&str> = list.iter().map(component).collect();
    known.dedup();
    Error::permanent(format!("nothing called `{name}` has run here"))
        .hint(format!("there is: {}", known.join(", ")))
}

fn component(status: &Status) -> &str {
    status.labels.get("component").map_or(status.name.as_str(), String::as_str)
}

/// Resident memory of a process in bytes: `VmRSS` of `/proc/<pid>/status`, in KiB (proc(5)).
fn memory(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn replica(status: Status) -> ReplicaStatus {
    let address = |(name, port): (&String, &u16)| (name.clone(), format!("{HOST}:{port}"));
    ReplicaStatus {
        component: component(&status).to_owned(),
        state: status.state.to_string(),
        pid: status.pid,
        addresses: status.ports.iter().map(address).collect(),
        restarts: status.restarts,
        since: i64::try_from(status.since_ms / 1000).unwrap_or_default(),
        memory: status.pid.and_then(memory),
        detail: status.last_exit.map(|exit| exit.to_string()),
        replica: status.name,
    }
}

#[async_trait]
impl Operate for ProcessOperate {
    async fn status(&self) -> Result<Vec<ReplicaStatus>, Error> {
        Ok(self.supervise.list().await?.into_iter().map(replica).collect())
    }

    async fn logs(
        &self,
        request: &LogRequest,
        sink: &mut (dyn FnMut(LogLine) + Send),
    ) -> Result<(), Error> {
        let Some(client) = self.supervise.running().await? else {
            return Err(Error::permanent("nothing runs in this environment")
                .hint("bring it up with `deploy` first"));
        };
        let query = LogQuery {
            of: self.names(&request.components).await?,
            since_ms: request.since.and_then(|s| u64::try_from(s.saturating_mul(1000)).ok()),
            lines: request.lines,
            follow: request.follow,
        };
        let mut stream = client.logs(query).await.map_err(refused)?;
        while let Some(line) = stream.next().await.map_err(refused)? {
            sink(LogLine { time: line.time, replica: line.name, text: line.text });
        }
        Ok(())
    }

    async fn doctor(&self) -> Vec<Finding> {
        let catalogue = Arc::clone(&self.catalogue);
        let look = move || components::all().iter().map(|it| finding(&catalogue, it)).collect();
        tokio::task::spawn_blocking(look).await.unwrap_or_default()
    }

    async fn clean(&self) -> Result<(), Error> {
        if let Some(client) = self.supervise.running().await? {
            client.shutdown(true).await.map_err(refused)?;
        }
        Ok(())
    }
}

fn finding(catalogue: &Catalogue, component: &goodgo_catalogue::Component) -> Finding {
    let finding = catalogue.doctor(component);
    let rejected =
        finding.rejected.iter().map(|attempt| format!("{}: {}", attempt.source, attempt.failure));
    let found = match &finding.found {
        Some(installed) => format!("{} from {}", installed.version, installed.source),
        None => std::iter::once("not here yet".to_owned())
            .chain(rejected)
            .collect::<Vec<_>>()
            .join("; "),
    };
    let ways = finding.ways.join(", then ");
    Finding {
        what: format!("{} {}", finding.component, finding.requirement),
        good: finding.found.is_some(),
        found,
        hint: finding.found.is_none().then(|| format!("the next deploy tries {ways}")),
    }
}
