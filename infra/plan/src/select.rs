//! Which resources a person named: `--target`, `--exclude`, `--replace`.

use goodgo_model::{Graph, Problem, Urn};

use crate::desired::Pairing;
use crate::error::{PlanProblem, ProblemKind};
use crate::pattern::{names, near_misses};
use crate::records::{RecordId, Records};
use crate::request::Options;

/// Which declared resources and which records the plan may touch.
pub(crate) struct Selection {
    declared: Vec<bool>,
    records: Vec<bool>,
    asked: Option<Vec<bool>>,
}

impl Selection {
    pub(crate) fn new(
        graph: &Graph,
        records: &Records<'_>,
        pairing: &Pairing,
        options: &Options,
        problems: &mut Vec<PlanProblem>,
    ) -> Self {
        let finder = Finder { graph, records, pairing };
        let mut selection = finder.chosen(options, problems);
        if !options.destroy {
            finder.add_missing(&mut selection.declared, options, problems);
        }
        if !options.replace.is_empty() {
            selection.asked = Some(finder.find("--replace", &options.replace, problems).declared);
        }
        selection
    }

    /// Whether the plan may touch a declared resource.
    pub(crate) fn has(&self, position: usize) -> bool {
        self.declared[position]
    }

    /// Whether the plan may touch what a record stands for.
    pub(crate) fn has_record(&self, record: RecordId) -> bool {
        self.records[record as usize]
    }

    /// Whether a person asked for a replace of a declared resource.
    pub(crate) fn asked(&self, position: usize) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked[position])
    }
}

struct Finder<'a> {
    graph: &'a Graph,
    records: &'a Records<'a>,
    pairing: &'a Pairing,
}

impl Finder<'_> {
    fn chosen(&self, options: &Options, problems: &mut Vec<PlanProblem>) -> Selection {
        let mut chosen = if options.targets.is_empty() {
            self.everything()
        } else {
            self.find("--target", &options.targets, problems)
        };
        if !options.excludes.is_empty() {
            let excluded = self.find("--exclude", &options.excludes, problems);
            remove(&mut chosen.declared, &excluded.declared);
            remove(&mut chosen.records, &excluded.records);
        }
        chosen
    }

    fn everything(&self) -> Selection {
        Selection {
            declared: vec![true; self.graph.len()],
            records: vec![true; self.records.all().len()],
            asked: None,
        }
    }

    /// What the patterns name, and what is inside of it. Parents come before children in both
    /// lists, so one pass over each is enough.
    fn find(&self, flag: &str, patterns: &[String], problems: &mut Vec<PlanProblem>) -> Selection {
        let mut used = vec![false; patterns.len()];
        let mut named = |urn: &Urn| {
            let mut any = false;
            for (pattern, used) in patterns.iter().zip(&mut used) {
                let hit = names(pattern, urn);
                any |= hit;
                *used |= hit;
            }
            any
        };
        let mut declared: Vec<bool> = Vec::with_capacity(self.graph.len());
        for resource in self.graph.resources() {
            let parent = resource.parent.as_ref().and_then(|urn| self.graph.position(urn));
            let inside = parent.is_some_and(|at| declared.get(at) == Some(&true));
            declared.push(named(&resource.urn) || inside);
        }
        let mut records: Vec<bool> = Vec::with_capacity(self.records.all().len());
        for record in self.records.all() {
            let parent = record.saved.parent.as_ref().and_then(|urn| self.records.current(urn));
            let inside = parent.is_some_and(|id| records.get(id as usize) == Some(&true));
            records.push(named(&record.saved.urn) || inside);
        }
        self.join(&mut declared, &mut records);
        let unused = patterns.iter().zip(&used).filter(|(_, used)| !**used);
        problems.extend(unused.map(|(pattern, _)| self.no_match(flag, pattern)));
        Selection { declared, records, asked: None }
    }

    /// A renamed resource may be named either way.
    fn join(&self, declared: &mut [bool], records: &mut [bool]) {
        for (position, chosen) in declared.iter_mut().enumerate() {
            if let Some(id) = self.pairing.record(position) {
                let either = *chosen || records[id as usize];
                *chosen = either;
                records[id as usize] = either;
            }
        }
    }

    fn no_match(&self, flag: &str, pattern: &str) -> PlanProblem {
        let declared = self.graph.resources().iter().map(|resource| resource.urn.name());
        let recorded = self.records.all().iter().map(|record| record.saved.urn.name());
        let near = near_misses(pattern, declared.chain(recorded));
        let hint = if near.is_empty() {
            "give a URN, or the name of a resource or component; `*` stands for any text".to_owned()
        } else {
            format!("did you mean `{}`?", near.join("`, `"))
        };
        let problem = Problem::new(None, format!("{flag} {pattern} matches nothing")).hint(hint);
        PlanProblem::new(ProblemKind::NoMatch, None, problem)
    }

    /// What is chosen needs its dependencies: those that do not exist are chosen as well, and
    /// it is a problem when they were excluded.
    fn add_missing(
        &self,
        declared: &mut [bool],
        options: &Options,
        problems: &mut Vec<PlanProblem>,
    ) {
        for position in (0..declared.len()).rev() {
            if !declared[position] {
                continue;
            }
            for &need in self.graph.dependencies(position) {
                if declared[need] || self.pairing.record(need).is_some() {
                    continue;
                }
                if self.is_excluded(need, options) {
                    problems.push(self.left_out(position, need));
                } else {
                    declared[need] = true;
                }
            }
        }
    }

    fn is_excluded(&self, position: usize, options: &Options) -> bool {
        let mut at = Some(position);
        while let Some(position) = at {
            let resource = &self.graph.resources()[position];
            if options.excludes.iter().any(|pattern| names(pattern, &resource.urn)) {
                return true;
            }
            at = resource.parent.as_ref().and_then(|urn| self.graph.position(urn));
        }
        false
    }

    fn left_out(&self, position: usize, need: usize) -> PlanProblem {
        let resource = &self.graph.resources()[position];
        let need = self.graph.resources()[need].urn.name();
        let message = format!(
            "`{}` needs `{need}`, which does not exist yet and is excluded",
            resource.urn.name()
        );
        let problem = Problem::new(resource.location.clone(), message)
            .hint(format!("exclude `{}` as well, or include `{need}`", resource.urn.name()));
        PlanProblem::new(ProblemKind::LeftOut, resource.urn.clone(), problem)
    }
}

fn remove(from: &mut [bool], excluded: &[bool]) {
    from.iter_mut().zip(excluded).for_each(|(chosen, excluded)| *chosen &= !excluded);
}
