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

fn component(name: &str, passes: &[(&str, Urn)]) -> Resource {
    let urn = Urn::new("test", "goodgo", "test:index:Group", name);
    let output = |of: &Urn| Value::Output { urn: of.clone(), path: "id".into() };
    let outputs = passes.iter().map(|(key, of)| ((*key).into(), output(of))).collect();
    Resource { custom: false, outputs, ..Resource::new(urn, Map::new()) }
}

#[test]
fn who_uses_what_a_component_passes_on_comes_after_its_source() {
    let mut builder = GraphBuilder::new();
    let source = thing("z", &[]);
    let group = component("group", &[("one", source.urn.clone())]);
    let inputs =
        Map::from([("uses".into(), Value::Output { urn: group.urn.clone(), path: "one".into() })]);
    builder.add(Resource { inputs, ..thing("a", &[]) });
    builder.add(group);
    builder.add(source);
    assert_eq!(names(&builder.build().unwrap()), ["group", "z", "a"]);
}

#[test]
fn components_that_pass_on_each_others_outputs_end() {
    let urn = |name: &str| Urn::new("test", "goodgo", "test:index:Group", name);
    let mut builder = GraphBuilder::new();
    builder.add(component("one", &[("id", urn("two"))]));
    builder.add(component("two", &[("id", urn("one"))]));
    let inputs = Map::from([("uses".into(), Value::Output { urn: urn("one"), path: "id".into() })]);
    builder.add(Resource { inputs, ..thing("a", &[]) });
    assert_eq!(names(&builder.build().unwrap()), ["one", "two", "a"]);
}

#[test]
fn a_component_cannot_pass_on_what_is_not_declared() {
    let mut builder = GraphBuilder::new();
    builder.add(component("group", &[("one", thing("ghost", &[]).urn)]));
    assert!(builder.build().unwrap_err().to_string().contains("`group` needs `ghost`"));
}
