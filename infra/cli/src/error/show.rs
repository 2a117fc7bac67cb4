//! A failure as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Failure, Report};
use crate::render::paint::{self, Paint};

impl Failure {
    /// The text for a person, each line ended. Empty when there is nothing to say.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let mut text = String::new();
        self.reports.iter().for_each(|report| report.write(&mut text, paint));
        text
    }

    /// `{"event": "error", …}`, the last line of every failed command under `--json`.
    pub(crate) fn json(&self) -> Value {
        let report = |report: &Report| {
            json!({
                "message": report.message,
                "declared": report.location.as_ref().map(ToString::to_string),
                "causes": report.causes,
                "log": report.log,
                "hints": report.hints,
            })
        };
        json!({
            "event": "error",
            "kind": self.kind.name(),
            "exitCode": self.kind.exit_code(),
            "errors": self.reports.iter().map(report).collect::<Vec<_>>(),
        })
    }
}

impl Report {
    fn write(&self, text: &mut String, paint: Paint) {
        let word = paint.paint(paint::RED.bold(), "error:");
        let _ = writeln!(text, "{word} {}", indented(&self.message));
        if let Some(location) = &self.location {
            let _ = writeln!(text, "  {} {location}", paint.dim("declared at"));
        }
        for cause in &self.causes {
            let _ = writeln!(text, "  {} {}", paint.dim("because"), indented(cause));
        }
        if !self.log.is_empty() {
            let _ = writeln!(text, "  {}", paint.dim("last lines of its log:"));
            for line in &self.log {
                let _ = writeln!(text, "    {} {line}", paint.dim("|"));
            }
        }
        for hint in &self.hints {
            let _ = writeln!(text, "  {} {}", paint.paint(paint::CYAN, "help:"), indented(hint));
        }
    }
}

/// Further lines of a message stand under its first one.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}
