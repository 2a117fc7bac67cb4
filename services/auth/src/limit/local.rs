//! Quotas counted in this process, while Redis is away.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::gcra::{Decision, Quota, verdict};

/// How many keys are counted at most. An attacker who sends more than this in
/// one window makes the table forget, and never makes it grow.
const MOST_KEYS: usize = 50_000;

pub(super) struct LocalLimiter {
    started: Instant,
    tats: Mutex<HashMap<String, u64>>,
}

impl LocalLimiter {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), tats: Mutex::default() }
    }

    pub(super) fn decide(&self, keys: &[String], quotas: &[Quota]) -> Decision {
        let now = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.decide_at(keys, quotas, now)
    }

    fn decide_at(&self, keys: &[String], quotas: &[Quota], now: u64) -> Decision {
        // A panic in another holder cannot leave half an entry behind.
        let mut tats = self.tats.lock().unwrap_or_else(PoisonError::into_inner);
        let tat = |key: &String| tats.get(key).copied().unwrap_or(0);
        let verdicts: Vec<_> =
            keys.iter().zip(quotas).map(|(key, quota)| verdict(*quota, tat(key), now)).collect();
        let decision = Decision::of(quotas, &verdicts, now);
        if decision.allowed() {
            make_room(&mut tats, keys.len(), now);
            tats.extend(keys.iter().cloned().zip(verdicts.iter().map(|verdict| verdict.next)));
        }
        decision
    }
}

/// Forgets the keys whose quotas are whole, and if need be all.
fn make_room(tats: &mut HashMap<String, u64>, more: usize, now: u64) {
    if tats.len() + more > MOST_KEYS {
        tats.retain(|_, tat| *tat > now);
        if tats.len() + more > MOST_KEYS {
            tats.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { interval: 10, window: 20 };

    fn keys(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_request_that_one_quota_refuses_is_charged_to_none() {
        let limiter = LocalLimiter::new();
        let both = keys(&["address", "account"]);
        assert_eq!(limiter.decide_at(&both, &[QUOTA, QUOTA], 0).remaining, 1);
        assert!(limiter.decide_at(&keys(&["account"]), &[QUOTA], 0).allowed());
        let refused = limiter.decide_at(&both, &[QUOTA, QUOTA], 0);
        assert_eq!((refused.retry_after, refused.tightest), (10, 1));
        assert_eq!(limiter.decide_at(&keys(&["address"]), &[QUOTA], 0).remaining, 0);
    }

    #[test]
    fn the_table_does_not_grow_without_end() {
        let limiter = LocalLimiter::new();
        for number in 0..MOST_KEYS + 10 {
            limiter.decide_at(&[number.to_string()], &[QUOTA], 0);
        }
        assert!(limiter.tats.lock().unwrap().len() <= MOST_KEYS);
    }
}
