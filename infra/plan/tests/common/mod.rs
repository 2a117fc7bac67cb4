//! A small pure provider, a way to declare in few words, and a world in memory.
#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    reason = "shared by several test programs"
)]

mod provider;
mod render;
mod world;

pub use provider::registry;
pub use render::{errors, render};
pub use world::World;

use goodgo_model::{Graph, GraphBuilder, Location, Map, Options, Path, Resource, Urn, Value};

pub const THING: &str = "test:index:Thing";
pub const GROUP: &str = "test:index:Group";

pub fn urn(name: &str) -> Urn {
    Urn::new("local", "shop", THING, name)
}

pub fn group_urn(name: &str) -> Urn {
    Urn::new("local", "shop", GROUP, name)
}

/// A resource under declaration.
pub struct Declared(pub Resource);

pub fn thing(name: &str) -> Declared {
    Declared(Resource::new(urn(name), Map::new()))
}

pub fn group(name: &str) -> Declared {
    Declared(Resource { custom: false, ..Resource::new(group_urn(name), Map::new()) })
}

impl Declared {
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.inputs.insert(key.into(), value.into());
        self
    }

    /// An input that is an output of another thing.
    pub fn from(self, key: &str, other: &str, output: &str) -> Self {
        self.set(key, Value::Output { urn: urn(other), path: Path::parse(output) })
    }

    /// An output of a component that is an output of a thing.
    pub fn passes(mut self, key: &str, other: &str, output: &str) -> Self {
        let value = Value::Output { urn: urn(other), path: Path::parse(output) };
        self.0.outputs.insert(key.into(), value);
        self
    }

    pub fn needs(self, other: &str) -> Self {
        let need = urn(other);
        self.with(|options| options.depends_on.push(need))
    }

    pub fn inside(mut self, parent: &str) -> Self {
        self.0.parent = Some(group_urn(parent));
        self
    }

    pub fn at(mut self, line: u32) -> Self {
        self.0.location = Some(Location { file: "main.rs".into(), line });
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.0.options);
        self
    }

    pub fn protected(self) -> Self {
        self.with(|options| options.protect = true)
    }
}

pub fn graph(declared: impl IntoIterator<Item = Declared>) -> Graph {
    let mut builder = GraphBuilder::new();
    declared.into_iter().for_each(|one| builder.add(one.0));
    builder.build().expect("a test's declaration has no mistakes")
}
