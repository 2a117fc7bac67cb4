//! Planning when nothing changed: half of the resources read an output of the other half.
//!
//! `cargo bench -p goodgo-plan`. The memory of a plan is what the process gains while it is
//! made, by `/proc/self/status`, and is written before the times.

use std::hint::black_box;
use std::sync::Arc;

use async_trait::async_trait;
use criterion::{BenchmarkId, Criterion};
use goodgo_model::{Existing, Graph, GraphBuilder, Map, Resource, Snapshot, Type, Urn, Value};
use goodgo_plan::{Observations, Options, Plan, Request, plan};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Observed,
    Provider, Read, Registry, Update, Updated, changes,
};

struct Free;

#[async_trait]
impl Inspect for Free {
    fn package(&self) -> &'static str {
        "bench"
    }

    fn check(&self, _: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        Ok(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        Diff::in_place(changes(request.old_inputs, request.new_inputs))
    }

    async fn read(&self, _: Read<'_>) -> Result<Option<Observed>, Error> {
        Ok(None)
    }

    async fn find(&self, _: Find<'_>) -> Result<Option<Observed>, Error> {
        Ok(None)
    }
}

#[async_trait]
impl Provider for Free {
    async fn create(&self, _: Create<'_>) -> Result<Created, Error> {
        Err(Error::permanent("planning creates nothing"))
    }

    async fn update(&self, _: Update<'_>) -> Result<Updated, Error> {
        Err(Error::permanent("planning updates nothing"))
    }

    async fn delete(&self, _: Delete<'_>) -> Result<(), Error> {
        Err(Error::permanent("planning deletes nothing"))
    }
}

fn urn(number: usize) -> Urn {
    Urn::new("bench", "goodgo", "bench:index:Thing", &format!("thing-{number:06}"))
}

fn graph(count: usize) -> Graph {
    let mut builder = GraphBuilder::new();
    for number in 0..count {
        let mut inputs = Map::from([
            ("image".into(), "registry.local/shop/app:1.2.3".into()),
            ("replicas".into(), 2_u16.into()),
            ("label".into(), format!("the one of number {number}").into()),
        ]);
        if number >= count / 2 {
            let output = Value::Output { urn: urn(number - count / 2), path: "address".into() };
            inputs.insert("upstream".into(), output);
        }
        builder.add(Resource::new(urn(number), inputs));
    }
    builder.build().expect("the declaration has no mistakes")
}

fn deployed(graph: &Graph) -> Snapshot {
    let address = |urn: &Urn| Value::string(format!("{}.internal:80", urn.name()));
    let record = |(position, resource): (usize, &Resource)| {
        let resolved = |value: &Value| value.resolve(&mut |urn, _| Some(address(urn)));
        let inputs: Map =
            resource.inputs.iter().map(|(key, value)| (key.clone(), resolved(value))).collect();
        let mut outputs = inputs.clone();
        outputs.insert("address".into(), address(&resource.urn));
        let needs = graph.dependencies(position).iter();
        Arc::new(Existing {
            urn: resource.urn.clone(),
            kind: resource.kind.clone(),
            custom: true,
            id: format!("id-{position}"),
            inputs,
            outputs,
            parent: None,
            dependencies: needs.map(|&need| graph.resources()[need].urn.clone()).collect(),
            delete: false,
            protect: false,
            retain_on_delete: false,
            incomplete: false,
            created: 0,
            modified: 0,
            location: None,
        })
    };
    let resources = graph.resources().iter().enumerate().map(record).collect();
    Snapshot { serial: 1, resources, pending: Vec::new() }
}

struct Case {
    graph: Graph,
    snapshot: Snapshot,
    registry: Registry,
    observed: Observations,
    options: Options,
}

impl Case {
    fn new(count: usize) -> Self {
        let graph = graph(count);
        let snapshot = deployed(&graph);
        let registry = Registry::new().with(Arc::new(Free));
        let (observed, options) = (Observations::new(), Options::default());
        Self { graph, snapshot, registry, observed, options }
    }

    fn plan(&self) -> Plan {
        plan(&Request {
            environment: "bench",
            project: "goodgo",
            graph: &self.graph,
            snapshot: &self.snapshot,
            observed: &self.observed,
            providers: self.registry.inspectors(),
            options: &self.options,
        })
        .expect("nothing stands against it")
    }
}

/// Bytes that the process had at most since [`reset_peak`].
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// `5` sets the peak to what there is now, see `proc_pid_clear_refs(5)`.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

#[allow(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn memory(count: usize) {
    let case = Case::new(count);
    reset_peak();
    let before = peak();
    let plan = case.plan();
    let gained = peak().zip(before).map(|(after, before)| after.saturating_sub(before));
    assert!(plan.is_empty(), "nothing changed");
    if let Some(gained) = gained {
        println!("plan/{count}: {} bytes a resource at the peak", gained / count as u64);
    }
}

fn main() {
    memory(100_000);
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("plan");
    for count in [1_000, 10_000, 100_000] {
        let case = Case::new(count);
        group.bench_with_input(BenchmarkId::from_parameter(count), &case, |bencher, case| {
            bencher.iter(|| black_box(case.plan()));
        });
    }
    group.finish();
    criterion.final_summary();
}
