//! Quotas counted in Redis, for all replicas, by Redis' own clock.

use goodgo_service_kit::cache::{Cache, CacheError, Script};

use super::gcra::{Decision, Quota, Verdict};

pub(super) struct SharedLimiter {
    cache: Cache,
    script: Script,
}

impl SharedLimiter {
    pub(super) fn new(cache: Cache) -> Self {
        Self { cache, script: Script::new(include_str!("shared.lua")) }
    }

    pub(super) async fn decide(
        &self,
        keys: &[String],
        quotas: &[Quota],
    ) -> Result<Decision, CacheError> {
        let mut call = self.script.prepare_invoke();
        for (key, quota) in keys.iter().zip(quotas) {
            call.key(key).arg(quota.interval).arg(quota.window);
        }
        let answer: Vec<u64> = self.cache.run(&call).await?;
        let now = answer.first().copied().unwrap_or(0);
        let verdict = |pair: &[u64]| Verdict { next: pair[0], retry_after: pair[1] };
        let verdicts: Vec<_> =
            answer.get(1..).unwrap_or(&[]).chunks_exact(2).map(verdict).collect();
        Ok(Decision::of(quotas, &verdicts, now))
    }
}
