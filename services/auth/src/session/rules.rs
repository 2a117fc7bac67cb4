//! What to do with a refresh token that is presented.

use std::time::Duration;

use time::OffsetDateTime;

/// A family as it is seen under its lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The generation of the token that can be used.
    pub generation: i32,
    /// When the family was last used.
    pub last_used_at: OffsetDateTime,
    /// The family's absolute end.
    pub expires_at: OffsetDateTime,
    /// Whether it was ended before its time.
    pub revoked: bool,
}

/// The presented token as it is seen under the family's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// Its generation.
    pub generation: i32,
    /// When it was replaced.
    pub replaced_at: Option<OffsetDateTime>,
    /// Whether its successor is kept for it.
    pub has_successor: bool,
}

/// The lifetimes of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// The life of a family that is not used.
    pub idle: Duration,
    /// How long the immediate parent yields the same successor again.
    pub grace: Duration,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Replace the token by a new successor.
    Rotate,
    /// Give the successor that was given before.
    Repeat,
    /// Revoke the family: a token was used that must not be any more.
    Reuse,
    /// Refuse: the family has ended, by itself or by being revoked.
    Over,
}

/// Decides. That the family has ended comes first: reuse in a family that is
/// over is nothing new to report.
#[must_use]
pub fn decide(
    family: &Family,
    presented: &Presented,
    lifetimes: &Lifetimes,
    now: OffsetDateTime,
) -> Decision {
    let idle_end = family.last_used_at + lifetimes.idle;
    if family.revoked || now >= family.expires_at || now >= idle_end {
        return Decision::Over;
    }
    if presented.generation == family.generation {
        return Decision::Rotate;
    }
    let parent = presented.generation + 1 == family.generation && presented.has_successor;
    let in_grace = presented.replaced_at.is_some_and(|at| now < at + lifetimes.grace);
    if parent && in_grace { Decision::Repeat } else { Decision::Reuse }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIFETIMES: Lifetimes =
        Lifetimes { idle: Duration::from_secs(1_000), grace: Duration::from_secs(10) };

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(second).unwrap()
    }

    fn family() -> Family {
        Family { generation: 5, last_used_at: at(100), expires_at: at(5_000), revoked: false }
    }

    fn presented(generation: i32) -> Presented {
        let replaced = generation < 5;
        Presented {
            generation,
            replaced_at: replaced.then(|| at(100)),
            has_successor: generation == 4,
        }
    }

    fn decide_at(second: i64, generation: i32) -> Decision {
        decide(&family(), &presented(generation), &LIFETIMES, at(second))
    }

    #[test]
    fn the_current_token_rotates() {
        assert_eq!(decide_at(105, 5), Decision::Rotate);
    }

    #[test]
    fn the_parent_repeats_within_the_grace_and_not_at_its_end() {
        assert_eq!(decide_at(100, 4), Decision::Repeat);
        assert_eq!(decide_at(109, 4), Decision::Repeat);
        assert_eq!(decide_at(110, 4), Decision::Reuse);
        let none = Lifetimes { grace: Duration::ZERO, ..LIFETIMES };
        assert_eq!(decide(&family(), &presented(4), &none, at(100)), Decision::Reuse);
    }

    #[test]
    fn the_grandparent_is_reuse_even_within_the_grace() {
        assert_eq!(decide_at(100, 3), Decision::Reuse);
    }

    #[test]
    fn a_family_that_is_over_stays_so() {
        assert_eq!(decide_at(1_100, 5), Decision::Over);
        let family = Family { expires_at: at(105), ..family() };
        assert_eq!(decide(&family, &presented(5), &LIFETIMES, at(105)), Decision::Over);
        let family = Family { revoked: true, ..family };
        assert_eq!(decide(&family, &presented(4), &LIFETIMES, at(101)), Decision::Over);
    }

    proptest! {
        #[test]
        fn only_the_current_token_and_its_parent_ever_yield_anything(
            generation in 0_i32..8, second in 0_i64..6_000, revoked: bool,
        ) {
            let family = Family { revoked, ..family() };
            let decision = decide(&family, &presented(generation), &LIFETIMES, at(second));
            let yields = matches!(decision, Decision::Rotate | Decision::Repeat);
            prop_assert!(!yields || (!revoked && second < 1_100 && (4..=5).contains(&generation)));
            prop_assert!(decision != Decision::Repeat || second < 110);
        }
    }
}
