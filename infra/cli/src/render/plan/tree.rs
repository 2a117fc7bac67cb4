//! A plan on a terminal: components, their resources, what differs, and what it means.

use std::fmt::Write as _;

use goodgo_plan::Reason;
use goodgo_provider::{Change, Effect};

use super::mark::Mark;
use super::view::{Entry, Group, View, effect, reason};
use crate::render::paint::{self, Paint};
use crate::render::values::{short, sides};

/// Where the place of declaration begins, when what is before it is shorter.
const PLACE: usize = 52;

/// The plan as lines, each ended; empty when nothing changes.
pub(crate) fn tree(view: &View<'_>, paint: Paint, details: bool) -> String {
    let mut tree = Tree { text: String::new(), paint, details, destroys: view.destroys() };
    for group in &view.groups {
        tree.group(group);
    }
    tree.text
}

struct Tree {
    text: String,
    paint: Paint,
    details: bool,
    /// Everything is to go: nothing has to be said about why each one does.
    destroys: bool,
}

impl Tree {
    fn group(&mut self, group: &Group<'_>) {
        let depth = usize::from(group.component.is_some());
        if let Some(component) = &group.component {
            self.heading(component);
        }
        for entry in &group.entries {
            self.entry(entry, depth);
        }
        self.text.push('\n');
    }

    fn heading(&mut self, component: &Entry<'_>) {
        self.title(component, 0);
        if component.mark == Mark::Update {
            self.changes(component, 1);
        }
        self.notes(component, 1);
    }

    fn entry(&mut self, entry: &Entry<'_>, depth: usize) {
        self.title(entry, depth);
        if self.details && matches!(entry.mark, Mark::Create | Mark::Import) {
            self.inputs(entry, depth + 1);
        } else {
            self.changes(entry, depth + 1);
        }
        self.notes(entry, depth + 1);
    }

    /// `± Process auth        environments/local/src/main.rs:23`
    fn title(&mut self, entry: &Entry<'_>, depth: usize) {
        let (kind, name) = entry.title();
        let indent = "  ".repeat(depth);
        let width = indent.len() + 3 + kind.len() + name.chars().count();
        let sign = self.paint.paint(entry.mark.style(), entry.mark.sign());
        let name = self.paint.bold(name);
        let _ = write!(self.text, "{indent}{sign} {kind} {name}");
        if let Some(location) = entry.location() {
            let gap = " ".repeat(PLACE.saturating_sub(width).max(2));
            let _ = write!(self.text, "{gap}{}", self.paint.dim(location));
        }
        self.text.push('\n');
    }

    fn changes(&mut self, entry: &Entry<'_>, depth: usize) {
        if matches!(entry.mark, Mark::Create | Mark::Delete | Mark::Forget) {
            return;
        }
        for change in &entry.step.changes {
            let forced = if entry.forces(&change.path) {
                self.paint.paint(paint::MAGENTA, "  forces the replace")
            } else {
                String::new()
            };
            let line = self.change(change);
            self.line(depth + 1, &format!("{line}{forced}"));
        }
    }

    fn change(&self, change: &Change) -> String {
        let path = &change.path;
        match sides(change) {
            (Some(old), Some(new)) => {
                let arrow = self.paint.dim("→");
                let old = self.paint.paint(paint::RED, old);
                format!("{path}: {old} {arrow} {}", self.paint.paint(paint::GREEN, new))
            }
            (None, Some(new)) => format!("{path}: {}", self.paint.paint(paint::GREEN, new)),
            (Some(old), None) => {
                let old = self.paint.paint(paint::RED, old);
                format!("{path}: {old} {}", self.paint.dim("→ removed"))
            }
            (None, None) => path.to_string(),
        }
    }

    fn inputs(&mut self, entry: &Entry<'_>, depth: usize) {
        let inputs = entry.step.new.iter().flat_map(|wanted| &wanted.inputs);
        for (name, value) in inputs {
            let value = self.paint.paint(paint::GREEN, short(value));
            self.line(depth + 1, &format!("{name}: {value}"));
        }
    }

    /// Reasons, effect and risks: what a person decides by.
    fn notes(&mut self, entry: &Entry<'_>, depth: usize) {
        // The property that forces a replace is marked as such above.
        let destroys = self.destroys;
        let told = |reason: &&Reason| match reason {
            Reason::ReplacedFor(_) => false,
            Reason::Removed => !destroys,
            _ => true,
        };
        for reason in entry.step.reasons.iter().filter(told).filter_map(reason) {
            let reason = self.paint.dim(format_args!("why: {reason}"));
            self.line(depth + 1, &reason);
        }
        if let Some(sentence) = effect(entry.effect) {
            let style = match entry.effect {
                Effect::Outage => paint::RED,
                Effect::Restart => paint::YELLOW,
                Effect::None | Effect::Rolling => paint::DIM,
            };
            let sentence = self.paint.paint(style, format_args!("effect: {sentence}"));
            self.line(depth + 1, &sentence);
        }
        for risk in &entry.risks {
            let risk = self.paint.paint(paint::RED, format_args!("risk: {}", risk.message));
            self.line(depth + 1, &risk);
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.text, "{}{text}", "  ".repeat(depth));
    }
}

/// `2 to create, 1 to replace; 14 stay the same` or `no changes`.
pub(crate) fn summary(view: &View<'_>, paint: Paint) -> String {
    let same = view.counts.of(Mark::Same);
    if !view.has_changes() {
        return paint.paint(paint::GREEN, "no changes");
    }
    let mut text = paint.bold(view.counts.sentence());
    if same > 0 {
        let _ = write!(text, "; {same} stay the same");
    }
    if view.effect() > Effect::Rolling
        && let Some(sentence) = effect(view.effect())
    {
        let _ = write!(text, "; {}", paint.paint(paint::YELLOW, sentence));
    }
    text
}
