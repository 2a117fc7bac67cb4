//! The identity of a request across services: W3C Trace Context, level 1.
//!
//! A caller's `traceparent` is taken over when it is well formed, otherwise a
//! new trace begins here. The identity is task-local, so that an error far from
//! the request can name its trace without each function handing it down.

use std::fmt;

use axum::http::HeaderMap;
use uuid::Uuid;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// A trace and this service's span in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: u128,
    span: u64,
    sampled: bool,
}

impl TraceContext {
    /// The trace that `headers` continue, with a span of our own; a new trace
    /// when they name none.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let parent = headers.get("traceparent").and_then(|value| value.to_str().ok());
        let (trace, sampled) =
            parent.and_then(parse).unwrap_or_else(|| (Uuid::new_v4().as_u128(), true));
        Self { trace, span: new_span(), sampled }
    }

    /// The identity of the request that the current task serves.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|context| *context).ok()
    }

    /// Runs `future` as a part of this trace.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// The trace's identity: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }

    /// This service's span: 16 hexadecimal digits.
    #[must_use]
    pub fn span_id(&self) -> String {
        format!("{:016x}", self.span)
    }
}

/// The value of a `traceparent` header for a call that this request makes.
impl fmt::Display for TraceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace, span, sampled } = self;
        write!(formatter, "00-{trace:032x}-{span:016x}-{:02x}", u8::from(*sampled))
    }
}

/// Neither zero, which the format reserves, nor guessable from the trace.
fn new_span() -> u64 {
    Uuid::new_v4().as_u64_pair().1 | 1
}

/// The trace and the sampled flag of `version-trace-parent-flags`.
fn parse(header: &str) -> Option<(u128, bool)> {
    let mut parts = header.split('-');
    let version = hexadecimal(parts.next()?, 2)?;
    let trace = hexadecimal(parts.next()?, 32)?;
    let parent = hexadecimal(parts.next()?, 16)?;
    let flags = hexadecimal(parts.next()?, 2)?;
    // Version 00 has exactly four parts, later ones may add more, ff is invalid.
    let known = version != 0xff && (version != 0 || parts.next().is_none());
    (known && trace != 0 && parent != 0).then_some((trace, flags & 1 == 1))
}

fn hexadecimal(text: &str, digits: usize) -> Option<u128> {
    let lower_case = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let well_formed = text.len() == digits && text.bytes().all(lower_case);
    well_formed.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn context(header: &str) -> TraceContext {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", header.parse().unwrap());
        TraceContext::from_headers(&headers)
    }

    #[test]
    fn a_good_parent_is_continued_with_a_span_of_our_own() {
        let context = context(GOOD);
        assert_eq!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_ne!(context.span_id(), "b7ad6b7169203331");
        assert!(context.to_string().starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
    }

    #[test]
    fn a_bad_parent_begins_a_new_trace() {
        for bad in [
            "",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_ne!(context(bad).trace_id(), "0af7651916cd43dd8448eb211c80319c", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_the_parser_panic(text in "[ -~]{0,64}") {
            let _ = parse(&text);
        }
    }
}
