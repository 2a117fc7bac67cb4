use super::*;
use crate::value::{Map, Value};

fn thing(name: &str, needs: &[&str]) -> Resource {
    let urn = |name: &str| Urn::new("test", "goodgo", "test:index:Thing", name);
    let inputs: Map = needs
        .iter()
        .map(|need| ((*need).into(), Value::Output { urn: urn(need), path: "id".into() }))
        .collect();
    Resource::new(urn(name), inputs)
}

fn build(things: &[(&str, &[&str])]) -> Result<Graph, Problems> {
    let mut builder = GraphBuilder::new();
    things.iter().for_each(|(name, needs)| builder.add(thing(name, needs)));
    builder.build()
}

fn names(graph: &Graph) -> Vec<&str> {
    graph.resources().iter().map(|resource| resource.urn.name()).collect()
}

#[test]
fn dependencies_come_first_whatever_the_order_of_declaration() {
    let one = build(&[("a", &["c"]), ("b", &[]), ("c", &["b"])]).unwrap();
    let other = build(&[("c", &["b"]), ("b", &[]), ("a", &["c"])]).unwrap();
    assert_eq!(names(&one), ["b", "c", "a"]);
    assert_eq!(names(&one), names(&other));
    assert_eq!(one.dependencies(2), [1]);
}

#[test]
fn every_mistake_is_told_at_once() {
    let problems =
        build(&[("a", &["b"]), ("b", &["a"]), ("c", &["ghost"]), ("d", &[]), ("d", &[])])
            .unwrap_err();
    insta::assert_snapshot!(problems, @r"
    3 mistakes in the declaration
      Thing `d` is declared twice (give one of them another name)
      `c` needs `ghost`, which this environment does not declare (declare urn:pulumi:test::goodgo::test:index:Thing::ghost, or drop the reference)
      a cycle: `a` needs `b` needs `a` (drop one of these references)
    ");
}
