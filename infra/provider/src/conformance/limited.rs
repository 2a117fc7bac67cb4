//! A call that is dropped after so many polls, as a time-out or Ctrl-C would drop it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Ends with `None`, and drops the call, when it is not done after `left` polls.
pub(super) struct Limited<F> {
    call: Pin<Box<F>>,
    left: u32,
}

impl<F: Future> Limited<F> {
    pub(super) fn new(call: F, polls: u32) -> Self {
        Self { call: Box::pin(call), left: polls }
    }
}

impl<F: Future> Future for Limited<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        match self.call.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}
