//! Asking before something is lost.
//!
//! What only adds or changes in place goes ahead. What deletes, replaces, interrupts or risks
//! something is shown and asked about. Where nobody can be asked, what may lose data is refused.

use std::io::{self, BufRead, Write};

use goodgo_provider::{Effect, RiskKind};

use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::render::plan::{Mark, View};

/// How much a plan asks of a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Weight {
    /// Goes ahead.
    Light,
    /// Asks on a terminal, goes ahead without one.
    Heavy,
    /// Asks on a terminal, is refused without one.
    Grave,
}

impl Weight {
    pub(crate) fn of(view: &View<'_>) -> Self {
        let grave = |kind| matches!(kind, RiskKind::DataLoss | RiskKind::IrreversibleMigration);
        let mut weight = Self::Light;
        for entry in view.changed() {
            let heavy = matches!(entry.mark, Mark::Delete) || entry.effect == Effect::Outage;
            if entry.risks.iter().any(|risk| grave(risk.kind)) {
                return Self::Grave;
            }
            if heavy || !entry.risks.is_empty() {
                weight = Self::Heavy;
            }
        }
        weight
    }
}

/// Lets a person decide about a plan of some weight.
///
/// # Errors
/// When nobody can be asked and data may be lost.
pub(crate) fn deploy(output: &Output, weight: Weight) -> Result<bool, Failure> {
    match (weight, output.is_interactive()) {
        (Weight::Light, _) | (Weight::Heavy, false) => Ok(true),
        (_, true) => Ok(matches!(ask(output, "Deploy this? [y/N] ")?.as_str(), "y" | "Y" | "yes")),
        (Weight::Grave, false) => Err(unasked("this plan may lose data")),
    }
}

/// Lets a person type the environment's name before everything in it is deleted.
///
/// # Errors
/// When nobody can be asked.
pub(crate) fn destroy(output: &Output, environment: &str) -> Result<bool, Failure> {
    if !output.is_interactive() {
        return Err(unasked("destroying an environment deletes its data"));
    }
    let question =
        format!("This deletes the data of `{environment}` for good. Type its name to go on: ");
    Ok(ask(output, &question)? == environment)
}

/// Lets a person decide whether to take the lock from its owner.
///
/// # Errors
/// When nobody can be asked.
pub(crate) fn unlock(output: &Output) -> Result<bool, Failure> {
    if !output.is_interactive() {
        return Err(unasked("taking the lock from its owner ends what it does"));
    }
    let answer = ask(output, "Take the lock, whoever has it? [y/N] ")?;
    Ok(matches!(answer.as_str(), "y" | "Y" | "yes"))
}

/// Has a person type a new passphrase twice, without showing it.
///
/// # Errors
/// When nobody can be asked, or the two differ.
pub(crate) fn passphrase(output: &Output) -> Result<String, Failure> {
    if !output.is_interactive() {
        return Err(Failure::usage("there is no terminal to ask for a passphrase on")
            .hint("give it in GOODGO_EXPORT_PASSPHRASE"));
    }
    let first = hidden(output, "Passphrase: ")?;
    if first.is_empty() || first != hidden(output, "Once more: ")? {
        return Err(Failure::usage("the passphrase is empty, or the two differ"));
    }
    Ok(first)
}

/// Asks without showing what is typed.
fn hidden(output: &Output, question: &str) -> Result<String, Failure> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let failed = |error: rustix::io::Errno| {
        Failure::failed("cannot hide what is typed on the terminal").because(&error)
    };
    let terminal = io::stdin();
    let shown = tcgetattr(&terminal).map_err(failed)?;
    let mut silent = shown.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Flush, &silent).map_err(failed)?;
    let answer = ask(output, question);
    tcsetattr(&terminal, OptionalActions::Flush, &shown).map_err(failed)?;
    output.error("\n");
    answer
}

fn unasked(why: &str) -> Failure {
    Failure::new(Kind::Refused, format!("{why}, and there is no terminal to ask on"))
        .hint("look at the plan, then run the command again with --yes")
}

fn ask(output: &Output, question: &str) -> Result<String, Failure> {
    let question = output.message_paint().bold(question);
    let mut answer = String::new();
    let read = io::stderr()
        .write_all(question.as_bytes())
        .and_then(|()| io::stdin().lock().read_line(&mut answer));
    read.map_err(|error| Failure::failed("cannot ask on the terminal").because(&error))?;
    Ok(answer.trim().to_owned())
}
