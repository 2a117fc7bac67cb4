//! `logs`: what the workloads print.

use std::time::Duration;

use anstyle::Style;
use clap::Args;
use goodgo_engine::{Cancel, Stop};
use goodgo_provider::{LogLine, LogRequest};
use time::OffsetDateTime;

use crate::app::App;
use crate::error::Failure;
use crate::output::Output;
use crate::render::paint::{CYAN, GREEN, MAGENTA, YELLOW};
use crate::{signals, span};

const EXAMPLES: &str = "Examples:
  ./just logs env=local
  ./just logs env=local auth --follow
  ./just logs env=local --since 10m -n 200
  ./just logs env=local auth --json | jq .text";

/// So many lines are shown when nothing says how many.
const LINES: usize = 100;

/// Show what components print
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Logs {
    /// Components or replicas by name; all when none is given
    components: Vec<String>,
    /// Wait for more, until Ctrl-C
    #[arg(long, short)]
    follow: bool,
    /// From so long ago, as in `10m`
    #[arg(long, value_name = "TIME", value_parser = span::parse)]
    since: Option<Duration>,
    /// At most so many from the end [default: 100, or all with --since]
    #[arg(long, short = 'n', value_name = "N")]
    lines: Option<usize>,
}

impl Logs {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let runtime = app.runtime()?;
        let request = self.request(OffsetDateTime::now_utc().unix_timestamp());
        let output = app.output;
        app.block_on(async {
            let cancel = Cancel::new();
            signals::watch(cancel.clone())?;
            let mut failure = None;
            let mut sink = |line: LogLine| {
                if failure.is_none() {
                    failure = show(&output, &line).err();
                }
            };
            tokio::select! {
                done = runtime.operate().logs(&request, &mut sink) => done?,
                () = cancel.reached(Stop::Clean) => {}
            }
            failure.map_or(Ok(()), Err)
        })
    }

    fn request(self, now: i64) -> LogRequest {
        let back = |span: Duration| now.saturating_sub_unsigned(span.as_secs());
        let enough = self.since.is_none().then_some(LINES);
        LogRequest {
            components: self.components,
            since: self.since.map(back),
            lines: self.lines.or(enough),
            follow: self.follow,
        }
    }
}

fn show(output: &Output, line: &LogLine) -> Result<(), Failure> {
    if output.json {
        return output.json_line(line);
    }
    let paint = output.result_paint();
    let replica = paint.paint(style(&line.replica), &line.replica);
    // Of the time of day, people need no date and no zone.
    let time = line.time.get(11..23).unwrap_or(&line.time);
    output.result(&format!("{} {replica} {}\n", paint.dim(time), line.text))
}

/// Each replica keeps its colour from one run to the next.
fn style(replica: &str) -> Style {
    const STYLES: [Style; 4] = [CYAN, GREEN, MAGENTA, YELLOW];
    let sum: usize = replica.bytes().map(usize::from).sum();
    STYLES[sum % STYLES.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_goes_back_from_now_and_shows_all() {
        let since = Some(Duration::from_secs(600));
        let logs = Logs { components: vec![], follow: false, since, lines: None };
        let request = logs.request(1_000);
        assert_eq!((request.since, request.lines), (Some(400), None));
    }
}
