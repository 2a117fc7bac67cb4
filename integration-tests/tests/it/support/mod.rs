//! What journeys are made of.

pub(crate) mod apps;
pub(crate) mod load;
pub(crate) mod run;
pub(crate) mod traces;
pub(crate) mod world;

use std::time::{Duration, Instant};

/// Asks until the answer is `Some`. What is waited for takes milliseconds; the deadline is for a
/// machine that is busy with other things.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "it never came to be that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
