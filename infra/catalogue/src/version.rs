//! Programs write their versions in their own ways ("v=7.0.15", "17.10
//! (Debian …)", "18beta1"); here they become three numbers that compare.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A version as far as the catalogue compares it: `major.minor.patch`, missing
/// parts are 0, suffixes are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number, 0 where the program has none.
    pub minor: u32,
    /// Third number, 0 where the program has none.
    pub patch: u32,
}

impl Version {
    /// A version from its three numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// Reads a version that is written alone, such as `3.7.15` or `17`.
    ///
    /// Returns `None` when the text does not start with a number.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|number| number.parse().ok());
        let major = numbers.next()??;
        let minor = numbers.next().flatten().unwrap_or(0);
        let patch = numbers.next().flatten().unwrap_or(0);
        Some(Self { major, minor, patch })
    }

    /// Finds the version in what a program says of itself: the first number
    /// that starts a word, or follows `v` or `=`.
    pub fn find(output: &str) -> Option<Self> {
        let bytes = output.as_bytes();
        let starts_number = |at: usize| {
            let before = at.checked_sub(1).map(|at| bytes[at]);
            bytes[at].is_ascii_digit()
                && before.is_none_or(|b| matches!(b, b'v' | b'=' | b'(') || b.is_ascii_whitespace())
        };
        let start = (0..bytes.len()).find(|&at| starts_number(at))?;
        Self::parse(&output[start..])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The versions that will do: from `from` on, and below `below`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The lowest version accepted.
    pub from: Version,
    /// The first version that is too new, if any is.
    pub below: Option<Version>,
}

impl Requirement {
    /// Any version from `from` on.
    pub const fn at_least(from: Version) -> Self {
        Self { from, below: None }
    }

    /// Versions from `from` up to, not including, `below`.
    pub const fn range(from: Version, below: Version) -> Self {
        Self { from, below: Some(below) }
    }

    /// What an image tag such as `17`, `v3.7` or `7.2.4-alpine` asks for: that
    /// major, minor or exact version. `None` for a tag such as `latest`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        let number = tag.split('-').next().unwrap_or(tag);
        let from = Version::parse(number)?;
        let Version { major, minor, patch } = from;
        let below = match number.split('.').count() {
            1 => Version::new(major + 1, 0, 0),
            2 => Version::new(major, minor + 1, 0),
            _ => Version::new(major, minor, patch + 1),
        };
        Some(Self::range(from, below))
    }

    /// Whether `version` will do.
    pub fn accepts(&self, version: Version) -> bool {
        version >= self.from && self.below.is_none_or(|below| version < below)
    }

    /// The versions that both accept; `None` when there is none.
    pub fn and(&self, other: &Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let below = match (self.below, other.below) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        below.is_none_or(|below| from < below).then_some(Self { from, below })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.below {
            Some(below) => write!(f, "at least {} and below {below}", self.from),
            None => write!(f, "at least {}", self.from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_versions_in_what_programs_say() {
        let cases = [
            ("postgres (PostgreSQL) 17.10 (Debian 17.10-1)", Version::new(17, 10, 0)),
            ("postgres (PostgreSQL) 18beta1", Version::new(18, 0, 0)),
            ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0", Version::new(7, 0, 15)),
            ("redis-cli 7.2.15", Version::new(7, 2, 15)),
            ("Version:      3.7.15\nCodename:     x\nGo version:   go1.25", Version::new(3, 7, 15)),
        ];
        for (said, version) in cases {
            assert_eq!(Version::find(said), Some(version), "{said}");
        }
        assert_eq!(Version::find("no number, only x86"), None);
    }

    #[test]
    fn reads_tags() {
        let accepts =
            |tag: &str, version: Version| Requirement::from_tag(tag).map(|r| r.accepts(version));
        assert_eq!(accepts("17", Version::new(17, 10, 0)), Some(true));
        assert_eq!(accepts("17", Version::new(18, 0, 0)), Some(false));
        assert_eq!(accepts("v3.7", Version::new(3, 7, 15)), Some(true));
        assert_eq!(accepts("v3.7", Version::new(3, 8, 0)), Some(false));
        assert_eq!(accepts("7.2.4-alpine", Version::new(7, 2, 5)), Some(false));
        assert_eq!(accepts("latest", Version::new(1, 0, 0)), None);
    }

    #[test]
    fn narrows_to_what_both_accept() {
        let wide = Requirement::range(Version::new(17, 0, 0), Version::new(19, 0, 0));
        let narrow = Requirement::from_tag("18").expect("a number");
        assert_eq!(wide.and(&narrow), Some(narrow));
        assert_eq!(wide.and(&Requirement::from_tag("15").expect("a number")), None);
    }
}
