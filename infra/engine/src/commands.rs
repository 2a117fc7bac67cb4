//! The commands: preview looks and plans; the others then do what the plan says.

use goodgo_model::{Graph, GraphBuilder, Snapshot, Urn};
use goodgo_plan::{Plan, PlanError, Request};
use goodgo_state::Journal;
use tokio::time::Instant;

use crate::apply::{self, Run};
use crate::engine::{Confirm, Engine, Options};
use crate::error::Error;
use crate::event::{Counts, Event};
use crate::outcome::{End, Outcome};
use crate::refresh::{self, Seen};

impl Engine {
    /// Says what a deploy would do. Writes nothing and changes nothing.
    ///
    /// # Errors
    /// When the world cannot be looked at, or the declaration cannot be planned.
    pub async fn preview(
        &self,
        graph: &Graph,
        state: &Snapshot,
        options: &Options,
    ) -> Result<Plan, Error> {
        let seen = refresh::look(self, graph, state, options.refresh).await?;
        self.plan(graph, &seen, options, goodgo_plan::plan)
    }

    /// Makes the world what is declared: looks, plans, asks, applies, undoes what fails.
    ///
    /// The caller holds the lock and closes the session afterwards. What fails in a step is told
    /// in the [`Outcome`], not as an error.
    ///
    /// # Errors
    /// When it could not start, or the state could not be written any more; then the state is
    /// what was recorded until then, and the next run goes on from there.
    pub async fn deploy(
        &self,
        graph: &Graph,
        journal: &dyn Journal,
        options: &Options,
        confirm: &dyn Confirm,
    ) -> Result<Outcome, Error> {
        self.carry_out(journal, (graph, options), confirm, goodgo_plan::plan).await
    }

    /// Removes everything that the state knows.
    ///
    /// # Errors
    /// As for [`Engine::deploy`]; also when something is protected.
    pub async fn destroy(
        &self,
        journal: &dyn Journal,
        options: &Options,
        confirm: &dyn Confirm,
    ) -> Result<Outcome, Error> {
        let mut options = options.clone();
        options.plan.destroy = true;
        self.deploy(&Graph::default(), journal, &options, confirm).await
    }

    /// Looks at the world, asks, and records what it saw. Changes nothing in the world.
    ///
    /// # Errors
    /// When the world cannot be looked at or the state not be written.
    pub async fn refresh(
        &self,
        journal: &dyn Journal,
        options: &Options,
        confirm: &dyn Confirm,
    ) -> Result<Outcome, Error> {
        let graph = Graph::default();
        self.carry_out(journal, (&graph, options), confirm, goodgo_plan::refresh_only).await
    }

    /// Adopts the existing thing `id` as the declared resource `urn`, and nothing else.
    ///
    /// # Errors
    /// As for [`Engine::deploy`]; also when the resource is not declared.
    #[allow(clippy::too_many_arguments)] // what every command takes, and what is imported
    pub async fn import(
        &self,
        graph: &Graph,
        journal: &dyn Journal,
        (urn, id): (&Urn, &str),
        options: &Options,
        confirm: &dyn Confirm,
    ) -> Result<Outcome, Error> {
        let graph = adopting(graph, urn, id)?;
        let mut options = options.clone();
        options.plan.targets = vec![urn.to_string()];
        self.deploy(&graph, journal, &options, confirm).await
    }

    async fn carry_out(
        &self,
        journal: &dyn Journal,
        (graph, options): (&Graph, &Options),
        confirm: &dyn Confirm,
        planner: Planner,
    ) -> Result<Outcome, Error> {
        let started = Instant::now();
        let state = journal.snapshot();
        let seen = refresh::look(self, graph, &state, options.refresh).await?;
        let plan = self.plan(graph, &seen, options, planner)?;
        if !plan.is_empty() && !self.cancel.is_requested() && !confirm.confirm(&plan).await {
            return Ok(Outcome::untouched(End::Declined, plan, state, started.elapsed()));
        }
        if self.cancel.is_requested() {
            return Ok(Outcome::untouched(End::Stopped, plan, state, started.elapsed()));
        }
        let report = apply::run(Run { engine: self, journal, plan: &plan, seen: &seen }).await?;
        Ok(report.into_outcome(plan, journal.snapshot(), started.elapsed()))
    }

    fn plan(
        &self,
        graph: &Graph,
        seen: &Seen,
        options: &Options,
        planner: Planner,
    ) -> Result<Plan, Error> {
        let plan = planner(&Request {
            environment: &self.environment,
            project: &self.project,
            graph,
            snapshot: &seen.settled,
            observed: &seen.observed,
            providers: self.registry.inspectors(),
            options: &options.plan,
        })?;
        if let Some(saved) = &options.saved {
            saved.verify(&plan)?;
        }
        self.tell(Event::PlanReady { counts: Counts::of(&plan) });
        Ok(plan)
    }
}

type Planner = fn(&Request<'_>) -> Result<Plan, PlanError>;

/// The same declaration, with `urn` to be imported as `id`.
fn adopting(graph: &Graph, urn: &Urn, id: &str) -> Result<Graph, Error> {
    graph.get(urn).ok_or_else(|| Error::NotDeclared(urn.clone()))?;
    let mut builder = GraphBuilder::new();
    for resource in graph.resources() {
        let mut resource = resource.clone();
        if resource.urn == *urn {
            resource.options.import = Some(id.to_owned());
        }
        builder.add(resource);
    }
    Ok(builder.build()?)
}
