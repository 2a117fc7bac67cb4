//! `graph`: what needs what, as a picture.

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::app::App;
use crate::error::Failure;
use crate::render::graph::{Drawing, dot, mermaid, svg};

const EXAMPLES: &str = "Examples:
  ./just graph env=local --format mermaid
  ./just graph env=local --format svg > platform.svg
  ./just graph env=local --resources --format dot";

/// Draw what is declared and what needs what
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Graph {
    /// The language of the picture
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Draw every resource, not only components
    #[arg(long)]
    resources: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Mermaid, which Markdown renderers draw
    #[default]
    Mermaid,
    /// Graphviz
    Dot,
    /// A picture that browsers show
    Svg,
}

impl Graph {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let runtime = app.runtime()?;
        let graph = app.graph(&*runtime)?;
        let drawing =
            if self.resources { Drawing::resources(&graph) } else { Drawing::components(&graph) };
        if app.output.json {
            let nodes: Vec<_> = drawing
                .nodes
                .iter()
                .map(|node| json!({"kind": node.kind, "name": node.name}))
                .collect();
            return app.output.json_line(&json!({"nodes": nodes, "arrows": drawing.arrows}));
        }
        app.output.result(&match self.format {
            Format::Mermaid => mermaid(&drawing),
            Format::Dot => dot(&drawing, app.program.environment),
            Format::Svg => svg(&drawing),
        })
    }
}
