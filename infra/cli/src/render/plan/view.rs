//! A plan as people think of it: grouped by component, the two steps of a replace as one.

use std::collections::{HashMap, HashSet};

use goodgo_model::{Location, Path, Urn};
use goodgo_plan::{Operation, Plan, Reason, Step};
use goodgo_provider::{Effect, Risk};

use super::mark::Mark;

/// What the renderers share.
pub(crate) struct View<'a> {
    pub(crate) plan: &'a Plan,
    /// In order of their place in the source. Only those in which something changes.
    pub(crate) groups: Vec<Group<'a>>,
    pub(crate) counts: Counts,
}

/// A component and what changes in it, or the resources that belong to none.
pub(crate) struct Group<'a> {
    /// The component itself, when it is in the plan.
    pub(crate) component: Option<Entry<'a>>,
    pub(crate) entries: Vec<Entry<'a>>,
}

/// What happens to one resource.
#[derive(Clone)]
pub(crate) struct Entry<'a> {
    pub(crate) mark: Mark,
    /// The step that says most: of a replace, the one that creates.
    pub(crate) step: &'a Step,
    pub(crate) effect: Effect,
    pub(crate) risks: Vec<&'a Risk>,
}

/// How many resources each operation touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts([usize; Mark::ALL.len()]);

impl Counts {
    pub(crate) fn of(&self, mark: Mark) -> usize {
        self.0[mark as usize]
    }

    /// All that are not left as they are.
    pub(crate) fn changes(&self) -> usize {
        self.0.iter().sum::<usize>() - self.of(Mark::Same)
    }

    /// `2 to create, 1 to update`; nothing when nothing changes.
    pub(crate) fn sentence(&self) -> String {
        let parts = Mark::ALL.iter().filter(|&&mark| mark != Mark::Same && self.of(mark) > 0);
        let parts: Vec<String> =
            parts.map(|&mark| format!("{} to {}", self.of(mark), mark.verb())).collect();
        parts.join(", ")
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let entries = entries(plan);
        let mut counts = Counts::default();
        entries.iter().for_each(|entry| counts.0[entry.mark as usize] += 1);
        Self { plan, groups: group(entries), counts }
    }

    /// Everything that changes, components included.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &Entry<'a>> {
        let all = self.groups.iter().flat_map(|group| group.component.iter().chain(&group.entries));
        all.filter(|entry| entry.mark != Mark::Same)
    }

    pub(crate) fn has_changes(&self) -> bool {
        self.counts.changes() > 0
    }

    /// Whether everything goes.
    pub(crate) fn destroys(&self) -> bool {
        let going = self.counts.of(Mark::Delete) + self.counts.of(Mark::Forget);
        going > 0 && going == self.counts.0.iter().sum::<usize>()
    }

    /// The worst that users notice.
    pub(crate) fn effect(&self) -> Effect {
        self.changed().map(|entry| entry.effect).max().unwrap_or_default()
    }
}

/// One entry for each resource, in the plan's order.
fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    let replacements =
        plan.steps.iter().filter(|step| step.operation == Operation::CreateReplacement);
    let replaced: HashSet<&Urn> = replacements.map(former).collect();
    let mut entries = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let mark = Mark::of(step.operation);
        let half = step.operation == Operation::DeleteReplaced && replaced.contains(&step.urn);
        if !half {
            let risks = step.risks.iter().collect();
            entries.push(Entry { mark, step, effect: step.effect, risks });
        }
    }
    // What the deleting half of a replace risks belongs to the replace.
    for step in plan.steps.iter().filter(|step| step.operation == Operation::DeleteReplaced) {
        let whole = entries
            .iter_mut()
            .find(|entry| entry.mark == Mark::Replace && *former(entry.step) == step.urn);
        if let Some(entry) = whole {
            entry.effect = entry.effect.max(step.effect);
            let new = step.risks.iter().filter(|risk| !entry.step.risks.contains(risk));
            entry.risks.extend(new);
        }
    }
    entries
}

/// The identity that a resource has had until now: another one when the plan renames it.
fn former(step: &Step) -> &Urn {
    step.renamed_from().unwrap_or(&step.urn)
}

fn group(entries: Vec<Entry<'_>>) -> Vec<Group<'_>> {
    let parents: HashMap<&Urn, Option<&Urn>> =
        entries.iter().map(|entry| (&entry.step.urn, entry.parent())).collect();
    let mut places: HashMap<Option<&Urn>, usize> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for entry in &entries {
        let root = root(&entry.step.urn, &parents);
        let key = (root != &entry.step.urn || !entry.is_custom()).then_some(root);
        let at = *places.entry(key).or_insert_with(|| {
            groups.push(Group { component: None, entries: Vec::new() });
            groups.len() - 1
        });
        if entry.is_custom() || root != &entry.step.urn {
            groups[at].entries.push(entry.clone());
        } else {
            groups[at].component = Some(entry.clone());
        }
    }
    groups.iter_mut().for_each(|group| group.entries.retain(|entry| entry.mark != Mark::Same));
    groups.retain(|group| !group.entries.is_empty() || group.changes_itself());
    groups.sort_by(|a, b| a.order().cmp(&b.order()));
    groups
}

/// The outermost component that it belongs to, or itself.
fn root<'a>(urn: &'a Urn, parents: &HashMap<&'a Urn, Option<&'a Urn>>) -> &'a Urn {
    let mut at = urn;
    // No deeper than there are resources: a parent that is its own ancestor ends the walk.
    for _ in 0..parents.len() {
        match parents.get(at) {
            Some(Some(parent)) => at = parent,
            _ => break,
        }
    }
    at
}

impl<'a> Group<'a> {
    fn changes_itself(&self) -> bool {
        self.component.as_ref().is_some_and(|component| component.mark != Mark::Same)
    }

    fn order(&self) -> (bool, Option<&'a Location>, Option<&'a Urn>) {
        let first = self.component.as_ref().or(self.entries.first());
        let location = first.and_then(Entry::location);
        (location.is_none(), location, first.map(|entry| &entry.step.urn))
    }
}

impl<'a> Entry<'a> {
    /// Where it is declared, or was.
    pub(crate) fn location(&self) -> Option<&'a Location> {
        let declared = self.step.new.as_ref().and_then(|wanted| wanted.location.as_ref());
        declared.or_else(|| self.step.old.as_ref().and_then(|existing| existing.location.as_ref()))
    }

    pub(crate) fn parent(&self) -> Option<&'a Urn> {
        let declared = self.step.new.as_ref().and_then(|wanted| wanted.parent.as_ref());
        declared.or_else(|| self.step.old.as_ref().and_then(|existing| existing.parent.as_ref()))
    }

    fn is_custom(&self) -> bool {
        match (&self.step.new, &self.step.old) {
            (Some(wanted), _) => wanted.custom,
            (None, Some(existing)) => existing.custom,
            (None, None) => true,
        }
    }

    /// `Postgres main`.
    pub(crate) fn title(&self) -> (&'a str, &'a str) {
        (self.step.kind.short(), self.step.urn.name())
    }

    /// Whether a change of this property is why it is replaced.
    pub(crate) fn forces(&self, path: &Path) -> bool {
        let forced = |reason: &Reason| matches!(reason, Reason::ReplacedFor(by) if by == path);
        self.step.reasons.iter().any(forced)
    }

    /// The reasons that the mark and the changed properties do not tell already.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = String> {
        self.step.reasons.iter().filter_map(reason)
    }
}

/// A reason as a sentence; `None` when what is shown says it already.
pub(super) fn reason(reason: &Reason) -> Option<String> {
    Some(match reason {
        Reason::New | Reason::Changed => return None,
        Reason::Removed => "not declared any more".to_owned(),
        Reason::Drifted => "changed outside of GoodGo since the last deploy".to_owned(),
        Reason::Gone => "gone: it was made and does not exist any more".to_owned(),
        Reason::Incomplete => "half made or not running: makes it whole".to_owned(),
        Reason::ReplacedFor(path) => format!("`{path}` cannot be changed in place"),
        Reason::DependencyReplaced(urn) => {
            format!("`{}`, which it depends on, is replaced", urn.name())
        }
        Reason::Asked => "asked for by --replace".to_owned(),
    })
}

/// What users notice, as a sentence; `None` when nothing.
pub(crate) fn effect(effect: Effect) -> Option<&'static str> {
    match effect {
        Effect::None => None,
        Effect::Rolling => Some("rolling: new replicas take over first"),
        Effect::Restart => Some("restart: a short interruption"),
        Effect::Outage => Some("outage"),
    }
}
