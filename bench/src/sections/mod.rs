//! What is measured, in parts that can be run alone.

mod graph;
pub(crate) mod plan;
mod platform;
mod terraform;

use crate::Result;
use crate::machine::Programs;
use crate::report::Row;

/// A part of the measurements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Section {
    /// The pure planner.
    Plan,
    /// Whole commands on 1,000 resources, against Terraform.
    Graph,
    /// Whole commands on what env=local declares.
    Platform,
}

impl Section {
    /// All, in the order in which they run.
    pub(crate) const ALL: &[Self] = &[Self::Plan, Self::Graph, Self::Platform];

    /// Reads `plan`, or `section=plan`.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let name = word.strip_prefix("section=").unwrap_or(word);
        Self::ALL.iter().copied().find(|section| section.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Graph => "graph",
            Self::Platform => "platform",
        }
    }

    /// Builds what it measures. All is built before anything is measured.
    pub(crate) fn build(self) -> Result<()> {
        match self {
            Self::Plan => Ok(()),
            Self::Graph => Programs::build_graph(),
            Self::Platform => Programs::build_platform(),
        }
    }

    pub(crate) async fn run(self, programs: &Programs) -> Result<Vec<Row>> {
        match self {
            Self::Plan => plan::measure().await,
            Self::Graph => graph::measure(programs).await,
            Self::Platform => platform::measure(programs).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_with_and_without_their_word() {
        assert_eq!(Section::parse("section=graph"), Some(Section::Graph));
        assert_eq!(Section::parse("plan"), Some(Section::Plan));
        assert_eq!(Section::parse("section=tea"), None);
    }
}
