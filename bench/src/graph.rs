//! The graph that is measured, for this engine and for Terraform.

use goodgo_model::{Environment, Graph, Map, Options, Path, Problems, Urn, Value};
use serde_json::json;

use crate::KIND;
use crate::runtime::Nothing;

/// The inputs of one resource of the graph.
#[derive(Clone, PartialEq, Debug)]
pub struct Inputs {
    /// Its name.
    pub name: String,
    /// The one whose output it reads, if it is of the second half.
    pub reads: Option<usize>,
}

/// `count` resources: the second half reads the output of the first, one each.
pub fn inputs(count: usize) -> impl Iterator<Item = Inputs> {
    let half = count / 2;
    (0..count).map(move |at| match at.checked_sub(half) {
        None => Inputs { name: format!("first-{at}"), reads: None },
        Some(read) => Inputs { name: format!("second-{read}"), reads: Some(read) },
    })
}

/// Declares them.
pub fn declare(env: &mut Environment, count: usize) {
    let mut urns: Vec<Urn> = Vec::with_capacity(count);
    for Inputs { name, reads } in inputs(count) {
        let input = match reads {
            None => Value::from(format!("the value of {name}")),
            Some(at) => Value::Output { urn: urns[at].clone(), path: Path::parse("output") },
        };
        let map = Map::from([("input".into(), input)]);
        urns.push(env.add_resource(KIND, &name, map, Options::default()));
    }
}

/// The graph that an environment has which declares them alone.
///
/// # Errors
/// Never: it is a good declaration.
pub fn graph(project: &str, environment: &str, count: usize) -> Result<Graph, Problems> {
    let mut env = Environment::new(project, environment);
    declare(&mut env, count);
    env.build(&Nothing)
}

/// The same as `main.tf.json`.
pub fn terraform(count: usize) -> serde_json::Value {
    let name = |name: &str| name.replace('-', "_");
    let resource = |one: Inputs| {
        let input = match one.reads {
            None => format!("the value of {}", one.name),
            Some(at) => format!("${{terraform_data.first_{at}.output}}"),
        };
        (name(&one.name), json!({ "input": input }))
    };
    let all: serde_json::Map<_, _> = inputs(count).map(resource).collect();
    json!({ "resource": { "terraform_data": all } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_them_read_the_other_half() {
        let all: Vec<Inputs> = inputs(4).collect();
        let reads: Vec<Option<usize>> = all.iter().map(|one| one.reads).collect();
        assert_eq!(reads, [None, None, Some(0), Some(1)]);
    }

    #[test]
    fn terraform_gets_the_same_graph() {
        let graph = terraform(2);
        let second = &graph["resource"]["terraform_data"]["second_0"]["input"];
        assert_eq!(second, "${terraform_data.first_0.output}");
    }

    #[test]
    fn every_read_is_a_dependency() {
        let graph = graph("bench", "graph", 10).unwrap();
        let edges: usize = (0..graph.len()).map(|at| graph.dependencies(at).len()).sum();
        assert_eq!((graph.len(), edges), (10, 5));
    }
}
