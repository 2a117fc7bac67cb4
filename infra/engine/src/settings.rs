//! How much the engine does at once, and how long it waits.

use std::time::Duration;

/// Limits of a run. All have defaults that fit most environments.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// How many steps run at once.
    pub steps: usize,
    /// How many things are looked at at once.
    pub reads: usize,
    /// For one look at a thing.
    pub read_timeout: Duration,
    /// For a create whose resource sets no limit of its own, retries included.
    pub create_timeout: Duration,
    /// For an update, likewise.
    pub update_timeout: Duration,
    /// For a delete, likewise.
    pub delete_timeout: Duration,
    /// How passing failures are tried again.
    pub retry: Retry,
}

/// Exponential backoff.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retry {
    /// The wait before the second attempt; each further one is twice as long.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// So many attempts in all.
    pub attempts: u32,
}

impl Default for Settings {
    /// Twice as many steps as cores, at least 16; 32 reads; 5 min to create or update, 2 min to
    /// delete, 30 s to read.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(4, std::num::NonZero::get);
        Self {
            steps: (2 * cores).max(16),
            reads: 32,
            read_timeout: Duration::from_secs(30),
            create_timeout: Duration::from_mins(5),
            update_timeout: Duration::from_mins(5),
            delete_timeout: Duration::from_mins(2),
            retry: Retry::default(),
        }
    }
}

impl Default for Retry {
    /// Six attempts with waits of 0.2, 0.4, 0.8, 1.6 and 3.2 s.
    fn default() -> Self {
        Self { first: Duration::from_millis(200), longest: Duration::from_secs(10), attempts: 6 }
    }
}

impl Retry {
    /// The wait after attempt number `attempt` (from 1), or `None` when it was the last.
    pub fn wait(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        Some(self.first.saturating_mul(doubled).min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry {
            first: Duration::from_millis(100),
            longest: Duration::from_millis(300),
            attempts: 4,
        };
        let waits: Vec<_> =
            (1..5).map(|attempt| retry.wait(attempt).map(|w| w.as_millis())).collect();
        assert_eq!(waits, [Some(100), Some(200), Some(300), None]);
    }
}
