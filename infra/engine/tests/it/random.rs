//! Random graphs and random edits: what is applied is as declared, and a destroy leaves nothing.

use goodgo_engine::End;
use goodgo_model::{Graph, Urn, Value};
use proptest::prelude::*;

use crate::harness::{Declare, Place, output, urn};
use crate::world::{FILE, Faulty, SEAT};

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// One possible resource.
#[derive(Clone, Debug)]
struct Spec {
    present: bool,
    seat: bool,
    text: u8,
    place: u8,
    /// Which earlier ones it uses, as bits; even ones by text, odd ones by place.
    uses: u8,
    component: bool,
    delete_first: Option<bool>,
}

fn spec() -> impl Strategy<Value = Spec> {
    let flags = (prop::bool::weighted(0.8), prop::bool::weighted(0.2), any::<bool>());
    (flags, 0..3_u8, 0..2_u8, any::<u8>(), prop::option::weighted(0.2, any::<bool>())).prop_map(
        |((present, seat, component), text, place, uses, delete_first)| Spec {
            present,
            seat,
            text,
            place,
            uses: uses & (uses >> 1),
            component,
            delete_first,
        },
    )
}

fn graph(specs: &[Spec]) -> Graph {
    let mut there: Vec<Urn> = Vec::new();
    let mut declare = Declare::new();
    for (name, spec) in NAMES.iter().zip(specs).filter(|(_, spec)| spec.present) {
        if spec.component {
            declare = declare.component(&format!("of-{name}"));
        }
        let used = there.iter().enumerate().filter(|(bit, _)| spec.uses >> bit & 1 == 1);
        let (mut text, mut place): (Vec<Value>, Vec<Value>) =
            (vec![u16::from(spec.text).into()], vec![u16::from(spec.place).into()]);
        for (bit, urn) in used {
            let into = if bit % 2 == 0 { &mut text } else { &mut place };
            into.push(output(urn, if bit % 3 == 0 { "stamp" } else { "text" }));
        }
        let inputs = [("text", Value::concat(text)), ("place", Value::concat(place))];
        let kind = if spec.seat { SEAT } else { FILE };
        declare = if spec.seat { declare.seat(name, &inputs) } else { declare.file(name, &inputs) };
        declare = declare.with(|resource| {
            // A seat cannot be taken by two: only files may choose.
            resource.options.delete_before_replace = spec.delete_first.filter(|_| !spec.seat);
        });
        there.push(urn(kind, name));
    }
    declare.build()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_applied_is_as_declared(
        first in prop::collection::vec(spec(), NAMES.len()),
        edits in prop::collection::vec(prop::collection::vec(spec(), NAMES.len()), 1..3),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let place = Place::new();
            for (number, specs) in std::iter::once(&first).chain(&edits).enumerate() {
                let graph = graph(specs);
                let outcome = place.deploy(&graph).await;
                let context = format!("edit {number}");
                assert_eq!(outcome.end, End::Done, "{context}: {:?}", outcome.failures);
                place.assert_is(&graph, &context).await;
            }
            assert_eq!(place.destroy().await.end, End::Done);
            place.assert_empty("destroyed").await;
        });
    }

    #[test]
    fn whatever_fails_the_next_run_converges(
        first in prop::collection::vec(spec(), NAMES.len()),
        second in prop::collection::vec(spec(), NAMES.len()),
        number in 0..12_usize,
        fault in prop::sample::select(vec![
            Faulty::Transient, Faulty::Permanent, Faulty::Half, Faulty::Hang, Faulty::Panic,
        ]),
    ) {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let place = Place::new();
            place.deploy(&graph(&first)).await;
            let engine = place.faulty(move |call, _| (call == number).then_some(fault));
            let outcome = place.deploy_with(&engine, &graph(&second)).await.unwrap();
            let stuck = outcome.undone.iter().any(|one| !one.failures.is_empty());
            assert!(!stuck, "{:?}", outcome.undone);
            assert_eq!(place.deploy(&graph(&second)).await.end, End::Done);
            place.assert_is(&graph(&second), "after a fault").await;
            assert_eq!(place.destroy().await.end, End::Done);
            place.assert_empty("destroyed").await;
        });
    }
}
