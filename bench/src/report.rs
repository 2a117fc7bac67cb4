//! What was measured, as a table for people.

use std::fmt::Write as _;
use std::time::Duration;

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What is measured.
    pub(crate) what: String,
    /// What was to be reached.
    pub(crate) target: String,
    /// What was measured.
    pub(crate) measured: String,
    /// Whether it was reached; `None` when there is nothing to compare with.
    pub(crate) reached: Option<bool>,
}

impl Row {
    /// A line of the table.
    pub(crate) fn new(
        what: impl Into<String>,
        target: impl Into<String>,
        measured: impl Into<String>,
        reached: Option<bool>,
    ) -> Self {
        Self { what: what.into(), target: target.into(), measured: measured.into(), reached }
    }
}

/// The lines as Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = "| what | to reach | measured | reached |\n|---|---|---|---|\n".to_owned();
    for Row { what, target, measured, reached } in rows {
        let reached = match reached {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        let _ = writeln!(text, "| {what} | {target} | {measured} | {reached} |");
    }
    text
}

/// The whole page.
pub(crate) fn page(machine: &str, rows: &[Row]) -> String {
    format!("{HEAD}\n{machine}\n\n{}\n{METHOD}", table(rows))
}

const HEAD: &str =
    "# Benchmarks\n\nWritten by `./just bench`: run it again rather than edit this page.\n";
const METHOD: &str = include_str!("method.md");

/// `12.3 ms`, `4.56 s`.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

/// `12.3 MiB`.
pub(crate) fn memory(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit after the point")]
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    format!("{mebibytes:.1} MiB")
}

/// `1,000`.
pub(crate) fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_fit_the_size() {
        assert_eq!(time(Duration::from_micros(12_340)), "12.3 ms");
        assert_eq!(time(Duration::from_millis(4_561)), "4.56 s");
        assert_eq!(memory(15 << 20), "15.0 MiB");
        assert_eq!(thousands(100_000), "100,000");
        assert_eq!(thousands(10), "10");
    }

    #[test]
    fn what_was_missed_stands_out() {
        let text = table(&[Row::new("deploy", "under 3 s", "4 s", Some(false))]);
        assert!(text.ends_with("| deploy | under 3 s | 4 s | **no** |\n"), "{text}");
    }
}
