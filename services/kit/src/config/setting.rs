//! The types a setting can have, each with the text that it is read from.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Secret;

/// A type that a setting's text can be read as.
pub trait Setting: Sized {
    /// How the documentation names the type.
    const KIND: &'static str;
    /// Whether the value may come from a file and must never be printed.
    const SECRET: bool = false;
    /// Whether the setting may be left out without having a default.
    const OPTIONAL: bool = false;

    /// Reads the value.
    ///
    /// # Errors
    /// A sentence fragment that completes "NAME ", such as "must be a number".
    /// It must not quote the text of a secret.
    fn parse(text: &str) -> Result<Self, String>;

    /// The value when nothing is set, for types that have one.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }

    /// The value as an operator would write it.
    fn show(&self) -> String;
}

impl Setting for String {
    const KIND: &'static str = "text";

    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for Secret {
    const KIND: &'static str = "secret";
    const SECRET: bool = true;

    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self::new(text))
    }

    fn show(&self) -> String {
        "(hidden)".to_owned()
    }
}

impl<T: Setting> Setting for Option<T> {
    const KIND: &'static str = T::KIND;
    const SECRET: bool = T::SECRET;
    const OPTIONAL: bool = true;

    fn parse(text: &str) -> Result<Self, String> {
        T::parse(text).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(String::new, T::show)
    }
}

impl Setting for SocketAddr {
    const KIND: &'static str = "address:port";

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| {
            format!("must be an IP address and a port such as 127.0.0.1:8000, not {text:?}")
        })
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

macro_rules! whole_number {
    ($($number:ty),*) => {$(
        impl Setting for $number {
            const KIND: &'static str = "whole number";

            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| {
                    format!("must be a whole number from 0 to {}, not {text:?}", <$number>::MAX)
                })
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_number!(u8, u16, u32, u64, usize);

/// Units of a duration, longest first, in milliseconds.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Setting for Duration {
    const KIND: &'static str = "duration";

    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("must be a whole number with a unit (ms, s, m, h, d) such as 10s, not {text:?}")
        };
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, unit) = text.split_at(split);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        number.checked_mul(*scale).map(Self::from_millis).ok_or_else(wrong)
    }

    fn show(&self) -> String {
        let millis = u64::try_from(self.as_millis()).unwrap_or(u64::MAX);
        if millis == 0 {
            return "0s".to_owned();
        }
        let exact = UNITS.iter().find(|(_, scale)| millis.is_multiple_of(*scale));
        let (unit, scale) = exact.expect("every number is a multiple of one millisecond");
        format!("{}{unit}", millis / scale)
    }
}

/// A check that the value lies in `range`, both ends included.
pub fn within<T: Setting + PartialOrd>(
    range: RangeInclusive<T>,
) -> impl Fn(&T) -> Result<(), String> {
    move |value| {
        if range.contains(value) {
            return Ok(());
        }
        let (from, to) = (range.start().show(), range.end().show());
        Err(out_of_range(&from, &to, &value.show()))
    }
}

fn out_of_range(from: &dyn Display, to: &dyn Display, value: &dyn Display) -> String {
    format!("must be from {from} to {to}, not {value}")
}
