//! The generic cell rate algorithm (ITU-T I.371): a leaky bucket that needs one
//! number for each key, the *theoretical arrival time* (TAT) of the next cell.
//!
//! The same arithmetic runs here and, as Lua, in Redis (`shared.lua`); a test
//! holds the two together. All times are microseconds.

use super::Rate;

/// A rate in the algorithm's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The time between two cells at the steady rate.
    pub interval: u64,
    /// How far the TAT may be ahead of the clock.
    pub window: u64,
}

impl From<Rate> for Quota {
    fn from(rate: Rate) -> Self {
        let window = u64::try_from(rate.window.as_micros()).unwrap_or(u64::MAX);
        // At least one: more than a million a second is not a limit.
        let interval = (window / u64::from(rate.count)).max(1);
        Self { interval, window: interval * u64::from(rate.count) }
    }
}

/// What the algorithm says of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The TAT after the cell, when it conforms.
    pub next: u64,
    /// How long until a cell conforms; zero when this one does.
    pub retry_after: u64,
}

/// Whether a cell that arrives at `now` conforms, given the key's `tat`.
#[must_use]
pub fn verdict(quota: Quota, tat: u64, now: u64) -> Verdict {
    let next = tat.max(now) + quota.interval;
    Verdict { next, retry_after: next.saturating_sub(now + quota.window) }
}

/// What a limiter says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// How many more of the tightest quota conform at once.
    pub remaining: u64,
    /// How long until the tightest quota is whole again.
    pub reset: u64,
    /// How long until the request would conform; zero when it does.
    pub retry_after: u64,
    /// Which of the quotas is the tightest.
    pub tightest: usize,
}

impl Decision {
    /// Whether the request may go on.
    #[must_use]
    pub fn allowed(&self) -> bool {
        self.retry_after == 0
    }

    /// The decision from the verdicts on every quota of a request.
    #[must_use]
    pub fn of(quotas: &[Quota], verdicts: &[Verdict], now: u64) -> Self {
        let state = |(index, (quota, verdict)): (usize, (&Quota, &Verdict))| {
            let refused = verdict.retry_after > 0;
            // A refused cell is not counted, so its quota stays as it was.
            let tat = if refused { verdict.next - quota.interval } else { verdict.next };
            let reset = tat.saturating_sub(now);
            let remaining = quota.window.saturating_sub(reset) / quota.interval;
            Self { remaining, reset, retry_after: verdict.retry_after, tightest: index }
        };
        let states = quotas.iter().zip(verdicts).enumerate().map(state);
        let tighter = |state: &Self| (std::cmp::Reverse(state.retry_after), state.remaining);
        let open = Self { remaining: u64::MAX, reset: 0, retry_after: 0, tightest: 0 };
        states.min_by_key(tighter).unwrap_or(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn a_quota_is_used_up_and_comes_back() {
        let quota = Quota::from(Rate { count: 3, window: Duration::from_micros(30) });
        let (mut tat, mut answers) = (0, Vec::new());
        for now in [100, 100, 100, 100, 109, 110, 110, 200] {
            let verdict = verdict(quota, tat, now);
            if verdict.retry_after == 0 {
                tat = verdict.next;
            }
            answers.push(verdict.retry_after);
        }
        assert_eq!(answers, [0, 0, 0, 10, 1, 0, 10, 0]);
    }

    proptest! {
        #[test]
        fn never_more_than_the_count_in_any_window(
            count in 1_u32..20,
            steps in proptest::collection::vec(0_u64..200, 1..200),
        ) {
            let quota = Quota::from(Rate { count, window: Duration::from_micros(1000) });
            let (mut tat, mut now, mut accepted) = (0, 1_000_000, Vec::new());
            for step in steps {
                now += step;
                let verdict = verdict(quota, tat, now);
                if verdict.retry_after == 0 {
                    tat = verdict.next;
                    accepted.push(now);
                }
            }
            // A burst and the steady rate beside it: at most twice the count.
            for (index, start) in accepted.iter().enumerate() {
                let within = accepted[index..].iter().take_while(|at| **at < start + quota.window);
                prop_assert!(within.count() <= 2 * count as usize);
            }
        }

        #[test]
        fn who_waits_as_told_is_let_in(tat in 0_u64..10_000, now in 0_u64..10_000) {
            let quota = Quota { interval: 100, window: 500 };
            let first = verdict(quota, tat, now);
            prop_assert_eq!(verdict(quota, tat, now + first.retry_after).retry_after, 0);
        }
    }
}
