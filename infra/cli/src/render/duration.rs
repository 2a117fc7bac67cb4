//! Durations, times and sizes as people say them.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// `7 ms`, `1.4 s`, `3 min 5 s`.
pub(crate) fn duration(span: Duration) -> String {
    let seconds = span.as_secs();
    match span.as_millis() {
        millis @ 0..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{:.1} s", span.as_secs_f64()),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600_000..86_400_000 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// RFC 3339 in UTC, from seconds since 1970; `-` for 0, which stands for unknown.
pub(crate) fn instant(seconds: i64) -> String {
    if seconds == 0 {
        return "-".to_owned();
    }
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| "-".to_owned())
}

/// `12.3 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    #[allow(clippy::cast_precision_loss)]
    let mut size = count as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// `1 resource`, `2 resources`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_are_short() {
        let spoken: Vec<String> = [7, 1_432, 185_000, 7_260_000, 90_000_000]
            .map(|millis| duration(Duration::from_millis(millis)))
            .into();
        assert_eq!(spoken, ["7 ms", "1.4 s", "3 min 5 s", "2 h 1 min", "1 d 1 h"]);
        assert_eq!([bytes(12), bytes(2048), bytes(15_000_000)], ["12 B", "2.0 KiB", "14.3 MiB"]);
        assert_eq!(instant(1_700_000_000), "2023-11-14T22:13:20Z");
    }
}
