//! A line for each running step with what it last said, and a bar for the whole, on a terminal.
//!
//! Nothing is drawn before there is something to wait for, so that a run without changes shows
//! no flicker and starts no thread.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use goodgo_engine::{Event, StepInfo};
use goodgo_plan::StepId;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::lines::line;
use crate::render::paint::Paint;
use crate::render::words;

/// Looking at the world is only shown when it takes longer.
const PATIENCE: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);
/// More running steps than that do not fit on a screen; they are counted in the bar.
const SHOWN: usize = 12;

pub(crate) struct Bars {
    paint: Paint,
    drawn: Mutex<Option<Drawn>>,
    /// How many steps the plan has. Known before the question, which clears the screen.
    planned: AtomicU64,
}

/// What is on the screen.
struct Drawn {
    all: MultiProgress,
    whole: ProgressBar,
    steps: HashMap<StepId, ProgressBar>,
    begun: Instant,
}

impl Bars {
    pub(super) fn new(paint: Paint) -> Self {
        Self { paint, drawn: Mutex::new(None), planned: AtomicU64::new(0) }
    }

    pub(super) fn clear(&self) {
        if let Some(drawn) = self.lock().take() {
            drawn.steps.values().for_each(ProgressBar::finish_and_clear);
            drawn.whole.finish_and_clear();
        }
    }

    pub(super) fn event(&self, event: Event) {
        let said = line(&event, self.paint);
        if let Event::PlanReady { counts } = &event {
            // The old generations of what is replaced are steps too.
            let steps = (counts.changes() + counts.replace) as u64;
            self.planned.store(steps, Ordering::Relaxed);
            return self.clear();
        }
        let mut guard = self.lock();
        let drawn = guard.get_or_insert_with(Drawn::new);
        drawn.follow(&event, self.planned.load(Ordering::Relaxed));
        if let Some(said) = said {
            drawn.say(&said);
        }
        if matches!(event, Event::RefreshDone { .. }) {
            drop(guard);
            self.clear();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Drawn>> {
        // What is drawn is no invariant that a panic elsewhere could have broken.
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawn {
    fn new() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let whole = ProgressBar::hidden();
        Self { all, whole, steps: HashMap::new(), begun: Instant::now() }
    }

    fn follow(&mut self, event: &Event, planned: u64) {
        match event {
            Event::RefreshProgress { done, total, .. } if self.begun.elapsed() > PATIENCE => {
                self.show(*total as u64, "looking at what there is");
                self.whole.set_position(*done as u64);
            }
            Event::StepStarted { step } => self.start(step, planned),
            Event::StepProgress { step, message } => self.tell(step, message),
            Event::StepRetrying { step, message, .. } => self.tell(step, message),
            Event::StepSucceeded { step, .. }
            | Event::StepFailed { step, .. }
            | Event::StepSkipped { step, .. } => self.end(step),
            Event::UndoStarted { .. } => self.whole.set_message("taking back"),
            _ => {}
        }
    }

    /// Puts the bar of the whole on the screen, if it is not there.
    fn show(&mut self, length: u64, message: &'static str) {
        if !self.whole.is_hidden() {
            return;
        }
        let style =
            ProgressStyle::with_template("  {bar:30.green/dim} {pos}/{len}  {elapsed}  {msg}");
        let bar = ProgressBar::new(length).with_position(self.whole.position());
        let bar = match style {
            Ok(style) => bar.with_style(style.progress_chars("━╸━")),
            Err(_) => bar,
        };
        self.whole = self.all.add(bar.with_message(message));
        self.whole.enable_steady_tick(TICK);
    }

    fn start(&mut self, step: &StepInfo, planned: u64) {
        self.show(planned, "");
        if self.steps.len() >= SHOWN {
            return;
        }
        let style =
            ProgressStyle::with_template("{spinner:.cyan} {prefix} {elapsed:.dim}  {msg:.dim}");
        let prefix = format!("{} {}", words::verb(step.operation), words::name(&step.urn));
        let bar = ProgressBar::new_spinner().with_prefix(prefix);
        let bar = match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        let bar = self.all.insert_before(&self.whole, bar);
        bar.enable_steady_tick(TICK);
        self.steps.insert(step.step, bar);
    }

    fn tell(&self, step: &StepInfo, message: &str) {
        if let Some(bar) = self.steps.get(&step.step) {
            bar.set_message(message.to_owned());
        }
    }

    fn end(&mut self, step: &StepInfo) {
        self.whole.inc(1);
        if let Some(bar) = self.steps.remove(&step.step) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }

    fn say(&self, line: &str) {
        // Fails only when the terminal is gone; then nobody reads it.
        let _ = self.all.println(line);
    }
}
