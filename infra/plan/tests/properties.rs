//! What holds for every plan: random declarations, and random edits of them.

mod common;

use std::collections::BTreeSet;

use common::{Declared, World, graph, render, thing};
use goodgo_model::{Graph, Urn};
use goodgo_plan::{Operation, Plan};
use proptest::prelude::*;

/// One thing: its inputs, and which of the earlier things it uses, and how.
#[derive(Clone, Debug)]
struct Spec {
    declared: bool,
    color: u16,
    size: u16,
    slot: u16,
    uses: Vec<(usize, bool)>,
}

fn spec() -> impl Strategy<Value = Spec> {
    let uses = prop::collection::vec((0..8_usize, any::<bool>()), 0..3);
    (prop::bool::weighted(0.8), 0..2_u16, 0..2_u16, 0..2_u16, uses)
        .prop_map(|(declared, color, size, slot, uses)| Spec { declared, color, size, slot, uses })
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    prop::collection::vec(spec(), 8)
}

fn declared(specs: &[Spec]) -> Vec<Declared> {
    let named = |at: usize| format!("t{at}");
    let chosen = specs.iter().enumerate().filter(|(_, spec)| spec.declared);
    let one = |(at, spec): (usize, &Spec)| {
        let mut thing = thing(&named(at))
            .set("color", spec.color)
            .set("size", spec.size)
            .set("slot", spec.slot);
        for &(other, stands_on) in &spec.uses {
            if other < at && specs[other].declared {
                let key = if stands_on { "on".to_owned() } else { format!("uses{other}") };
                thing = thing.from(&key, &named(other), "address");
            }
        }
        thing
    };
    chosen.map(one).collect()
}

fn of(specs: &[Spec]) -> Graph {
    graph(declared(specs))
}

/// A step that changes something of which the outputs are read comes before its readers, a
/// delete after the deletes of what depended on it.
fn check_order(plan: &Plan) -> Result<(), TestCaseError> {
    for (id, step) in plan.steps.iter().enumerate() {
        prop_assert!(step.after.iter().all(|&before| (before as usize) < id));
        prop_assert!(step.after.is_sorted());
        let Some(new) = &step.new else { continue };
        for need in &new.dependencies {
            let made = |one: &goodgo_plan::Step| one.urn == *need && !is_delete(one.operation);
            let at = plan.steps.iter().position(made).expect("what is needed is in the plan");
            let at = u32::try_from(at).expect("the plan is small");
            prop_assert!(step.after.contains(&at), "{}", render(plan));
        }
    }
    let deletes = || plan.steps.iter().enumerate().filter(|(_, step)| is_delete(step.operation));
    for (id, step) in deletes() {
        let old = step.old.as_ref().expect("what goes exists");
        let needs = |urn: &Urn| old.dependencies.contains(urn);
        for (other, _) in deletes().filter(|(_, other)| needs(&other.urn)) {
            prop_assert!(id < other, "{}", render(plan));
        }
    }
    Ok(())
}

fn is_delete(operation: Operation) -> bool {
    matches!(operation, Operation::Delete | Operation::DeleteReplaced | Operation::Forget)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_applied_plan_leaves_nothing_to_do(before in specs(), after in specs()) {
        let mut world = World::of(&of(&before));
        let graph = of(&after);
        let plan = world.plan(&graph).unwrap();
        check_order(&plan)?;
        world.apply(&plan, &graph);
        let again = world.plan(&graph).unwrap();
        prop_assert!(again.is_empty(), "{}\nafter\n{}", render(&again), render(&plan));
        prop_assert!(again.steps.iter().all(|step| !step.writes()));
        prop_assert_eq!(world.state.resources.len(), graph.len());
    }

    #[test]
    fn the_order_of_declaration_does_not_matter(
        before in specs(),
        (after, keys) in (specs(), prop::collection::vec(any::<u32>(), 8)),
    ) {
        let world = World::of(&of(&before));
        let mut shuffled: Vec<_> = declared(&after).into_iter().zip(keys).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let shuffled = graph(shuffled.into_iter().map(|(one, _)| one));
        let plan = world.plan(&of(&after)).unwrap();
        let other = world.plan(&shuffled).unwrap();
        prop_assert_eq!(plan.fingerprint(), other.fingerprint());
        prop_assert_eq!(plan, other);
    }

    #[test]
    fn destroy_deletes_everything_once(before in specs()) {
        let graph = of(&before);
        let mut world = World::of(&graph);
        world.options.destroy = true;
        let plan = world.plan(&graph).unwrap();
        check_order(&plan)?;
        let urns: BTreeSet<&Urn> = plan.steps.iter().map(|step| &step.urn).collect();
        prop_assert_eq!(urns.len(), plan.steps.len());
        prop_assert_eq!(plan.steps.len(), graph.len());
        world.apply(&plan, &graph);
        prop_assert!(world.state.resources.is_empty());
    }
}
