//! A rate, as a setting: `10/1m` is ten in a minute, all ten at once if need be.

use std::time::Duration;

use goodgo_service_kit::config::Setting;

/// How many in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many may come in `window`, and at once.
    pub count: u32,
    /// The time in which a quota that was used up is whole again.
    pub window: Duration,
}

impl Setting for Rate {
    const KIND: &'static str = "rate";

    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("must be a count and a duration such as 10/1m, not {text:?}");
        let (count, window) = text.split_once('/').ok_or_else(wrong)?;
        let count: u32 = count.parse().map_err(|_| wrong())?;
        let window = Duration::parse(window).map_err(|_| wrong())?;
        let day = Duration::from_secs(86_400);
        if !(1..=1_000_000).contains(&count) || window.is_zero() || window > day {
            return Err(format!("must be from 1 to 1000000 in at most 1d, not {text:?}"));
        }
        Ok(Self { count, window })
    }

    fn show(&self) -> String {
        format!("{}/{}", self.count, self.window.show())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        let rate = Rate { count: 10, window: Duration::from_secs(60) };
        assert_eq!(Rate::parse("10/1m"), Ok(rate));
        assert_eq!(rate.show(), "10/1m");
        for wrong in ["", "10", "10/", "/1m", "0/1m", "1/0s", "1/2d", "-1/1m", "1/1m/1m"] {
            assert!(Rate::parse(wrong).is_err(), "{wrong}");
        }
    }
}
