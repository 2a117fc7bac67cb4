//! Running a command and taking its time and memory.

use std::io::{Read as _, Seek as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

use crate::Result;

/// What one run of a command took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// From its start until it had ended.
    pub(crate) elapsed: Duration,
    /// The most memory that was resident at once, in bytes (`ru_maxrss` of getrusage(2)). It is
    /// never less than what this program had when it started the command, which is little
    /// because all heavy work is done by other processes.
    pub(crate) peak: u64,
}

/// Runs a command to its end. What it prints is only shown when it fails.
pub(crate) async fn run(mut command: Command) -> Result<Usage> {
    tokio::task::spawn_blocking(move || blocking(&mut command)).await?
}

/// [`run`] for where nothing asynchronous runs any more.
pub(crate) fn blocking(command: &mut Command) -> Result<Usage> {
    let mut output = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    let started = Instant::now();
    let child = command.spawn().map_err(|error| format!("{}: {error}", name(command)))?;
    let ended = child.wait4()?;
    let elapsed = started.elapsed();
    if !ended.status.success() {
        let mut text = String::new();
        output.rewind()?;
        output.read_to_string(&mut text)?;
        return Err(
            format!("{} ended with {}:\n{}", name(command), ended.status, text.trim()).into()
        );
    }
    Ok(Usage { elapsed, peak: ended.rusage.maxrss })
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The one in the middle.
///
/// # Panics
/// When there is none.
pub(crate) fn median(mut of: Vec<Duration>) -> Duration {
    of.sort_unstable();
    of[of.len() / 2]
}

/// Median time and greatest memory of several runs.
pub(crate) fn summary(runs: &[Usage]) -> Usage {
    Usage {
        elapsed: median(runs.iter().map(|run| run.elapsed).collect()),
        peak: runs.iter().map(|run| run.peak).max().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_memory_of_a_command_are_taken() {
        let usage = blocking(&mut Command::new("true")).unwrap();
        assert!(usage.peak > 100 << 10, "{usage:?}");
    }

    #[test]
    fn a_command_that_fails_says_what_it_printed() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo the reason >&2; exit 3"]);
        let message = blocking(&mut command).unwrap_err().to_string();
        assert!(message.contains("the reason") && message.contains('3'), "{message}");
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let all = [3, 1, 2].map(Duration::from_secs).to_vec();
        assert_eq!(median(all), Duration::from_secs(2));
    }
}
