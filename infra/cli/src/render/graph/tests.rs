use super::*;

fn drawing(names: &[&str], arrows: &[(usize, usize)]) -> Drawing {
    let node = |name: &&str| Node { kind: "Service".to_owned(), name: (*name).to_owned() };
    let arrows = reduce(names.len(), arrows.to_vec());
    Drawing { nodes: names.iter().map(node).collect(), arrows }
}

fn platform() -> Drawing {
    let names = ["gateway", "auth", "order", "database", "cache"];
    drawing(&names, &[(0, 1), (0, 2), (1, 3), (1, 4), (2, 3), (0, 3)])
}

#[test]
fn an_arrow_that_a_longer_way_says_is_dropped() {
    assert_eq!(platform().arrows, [(0, 1), (0, 2), (1, 3), (1, 4), (2, 3)]);
}

#[test]
fn texts() {
    insta::assert_snapshot!(mermaid(&platform()), @r#"
    flowchart TD
      n0["gateway<br/><i>Service</i>"]
      n1["auth<br/><i>Service</i>"]
      n2["order<br/><i>Service</i>"]
      n3["database<br/><i>Service</i>"]
      n4["cache<br/><i>Service</i>"]
      n0 --> n1
      n0 --> n2
      n1 --> n3
      n1 --> n4
      n2 --> n3
    "#);
    assert!(dot(&platform(), "a \"b\"").starts_with("digraph \"a \\\"b\\\"\" {\n"));
}

#[test]
fn svg_of_the_platform() {
    insta::assert_snapshot!(svg(&platform()));
}

#[test]
fn circles_and_nothing_at_all_are_drawn_too() {
    assert!(svg(&drawing(&["a", "b"], &[(0, 1), (1, 0)])).contains("</svg>"));
    assert!(svg(&Drawing::default()).contains("</svg>"));
}
