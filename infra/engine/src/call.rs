//! One call of a provider: with its time limit, its retries, and its panics caught.
//!
//! A call that does not come back in time is dropped, which the provider's contract allows at
//! any point. Only [`CallError::Failed`] tells for certain what it left behind.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use goodgo_provider::{Error, ErrorKind};
use tokio::time::{Instant, sleep, timeout_at};

use crate::cancel::{Cancel, Stop};
use crate::settings::Retry;

/// Why a call gave no result.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The provider said so.
    Failed(Error),
    /// It did not come back in time; with the last passing failure, if there was one.
    TimedOut(Duration, Option<Error>),
    /// The provider panicked.
    Panicked(String),
    /// A person stopped the run at once.
    Dropped,
}

/// How long a call may take, and what may cut it short.
pub(crate) struct Patience<'a> {
    pub(crate) limit: Duration,
    pub(crate) retry: Retry,
    pub(crate) cancel: &'a Cancel,
}

/// What a failure says to a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Words {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) log: Vec<String>,
}

impl Patience<'_> {
    /// Calls until it succeeds, fails for good, or the time is up. `attempt` is given the time
    /// that is left; `retrying` is told the failure, the number of the next attempt and the wait.
    pub(crate) async fn call<'f, T>(
        &self,
        mut attempt: impl FnMut(Duration) -> BoxFuture<'f, Result<T, Error>>,
        retrying: impl Fn(&Error, u32, Duration),
    ) -> Result<T, CallError> {
        let deadline = Instant::now() + self.limit;
        let mut number = 1;
        let mut last = None;
        loop {
            let call = AssertUnwindSafe(attempt(deadline - Instant::now())).catch_unwind();
            let error = match self.cancel.unless_at_once(timeout_at(deadline, call)).await {
                None => return Err(CallError::Dropped),
                Some(Err(_elapsed)) => return Err(CallError::TimedOut(self.limit, last)),
                Some(Ok(Err(panic))) => return Err(CallError::Panicked(text_of(&*panic))),
                Some(Ok(Ok(Ok(result)))) => return Ok(result),
                Some(Ok(Ok(Err(error)))) => error,
            };
            match self.pause(&error, number, deadline) {
                Some(wait) => {
                    number += 1;
                    retrying(&error, number, wait);
                    if !self.waited(wait).await {
                        return Err(CallError::Failed(error));
                    }
                    last = Some(error);
                }
                None => return Err(CallError::Failed(error)),
            }
        }
    }

    /// The wait before the next attempt; `None` when there is none.
    fn pause(&self, error: &Error, number: u32, deadline: Instant) -> Option<Duration> {
        let wait = self.retry.wait(number).filter(|_| error.kind == ErrorKind::Transient)?;
        (Instant::now() + wait < deadline).then_some(wait)
    }

    /// False when a person asked to stop meanwhile: then there is no further attempt.
    async fn waited(&self, wait: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.cancel.reached(Stop::Clean) => false,
            () = sleep(wait) => true,
        }
    }
}

impl CallError {
    /// What a provider's error says, its causes included.
    pub(crate) fn message(error: &Error) -> String {
        chain(error)
    }

    /// What to tell a person.
    pub(crate) fn words(&self) -> Words {
        match self {
            Self::Failed(error) => Words::of(error),
            Self::TimedOut(limit, last) => Words {
                message: match last {
                    Some(error) => {
                        format!("not done after {limit:?}; the last failure: {}", chain(error))
                    }
                    None => format!("not done after {limit:?}"),
                },
                hint: Some(
                    "raise its limit in the resource's `timeouts`, or see why it is slow".into(),
                ),
                log: last.as_ref().map(|error| error.log.clone()).unwrap_or_default(),
            },
            Self::Panicked(text) => Words {
                message: format!("the provider panicked: {text}"),
                hint: Some(
                    "this is a mistake in the provider; the next run goes on from here".into(),
                ),
                log: Vec::new(),
            },
            Self::Dropped => Words {
                message: "dropped, because a person asked to stop at once".into(),
                hint: Some("the next run looks at what it left and goes on".into()),
                log: Vec::new(),
            },
        }
    }
}

impl Words {
    /// What a provider's error says, its causes included.
    pub(crate) fn of(error: &Error) -> Self {
        Self { message: chain(error), hint: error.hint.clone(), log: error.log.clone() }
    }

    /// A failure that the engine found itself.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()), log: Vec::new() }
    }
}

/// The message and those of its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const RETRY: Retry =
        Retry { first: Duration::from_millis(100), longest: Duration::from_secs(1), attempts: 3 };

    fn patience(cancel: &Cancel) -> Patience<'_> {
        Patience { limit: Duration::from_secs(10), retry: RETRY, cancel }
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again() {
        let (cancel, calls) = (Cancel::new(), AtomicU32::new(0));
        let attempt = |_| {
            let number = calls.fetch_add(1, Ordering::Relaxed);
            async move { if number < 2 { Err(Error::transient("busy")) } else { Ok(number) } }
                .boxed()
        };
        assert_eq!(patience(&cancel).call(attempt, |_, _, _| {}).await.ok(), Some(2));
    }

    #[tokio::test(start_paused = true)]
    async fn what_stays_is_not() {
        let (cancel, calls) = (Cancel::new(), AtomicU32::new(0));
        let attempt = |_| {
            calls.fetch_add(1, Ordering::Relaxed);
            async { Err::<(), _>(Error::permanent("no")) }.boxed()
        };
        let result = patience(&cancel).call(attempt, |_, _, _| {}).await;
        assert!(matches!(result, Err(CallError::Failed(_))));
        assert_eq!(calls.into_inner(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_is_dropped_when_its_time_is_up() {
        let cancel = Cancel::new();
        let result = patience(&cancel)
            .call(|_| std::future::pending::<Result<(), Error>>().boxed(), |_, _, _| {})
            .await;
        assert!(matches!(result, Err(CallError::TimedOut(..))));
    }

    #[tokio::test]
    async fn a_panic_is_an_error() {
        let cancel = Cancel::new();
        let attempt = |_| async { if true { panic!("ouch") } else { Ok(()) } }.boxed();
        let error = patience(&cancel).call(attempt, |_, _, _| {}).await.unwrap_err();
        assert_eq!(error.words().message, "the provider panicked: ouch");
    }
}
