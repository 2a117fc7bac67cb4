//! A declaration: components, and from them the graph of resources on a target.

use std::collections::{BTreeMap, BTreeSet};

use crate::component::{COMPONENT, Component, Report, Scope};
use crate::graph::{Graph, GraphBuilder};
use crate::location::Location;
use crate::part::Part;
use crate::problem::{Problem, Problems};
use crate::resource::{Options, Resource};
use crate::target::{Lowering, Target};
use crate::urn::Urn;
use crate::value::{Map, Path, Value, property, resolve_map};

/// The environment being declared. Nothing is executed while declaring.
pub struct Environment {
    project: String,
    name: String,
    entries: Vec<Entry>,
    resources: Vec<Resource>,
}

/// How the engine is to treat all resources of a component.
#[derive(Clone, Debug, Default)]
pub struct ComponentOptions {
    /// Refuse every plan that would delete or replace one of them.
    pub protect: bool,
    /// Former names of the component: a rename keeps its resources.
    pub renamed_from: Vec<String>,
    /// Must exist before, besides whose outputs it uses.
    pub depends_on: Vec<Urn>,
    /// On delete forget them and leave the real things.
    pub retain_on_delete: bool,
}

struct Entry {
    urn: Urn,
    location: Location,
    options: ComponentOptions,
    component: Box<dyn Declared>,
}

/// A [`Component`] without its handle, so that different ones fit in one list.
trait Declared: Send + Sync {
    fn parts(&self, scope: &Scope<'_>) -> Vec<Part>;
    fn outputs(&self, scope: &Scope<'_>) -> Map;
    fn check(&self, report: &mut Report<'_>);
    fn claims(&self) -> Vec<(Urn, String)>;
}

impl<C: Component> Declared for C {
    fn parts(&self, scope: &Scope<'_>) -> Vec<Part> {
        Component::parts(self, scope)
    }

    fn outputs(&self, scope: &Scope<'_>) -> Map {
        Component::outputs(self, scope)
    }

    fn check(&self, report: &mut Report<'_>) {
        Component::check(self, report);
    }

    fn claims(&self) -> Vec<(Urn, String)> {
        Component::claims(self)
    }
}

impl Environment {
    /// Nothing declared yet.
    pub fn new(project: &str, name: &str) -> Self {
        Self {
            project: project.to_owned(),
            name: name.to_owned(),
            entries: Vec::new(),
            resources: Vec::new(),
        }
    }

    /// The environment's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The project's name.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Declares a component and gives back what others may use of it.
    #[track_caller]
    pub fn add<C: Component>(&mut self, component: C) -> C::Handle {
        self.add_with(component, ComponentOptions::default())
    }

    /// Declares a component, and how the engine is to treat what it becomes.
    #[track_caller]
    pub fn add_with<C: Component>(&mut self, component: C, options: ComponentOptions) -> C::Handle {
        let kind = format!("{COMPONENT}{}", component.kind());
        let urn = Urn::new(&self.name, &self.project, &kind, component.name());
        let scope = Scope { project: &self.project, environment: &self.name, component: &urn };
        let handle = component.handle(&scope);
        let location = Location::caller();
        self.entries.push(Entry { urn, location, options, component: Box::new(component) });
        handle
    }

    /// Declares a resource of a provider as it is, below all components.
    #[track_caller]
    pub fn add_resource(&mut self, kind: &str, name: &str, inputs: Map, options: Options) -> Urn {
        let urn = Urn::new(&self.name, &self.project, kind, name);
        let mut resource = Resource::new(urn.clone(), inputs);
        resource.options = options;
        resource.location = Some(Location::caller());
        self.resources.push(resource);
        urn
    }

    /// Checks the declaration and lowers it to resources on a target.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn build(self, target: &dyn Target) -> Result<Graph, Problems> {
        let mut problems = Vec::new();
        self.check_components(&mut problems);
        self.check_claims(&mut problems);
        let lowered = self.lower(target, &mut problems);
        let resources = lowered.link(self.resources, &mut problems);
        let mut builder = GraphBuilder::new();
        resources.into_iter().for_each(|resource| builder.add(resource));
        match builder.build() {
            Ok(graph) => Problems::into_result(problems).map(|()| graph),
            Err(more) => {
                problems.extend(more.0);
                Problems::into_result(problems).map(|()| Graph::default())
            }
        }
    }

    fn scope<'a>(&'a self, entry: &'a Entry) -> Scope<'a> {
        Scope { project: &self.project, environment: &self.name, component: &entry.urn }
    }

    fn check_components(&self, problems: &mut Vec<Problem>) {
        let mut names: BTreeMap<&str, &Location> = BTreeMap::new();
        for entry in &self.entries {
            entry.component.check(&mut Report { location: &entry.location, problems });
            let first = names.entry(entry.urn.name()).or_insert(&entry.location);
            if !std::ptr::eq(*first, &entry.location) {
                let message = format!("`{}` is declared twice, first at {first}", entry.urn.name());
                problems.push(
                    Problem::new(entry.location.clone(), message).hint("give one another name"),
                );
            }
        }
    }

    fn check_claims(&self, problems: &mut Vec<Problem>) {
        let mut claimed: BTreeMap<(Urn, String), &Entry> = BTreeMap::new();
        for entry in &self.entries {
            for claim in entry.component.claims() {
                let prefix = claim.1.clone();
                if let Some(first) = claimed.insert(claim, entry) {
                    let (name, at) = (first.urn.name(), &first.location);
                    let message = format!("the route `{prefix}` is taken by `{name}` at {at}");
                    problems.push(
                        Problem::new(entry.location.clone(), message).hint("choose another prefix"),
                    );
                }
            }
        }
    }

    fn lower(&self, target: &dyn Target, problems: &mut Vec<Problem>) -> Lowered {
        let mut lowered = Lowered::default();
        let mut names = BTreeSet::new();
        for entry in &self.entries {
            if !names.insert(entry.urn.name()) {
                continue; // Told as declared twice.
            }
            let scope = self.scope(entry);
            let mut component = Resource::new(entry.urn.clone(), Map::new());
            component.custom = false;
            component.location = Some(entry.location.clone());
            component.outputs = entry.component.outputs(&scope);
            lowered.outputs.insert(entry.urn.clone(), component.outputs.clone());
            let mut members = vec![entry.urn.clone()];
            let mut resources = vec![component];
            for part in entry.component.parts(&scope) {
                let urn = scope.part(part.kind(), part.name()).urn();
                if lowered.outputs.contains_key(&urn) {
                    problems.push(part_twice(entry, &part));
                    continue;
                }
                let mut lowering = Lowering {
                    environment: &self.name,
                    project: &self.project,
                    component: &entry.urn,
                    location: &entry.location,
                    resources: Vec::new(),
                };
                let outputs = target.lower(&part, &mut lowering);
                let made: Vec<Urn> = lowering.resources.iter().map(|r| r.urn.clone()).collect();
                members.extend(made.iter().cloned());
                lowered.outputs.insert(urn.clone(), outputs);
                lowered.members.insert(urn, made);
                resources.append(&mut lowering.resources);
            }
            resources.iter_mut().for_each(|resource| entry.treat(resource));
            lowered.members.insert(entry.urn.clone(), members);
            lowered.resources.append(&mut resources);
        }
        lowered
    }
}

fn part_twice(entry: &Entry, part: &Part) -> Problem {
    let message =
        format!("`{}` needs a {} `{}`, which exists", entry.urn.name(), part.kind(), part.name());
    Problem::new(entry.location.clone(), message).hint("give one of the components another name")
}

impl Entry {
    /// Applies the component's options to one of its resources.
    fn treat(&self, resource: &mut Resource) {
        let options = &mut resource.options;
        options.protect |= self.options.protect;
        options.retain_on_delete |= self.options.retain_on_delete;
        options.depends_on.extend(self.options.depends_on.iter().cloned());
        let own = self.urn.name();
        for former in &self.options.renamed_from {
            let name = resource.urn.name();
            let rest =
                name.strip_prefix(own).filter(|rest| rest.is_empty() || rest.starts_with('-'));
            if let Some(rest) = rest {
                let urn = &resource.urn;
                let alias = format!("{former}{rest}");
                let qualified = urn.qualified_type();
                let alias = Urn::new(urn.environment(), urn.project(), qualified, &alias);
                options.aliases.push(alias);
            }
        }
    }
}

/// Resources whose references are still to parts and components.
#[derive(Default)]
struct Lowered {
    resources: Vec<Resource>,
    /// What each part and component promised.
    outputs: BTreeMap<Urn, Map>,
    /// The resources that each part and component became.
    members: BTreeMap<Urn, Vec<Urn>>,
}

impl Lowered {
    /// Puts resources in place of parts and components everywhere.
    fn link(mut self, plain: Vec<Resource>, problems: &mut Vec<Problem>) -> Vec<Resource> {
        let mut resources = std::mem::take(&mut self.resources);
        resources.extend(plain);
        for resource in &mut resources {
            let mut missing = Vec::new();
            let mut find = |urn: &Urn, path: &Path| Some(self.output(urn, path, &mut missing));
            resource.inputs = resolve_map(&resource.inputs, &mut find);
            resource.outputs = resolve_map(&resource.outputs, &mut find);
            let own = resource.urn.clone();
            let depends_on = std::mem::take(&mut resource.options.depends_on);
            let expanded = depends_on.into_iter().flat_map(|urn| self.expand(urn));
            resource.options.depends_on = expanded.filter(|urn| *urn != own).collect();
            problems.extend(missing.iter().map(|(urn, path)| missing_output(resource, urn, path)));
        }
        resources
    }

    /// What an output of a part or component is, in terms of resources.
    fn output(&self, urn: &Urn, path: &Path, missing: &mut Vec<(Urn, Path)>) -> Value {
        let reference = || Value::Output { urn: urn.clone(), path: path.clone() };
        let Some(promised) = self.outputs.get(urn) else {
            return reference();
        };
        match property(promised, path) {
            Some(value) => value.resolve(&mut |urn, path| Some(self.output(urn, path, missing))),
            None => {
                missing.push((urn.clone(), path.clone()));
                Value::Null
            }
        }
    }

    fn expand(&self, urn: Urn) -> Vec<Urn> {
        self.members.get(&urn).cloned().unwrap_or_else(|| vec![urn])
    }
}

fn missing_output(resource: &Resource, urn: &Urn, path: &Path) -> Problem {
    let message = format!(
        "`{}` uses the output `{path}` of `{}`, which has none",
        resource.urn.name(),
        urn.name()
    );
    Problem::new(resource.location.clone(), message)
        .hint("use one that it has, or drop the reference")
}

#[cfg(test)]
#[path = "environment_tests.rs"]
mod tests;
