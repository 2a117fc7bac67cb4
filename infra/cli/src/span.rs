//! Spans of time as people type them.

use std::time::Duration;

/// Reads `90s`, `10m`, `2h` or `1d`; a number alone is seconds.
///
/// # Errors
/// What would be right.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err("expected a number and s, m, h or d, as in `10m`".to_owned()),
    };
    let number: u64 =
        number.parse().map_err(|_| "expected a number first, as in `10m`".to_owned())?;
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let seconds = ["7", "90s", "10m", "2h", "1d"].map(|text| parse(text).unwrap().as_secs());
        assert_eq!(seconds, [7, 90, 600, 7200, 86_400]);
        assert!(parse("soon").is_err());
        assert!(parse("5 weeks").is_err());
    }
}
