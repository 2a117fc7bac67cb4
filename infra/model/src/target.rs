//! Where an environment runs: how each part becomes resources.

use crate::location::Location;
use crate::part::Part;
use crate::resource::{Options, Resource};
use crate::urn::Urn;
use crate::value::{Map, Path, Value};

/// A place to run. Lowering is pure: it declares resources and does nothing.
pub trait Target: Send + Sync {
    /// Its name, as in `target=process`.
    fn name(&self) -> &'static str;

    /// Declares the resources of one part and answers with the outputs that [`Part`] promises for its sort.
    fn lower(&self, part: &Part, lowering: &mut Lowering<'_>) -> Map;
}

/// Where a target puts the resources of one part.
#[derive(Debug)]
pub struct Lowering<'a> {
    pub(crate) environment: &'a str,
    pub(crate) project: &'a str,
    pub(crate) component: &'a Urn,
    pub(crate) location: &'a Location,
    pub(crate) resources: Vec<Resource>,
}

impl Lowering<'_> {
    /// Declares a resource under the component and gives back its URN.
    pub fn resource(&mut self, kind: &str, name: &str, inputs: Map, options: Options) -> Urn {
        let qualified = format!("{}${kind}", self.component.qualified_type());
        let urn = Urn::new(self.environment, self.project, &qualified, name);
        let mut resource = Resource::new(urn.clone(), inputs);
        resource.parent = Some(self.component.clone());
        resource.options = options;
        resource.location = Some(self.location.clone());
        self.resources.push(resource);
        urn
    }

    /// The output of a declared resource.
    pub fn output(urn: &Urn, path: &str) -> Value {
        Value::Output { urn: urn.clone(), path: Path::parse(path) }
    }

    /// The component's name.
    pub fn component(&self) -> &str {
        self.component.name()
    }

    /// The environment's name.
    pub fn environment(&self) -> &str {
        self.environment
    }
}
