//! What deploy, destroy and import share: showing the plan, asking, and telling how it ended.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use goodgo_engine::{Cancel, Confirm, Counts, End, Engine, Outcome, Stop};
use goodgo_plan::Plan;
use goodgo_provider::Runtime;
use goodgo_state::Session;
use serde_json::json;

use crate::app::App;
use crate::confirm::{self, Weight};
use crate::error::{Failure, Kind, Report};
use crate::render::duration::{count, duration};
use crate::render::plan::{self, View};
use crate::render::progress::Progress;
use crate::render::words;

/// Does a command that changes something: takes the lock, does `work`, gives the lock back.
///
/// # Errors
/// When it could not begin, was not agreed to, was stopped, or a step failed.
pub(crate) async fn carry_out(
    app: &App,
    runtime: &dyn Runtime,
    progress: &Progress,
    (command, question): (&str, Question),
    work: impl AsyncFnOnce(&Engine, &Session, &Review<'_>) -> Result<Outcome, goodgo_engine::Error>,
) -> Result<Outcome, Failure> {
    let cancel = Cancel::new();
    let engine = app.engine(runtime, progress, &cancel)?;
    let session = app.session(command).await?;
    let review = Review::new(app, progress, &cancel, question);
    let outcome = work(&engine, &session, &review).await;
    // The lock is given back even when the run could not go on; why it could not comes first.
    let closed = session.finish().await;
    progress.clear();
    let outcome = outcome?;
    closed?;
    review.judge(&outcome)?;
    Ok(outcome)
}

/// What a person is asked before a plan is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Question {
    /// Nothing: `--yes` was given.
    None,
    /// Whether to deploy, if the plan is one to ask about.
    Deploy,
    /// The environment's name, if anything is to be deleted.
    Destroy,
}

/// Shows a plan and asks about it.
pub(crate) struct Review<'a> {
    pub(crate) app: &'a App,
    pub(crate) progress: Progress,
    pub(crate) cancel: Cancel,
    pub(crate) question: Question,
    /// Why nobody could be asked.
    failure: Mutex<Option<Failure>>,
}

impl<'a> Review<'a> {
    pub(crate) fn new(
        app: &'a App,
        progress: &Progress,
        cancel: &Cancel,
        question: Question,
    ) -> Self {
        let (progress, cancel) = (progress.clone(), cancel.clone());
        Self { app, progress, cancel, question, failure: Mutex::new(None) }
    }

    fn show(&self, view: &View<'_>) -> Result<(), Failure> {
        let output = &self.app.output;
        if output.json {
            return output.json_line(&plan::json(view));
        }
        let paint = output.message_paint();
        output.message(plan::tree(view, paint, false).trim_end_matches('\n'));
        output.message(&format!("\n{}", plan::summary(view, paint)));
        Ok(())
    }

    async fn ask(&self, weight: Weight) -> Result<bool, Failure> {
        let output = self.app.output;
        let (question, environment) = (self.question, self.app.program.environment);
        let asked = tokio::task::spawn_blocking(move || match question {
            Question::None => Ok(true),
            Question::Deploy => confirm::deploy(&output, weight),
            Question::Destroy => confirm::destroy(&output, environment),
        });
        // The thread that reads the terminal cannot be woken: Ctrl-C leaves it behind.
        tokio::select! {
            answer = asked => answer.unwrap_or(Ok(false)),
            () = self.cancel.reached(Stop::Clean) => {
                output.error("\n"); // The question's line has no end.
                Ok(false)
            }
        }
    }

    /// Turns how it ended into success or a failure with advice.
    pub(crate) fn judge(self, outcome: &Outcome) -> Result<(), Failure> {
        let refused = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        match outcome.end {
            End::Done => Ok(()),
            End::Declined if self.cancel.is_requested() => Err(stopped(outcome)),
            End::Declined => Err(refused.unwrap_or_else(|| {
                Failure::new(Kind::Refused, "nothing was changed: the plan was not agreed to")
            })),
            End::Stopped => Err(stopped(outcome)),
            End::Failed => Err(failed(outcome)),
        }
    }
}

#[async_trait]
impl Confirm for Review<'_> {
    async fn confirm(&self, plan: &Plan) -> bool {
        self.progress.clear();
        let view = View::new(plan);
        let weight = Weight::of(&view);
        let shown = self.show(&view);
        drop(view);
        let answer = match shown {
            Ok(()) => self.ask(weight).await,
            Err(failure) => Err(failure),
        };
        answer.unwrap_or_else(|failure| {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
            false
        })
    }
}

fn stopped(outcome: &Outcome) -> Failure {
    let message = match sentence(&outcome.done) {
        Some(done) => format!("stopped: {done}, {} left", count(outcome.skipped.len(), "step")),
        None => "stopped: nothing was changed".to_owned(),
    };
    Failure::new(Kind::Interrupted, message).hint("run the same command again to go on from here")
}

fn failed(outcome: &Outcome) -> Failure {
    let mut reports: Vec<Report> = outcome.failures.iter().cloned().map(Report::from).collect();
    for undone in &outcome.undone {
        let name = words::name(&undone.urn);
        for failure in &undone.failures {
            let mut report = Report::from(failure.clone());
            report.message = format!("and it could not be taken back: {}", report.message);
            reports.push(report);
        }
        if let Some(report) = reports.first_mut().filter(|_| undone.old_serves) {
            report.hints.push(format!(
                "what this deploy did to {name} was taken back: it serves as before"
            ));
        }
    }
    if reports.is_empty() {
        reports.push(Report::new("not everything could be done"));
    }
    let left = outcome.skipped.len();
    if let Some(report) = reports.last_mut().filter(|_| left > 0) {
        let left = count(left, "step");
        report.hints.push(format!(
            "{left} that needed it did not run; mend the cause and run the command again"
        ));
    }
    Failure { kind: Kind::Failed, reports }
}

/// `3 created, 1 deleted`; `None` when nothing was done.
pub(crate) fn sentence(done: &Counts) -> Option<String> {
    let Counts { same: _, create, update, replace, delete, import, forget, refresh } = *done;
    let parts = [
        (create, "created"),
        (update, "updated"),
        (replace, "replaced"),
        (delete, "deleted"),
        (import, "imported"),
        (forget, "forgotten"),
        (refresh, "refreshed"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Tells how a run went that did what it was to do.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn tell(
    app: &App,
    outcome: &Outcome,
    addresses: &[(String, String)],
) -> Result<(), Failure> {
    let output = &app.output;
    if output.json {
        let addresses: serde_json::Map<_, _> = addresses
            .iter()
            .map(|(name, address)| (name.clone(), address.as_str().into()))
            .collect();
        return output.json_line(&json!({
            "event": "result",
            "done": outcome.done,
            "changes": outcome.done.changes(),
            "elapsed": outcome.elapsed.as_secs_f64(),
            "addresses": addresses,
        }));
    }
    let paint = output.message_paint();
    let elapsed = duration(outcome.elapsed);
    let total = count(outcome.plan.steps.len(), "resource");
    match sentence(&outcome.done) {
        Some(done) => output.message(&paint.bold(format_args!("done: {done} in {elapsed}"))),
        None => output.message(&format!("no changes ({total}, {elapsed})")),
    }
    let width = addresses.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, address) in addresses {
        text.push_str(&format!("  {name:width$}  {address}\n"));
    }
    output.result(&text)
}
