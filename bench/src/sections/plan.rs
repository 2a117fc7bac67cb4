//! The pure planner on graphs of three sizes in which nothing changed.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use goodgo_bench::Data;
use goodgo_model::{Existing, Graph, Map, Snapshot, Value};
use goodgo_plan::{Observations, Options, Request};
use goodgo_provider::Registry;
use serde_json::json;

use crate::machine::status;
use crate::measure::median;
use crate::report::{Row, thousands, time};
use crate::{Result, print, say};

/// The command by which this program plans in a process of its own.
pub(crate) const HIDDEN: &str = "__plan";

const PROJECT: &str = "goodgo-bench";
const ENVIRONMENT: &str = "plan";
/// Memory over the inputs, in bytes a resource.
const MEMORY: u64 = 1 << 10;

/// How many resources, and the time to stay under.
const SIZES: [(usize, Duration); 3] = [
    (1_000, Duration::from_millis(10)),
    (10_000, Duration::from_millis(100)),
    (100_000, Duration::from_millis(1_500)),
];

/// Plans each size in a process of its own.
pub(crate) async fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (count, limit) in SIZES {
        say(&format!("planning {} resources", thousands(count)));
        let mut command = Command::new(std::env::current_exe()?);
        command.args([HIDDEN, &count.to_string()]);
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let field = |name: &str| answer[name].as_u64().ok_or("the planner gave no answer");
        let (elapsed, bytes) = (Duration::from_nanos(field("nanos")?), field("bytes")?);
        let each = bytes / count as u64;
        rows.push(Row::new(
            format!("plan {} resources, nothing changed", thousands(count)),
            format!("under {}, 1 KiB a resource", time(limit)),
            format!("{}, {each} B a resource", time(elapsed)),
            Some(elapsed < limit && each < MEMORY),
        ));
    }
    Ok(rows)
}

/// What the hidden command does: plans `count` resources, and tells time and memory as JSON.
///
/// # Errors
/// When the plan is not the one expected.
pub(crate) fn alone(count: &str) -> Result<()> {
    let count: usize = count.parse()?;
    let graph = goodgo_bench::graph(PROJECT, ENVIRONMENT, count).map_err(|it| it.to_string())?;
    let snapshot = snapshot(&graph);
    let registry = Registry::new().with(Arc::new(Data));
    let request = Request {
        environment: ENVIRONMENT,
        project: PROJECT,
        graph: &graph,
        snapshot: &snapshot,
        observed: &Observations::new(),
        providers: registry.inspectors(),
        options: &Options::default(),
    };
    // The peak so far is that of building the inputs. "5" resets it (proc(5), clear_refs).
    std::fs::write("/proc/self/clear_refs", "5")?;
    let before = status("self", "VmRSS").unwrap_or_default();
    let mut times = vec![once(&request)?];
    let peak = status("self", "VmHWM").unwrap_or_default();
    let runs = (100_000 / count).clamp(5, 50);
    for _ in 1..runs {
        times.push(once(&request)?);
    }
    let nanos = u64::try_from(median(times).as_nanos())?;
    print(&json!({ "nanos": nanos, "bytes": peak.saturating_sub(before) }).to_string());
    Ok(())
}

fn once(request: &Request<'_>) -> Result<Duration> {
    let started = Instant::now();
    let plan = goodgo_plan::plan(request)?;
    let elapsed = started.elapsed();
    if !plan.is_empty() || plan.steps.len() != request.graph.len() {
        return Err("the plan is not the empty one that it has to be".into());
    }
    Ok(elapsed)
}

/// The state after all of it was made.
fn snapshot(graph: &Graph) -> Snapshot {
    let mut resources: Vec<Arc<Existing>> = Vec::with_capacity(graph.len());
    for (at, resource) in graph.resources().iter().enumerate() {
        let needs = graph.dependencies(at);
        let input = match needs.first() {
            Some(&need) => resources[need].outputs["output"].clone(),
            None => resource.inputs.get("input").cloned().unwrap_or(Value::Null),
        };
        let mut dependencies: Vec<_> =
            needs.iter().map(|&need| graph.resources()[need].urn.clone()).collect();
        dependencies.sort_unstable();
        resources.push(Arc::new(Existing {
            urn: resource.urn.clone(),
            kind: resource.kind.clone(),
            custom: true,
            id: format!("id-{at}"),
            inputs: Map::from([("input".into(), input.clone())]),
            outputs: Map::from([("input".into(), input.clone()), ("output".into(), input)]),
            parent: None,
            dependencies,
            delete: false,
            protect: false,
            retain_on_delete: false,
            incomplete: false,
            created: 0,
            modified: 0,
            location: resource.location.clone(),
        }));
    }
    Snapshot { serial: 1, resources, pending: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_needs_no_change() {
        alone("20").unwrap();
    }
}
