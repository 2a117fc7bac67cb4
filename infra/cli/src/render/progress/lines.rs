//! One plain line for each thing that happens: for CI and for files.

use goodgo_engine::{Event, Skip, StepInfo};

use crate::output::Output;
use crate::render::duration::{count, duration};
use crate::render::paint::{self, Paint};
use crate::render::words;

pub(crate) struct Lines(Output);

impl Lines {
    pub(super) fn new(output: Output) -> Self {
        Self(output)
    }

    pub(super) fn event(&self, event: &Event) {
        let paint = self.0.message_paint();
        let line = match event {
            Event::StepStarted { step } => {
                Some(format!("  {} {} …", words::verb(step.operation), words::name(&step.urn)))
            }
            Event::StepProgress { step, message } => {
                Some(format!("  {}: {message}", step.urn.name()))
            }
            other => line(other, paint),
        };
        line.iter().for_each(|line| self.0.message(line));
    }
}

/// The line for what has happened; `None` for what is only under way.
pub(super) fn line(event: &Event, paint: Paint) -> Option<String> {
    let good = paint.paint(paint::GREEN, "✓");
    let bad = paint.paint(paint::RED, "✗");
    Some(match event {
        Event::LockWaiting { owner } => format!("waiting: {owner}"),
        Event::RefreshDone { total, gone, elapsed } if *gone > 0 => {
            format!(
                "looked at {} in {}: {gone} gone",
                count(*total, "resource"),
                duration(*elapsed)
            )
        }
        Event::StepRetrying { step, message, attempt, wait } => {
            let name = words::name(&step.urn);
            format!("! {name}: {message}; attempt {attempt} in {}", duration(*wait))
        }
        Event::StepSucceeded { step, elapsed } => {
            format!(
                "{good} {}{}",
                done(step),
                paint.dim(format_args!(" in {}", duration(*elapsed)))
            )
        }
        Event::StepFailed { step, message, .. } => {
            format!(
                "{bad} could not {} {}: {message}",
                words::verb(step.operation),
                words::name(&step.urn)
            )
        }
        Event::StepSkipped { step, because } => skipped(step, because, paint)?,
        Event::UndoStarted { urn, steps } => {
            format!("↩ taking back {} of {}", count(*steps, "step"), words::name(urn))
        }
        Event::StepUndone { step, elapsed } => {
            format!("↩ took back {} in {}", words::name(&step.urn), duration(*elapsed))
        }
        Event::UndoFailed { step, message } => {
            format!("{bad} could not take back {}: {message}", words::name(&step.urn))
        }
        Event::Stopping { running, at_once: false } => format!(
            "stopping after {}; Ctrl-C again stops at once",
            count(*running, "running step")
        ),
        Event::Stopping { running, at_once: true } => {
            format!("stopping at once: {} dropped", count(*running, "running step"))
        }
        _ => return None,
    })
}

fn done(step: &StepInfo) -> String {
    format!("{} {}", words::past(step.operation), words::name(&step.urn))
}

fn skipped(step: &StepInfo, because: &Skip, paint: Paint) -> Option<String> {
    let why = match because {
        Skip::Needs(urn) => format!("needs {}", words::name(urn)),
        Skip::Undone => "its component was taken back".to_owned(),
        // Told once, for all of them, when the stopping began.
        Skip::Stopped => return None,
    };
    let name = words::name(&step.urn);
    Some(paint.dim(format_args!("· {} {name} left out: {why}", words::verb(step.operation))))
}
