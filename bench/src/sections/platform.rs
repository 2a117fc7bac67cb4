//! Whole commands on what env=local declares: from nothing, with no change, with one.

mod instance;

use std::time::Duration;

use instance::Instance;

use crate::load::{Answers, Load};
use crate::machine::{self, Programs};
use crate::measure::{Usage, summary};
use crate::report::{Row, memory, time};
use crate::{Result, say};

/// How often each is run.
const RUNS: usize = 15;
const FROM_NOTHING: usize = 3;
const ROLLOUTS: usize = 5;
/// Requests a second while a rollout is under way.
const RATE: u32 = 500;
/// How long requests are sent before and after.
const AROUND: Duration = Duration::from_millis(500);

/// Deploys, measures, and destroys.
pub(crate) async fn measure(programs: &Programs) -> Result<Vec<Row>> {
    let instance = Instance::new(programs.platform())?;
    say("components into the cache, if they are not there");
    instance.run(&["deploy", "--yes"]).await?;
    instance.run(&["destroy", "--yes"]).await?;
    let nothing = from_nothing(&instance).await?;
    let same = ["preview", "deploy"];
    say(&format!("{} and {} with no change, {RUNS} times", same[0], same[1]));
    let preview = repeat(&instance, &["preview", "--exit-code"]).await?;
    let deploy = repeat(&instance, &["deploy"]).await?;
    let (rollouts, answers) = rollouts(&instance).await?;
    say("the supervisor at rest");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let resident = machine::resident(&instance.marker());
    instance.run(&["destroy", "--yes"]).await?;
    let peak = [nothing.peak, deploy.peak, rollouts.peak].into_iter().max().unwrap_or_default();
    Ok(vec![
        under("env=local: preview, no change", 60, preview),
        under("env=local: deploy, no change", 150, deploy),
        under("env=local: from nothing to ready, components cached", 3_000, nothing),
        rollout(rollouts, &answers),
        below("peak memory of a deploy", 60, peak, &memory(peak)),
        at_rest(&resident),
    ])
}

async fn from_nothing(instance: &Instance) -> Result<Usage> {
    let mut runs = Vec::new();
    for run in 1..=FROM_NOTHING {
        say(&format!("from nothing to ready: run {run} of {FROM_NOTHING}"));
        runs.push(instance.run(&["deploy", "--yes"]).await?);
        if run < FROM_NOTHING {
            instance.run(&["destroy", "--yes"]).await?;
        }
    }
    Ok(summary(&runs))
}

async fn repeat(instance: &Instance, arguments: &[&str]) -> Result<Usage> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(instance.run(arguments).await?);
    }
    Ok(summary(&runs))
}

/// Changes a setting again and again while requests arrive.
async fn rollouts(instance: &Instance) -> Result<(Usage, Answers)> {
    say(&format!("{ROLLOUTS} rollouts at {RATE} requests a second"));
    let load = Load::start(&instance.uri()?, RATE);
    let mut runs = Vec::new();
    for run in 1..=ROLLOUTS {
        tokio::time::sleep(AROUND).await;
        runs.push(instance.change(run).await?);
    }
    tokio::time::sleep(AROUND).await;
    Ok((summary(&runs), load.stop().await?))
}

fn under(what: &str, millis: u64, usage: Usage) -> Row {
    let limit = Duration::from_millis(millis);
    let measured = format!("{}, {}", time(usage.elapsed), memory(usage.peak));
    Row::new(what, format!("under {}", time(limit)), measured, Some(usage.elapsed < limit))
}

fn below(what: &str, mebibytes: u64, bytes: u64, measured: &str) -> Row {
    Row::new(what, format!("under {mebibytes} MiB"), measured, Some(bytes < mebibytes << 20))
}

fn rollout(usage: Usage, answers: &Answers) -> Row {
    let limit = Duration::from_secs(2);
    let mut measured =
        format!("{}; {} requests, {} failed", time(usage.elapsed), answers.sent, answers.failed());
    for (failure, count) in &answers.failures {
        measured.push_str(&format!("; {count} × {failure}"));
    }
    Row::new(
        "one changed setting, two replicas rolled out",
        format!("under {}, no request of {RATE}/s failed", time(limit)),
        measured,
        Some(usage.elapsed < limit && answers.failed() == 0),
    )
}

fn at_rest(resident: &[(String, u64)]) -> Row {
    let total: u64 = resident.iter().map(|(_, bytes)| bytes).sum();
    let each: Vec<String> =
        resident.iter().map(|(name, bytes)| format!("{name} {}", memory(*bytes))).collect();
    let what = "memory of the supervisor and its keeper at rest";
    if resident.is_empty() {
        return Row::new(what, "under 15.0 MiB", "no supervisor was found", Some(false));
    }
    below(what, 15, total, &format!("{} ({})", memory(total), each.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_request_misses_the_target_and_says_why() {
        let usage = Usage { elapsed: Duration::from_millis(700), peak: 0 };
        let mut answers = Answers { sent: 100, ..Answers::default() };
        assert_eq!(rollout(usage, &answers).reached, Some(true));
        answers.failures.insert("502 Bad Gateway".to_owned(), 1);
        let row = rollout(usage, &answers);
        assert_eq!(row.reached, Some(false));
        assert_eq!(row.measured, "700.0 ms; 100 requests, 1 failed; 1 × 502 Bad Gateway");
    }
}
