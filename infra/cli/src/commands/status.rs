//! `status`: what runs.

use clap::Args;
use goodgo_provider::ReplicaStatus;
use time::OffsetDateTime;

use crate::app::App;
use crate::error::Failure;
use crate::render::duration::{bytes, duration};
use crate::render::table::table;

const EXAMPLES: &str = "Examples:
  ./just status env=local
  ./just status env=local --json";

/// Show every replica: state, addresses, restarts, memory
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Status {
    /// Answer with exit code 1 unless everything is ready
    #[arg(long)]
    exit_code: bool,
}

impl Status {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let runtime = app.runtime()?;
        let replicas = app.block_on(async { Ok(runtime.operate().status().await?) })?;
        let output = &app.output;
        if output.json {
            output.json_line(&replicas)?;
        } else if replicas.is_empty() {
            output.message("nothing runs");
        } else {
            let now = OffsetDateTime::now_utc().unix_timestamp();
            let rows: Vec<Vec<String>> = replicas.iter().map(|one| row(one, now)).collect();
            let heading = ["replica", "state", "since", "restarts", "memory", "pid", "addresses"];
            output.result(&table(&heading, &rows, output.result_paint()))?;
        }
        let bad =
            replicas.iter().find(|one| !matches!(&*one.state, "ready" | "stopped" | "exited"));
        match bad.filter(|_| self.exit_code) {
            Some(one) => Err(Failure::failed(format!("`{}` is {}", one.replica, one.state))
                .hint(format!("look at its log: `logs {}`", one.component))),
            None => Ok(()),
        }
    }
}

fn row(replica: &ReplicaStatus, now: i64) -> Vec<String> {
    let dash = || "-".to_owned();
    let span = u64::try_from(now - replica.since).unwrap_or_default();
    let addresses: Vec<String> =
        replica.addresses.iter().map(|(port, address)| format!("{port} {address}")).collect();
    let mut last = addresses.join(", ");
    if let Some(detail) = &replica.detail {
        last = if last.is_empty() { detail.clone() } else { format!("{last}  {detail}") };
    }
    vec![
        replica.replica.clone(),
        replica.state.clone(),
        if replica.since == 0 { dash() } else { duration(std::time::Duration::from_secs(span)) },
        replica.restarts.to_string(),
        replica.memory.map_or_else(dash, bytes),
        replica.pid.map_or_else(dash, |pid| pid.to_string()),
        last,
    ]
}
