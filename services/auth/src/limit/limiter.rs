//! The limiter that routes ask: Redis first, this process when it is away.

use std::net::IpAddr;
use std::sync::atomic::AtomicI64;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use goodgo_service_kit::cache::Cache;
use goodgo_service_kit::problem::Problem;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Rate;
use super::gcra::{Decision, Quota};
use super::local::LocalLimiter;
use super::shared::SharedLimiter;

/// What a rate is counted for.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The address that a request comes from.
    Address(IpAddr),
    /// The account that it is about, by the key of its e-mail address.
    Account(&'a str),
}

impl Subject<'_> {
    fn kind(self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Account(_) => "account",
        }
    }

    /// The subject as a part of a key. An account is hashed, so that Redis holds
    /// no addresses of people; of an IPv6 address the network counts, because
    /// one subscriber has all the addresses in it.
    fn key(self) -> String {
        match self {
            Self::Address(IpAddr::V4(address)) => address.to_string(),
            Self::Address(IpAddr::V6(address)) => format!("{:x}", address.to_bits() >> 64),
            Self::Account(email_key) => {
                let digest = digest(&SHA256, email_key.as_bytes());
                digest.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    action: &'static str,
    backend: &'static str,
    outcome: &'static str,
}

/// Decides whether a request may go on.
pub struct Limiter {
    shared: SharedLimiter,
    local: LocalLimiter,
    decisions: Family<DecisionLabels, Counter>,
    alone: Gauge<i64, AtomicI64>,
}

impl Limiter {
    /// A limiter that counts in `cache`.
    pub fn new(cache: Cache, registry: &mut Registry) -> Self {
        let (decisions, alone) = (Family::default(), Gauge::default());
        let help = "Decisions of the rate limiter, by action, backend and outcome";
        registry.register("auth_limit_decisions", help, Family::clone(&decisions));
        let help = "1 while this replica counts for itself because Redis is away";
        registry.register("auth_limit_alone", help, Gauge::clone(&alone));
        Self { shared: SharedLimiter::new(cache), local: LocalLimiter::new(), decisions, alone }
    }

    /// Counts a request for `action` against the rate of each subject.
    ///
    /// # Errors
    /// The problem to answer with (429) when one of the rates is used up.
    pub async fn check(
        &self,
        action: &'static str,
        rates: &[(Subject<'_>, Rate)],
    ) -> Result<HeaderMap, Problem> {
        let key = |(subject, _): &(Subject<'_>, Rate)| {
            format!("auth:limit:{action}:{}:{}", subject.kind(), subject.key())
        };
        let keys: Vec<String> = rates.iter().map(key).collect();
        let quotas: Vec<Quota> = rates.iter().map(|(_, rate)| Quota::from(*rate)).collect();
        let decision = self.decide(action, &keys, &quotas).await;
        let headers = headers(action, rates, &decision);
        if decision.allowed() {
            return Ok(headers);
        }
        Err(refusal(headers, seconds(decision.retry_after)))
    }

    async fn decide(&self, action: &'static str, keys: &[String], quotas: &[Quota]) -> Decision {
        let (decision, backend) = match self.shared.decide(keys, quotas).await {
            Ok(decision) => (decision, "redis"),
            Err(error) => {
                if self.alone.set(1) == 0 {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "rates are counted by this replica alone");
                }
                (self.local.decide(keys, quotas), "process")
            }
        };
        if backend == "redis" && self.alone.set(0) == 1 {
            tracing::info!("rates are counted in Redis again");
        }
        let outcome = if decision.allowed() { "allowed" } else { "refused" };
        self.decisions.get_or_create(&DecisionLabels { action, backend, outcome }).inc();
        decision
    }
}

/// Whole seconds, rounded up: who comes back then is not told to wait again.
fn seconds(micros: u64) -> u64 {
    micros.div_ceil(1_000_000)
}

/// `RateLimit` and `RateLimit-Policy`, as in draft-ietf-httpapi-ratelimit-headers.
fn headers(action: &str, rates: &[(Subject<'_>, Rate)], decision: &Decision) -> HeaderMap {
    let name = |subject: Subject<'_>| format!("{action}-{}", subject.kind());
    let policy = |(subject, rate): &(Subject<'_>, Rate)| {
        format!("\"{}\";q={};w={}", name(*subject), rate.count, rate.window.as_secs().max(1))
    };
    let policies = rates.iter().map(policy).collect::<Vec<_>>().join(", ");
    let tightest = rates.get(decision.tightest).map(|(subject, _)| name(*subject));
    let (remaining, reset) = (decision.remaining, seconds(decision.reset));
    let limit = format!("\"{}\";r={remaining};t={reset}", tightest.unwrap_or_default());
    let mut headers = HeaderMap::new();
    for (name, text) in [("ratelimit-policy", policies), ("ratelimit", limit)] {
        let value = HeaderValue::try_from(text).expect("letters and digits make a header");
        headers.insert(HeaderName::from_static(name), value);
    }
    headers
}

fn refusal(headers: HeaderMap, retry_after: u64) -> Problem {
    let title = "This was tried too often";
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", title)
        .with_detail(format!("try again in {retry_after} s"))
        .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after));
    headers.into_iter().fold(problem, |problem, (name, value)| match name {
        Some(name) => problem.with_header(name, value),
        None => problem,
    })
}
