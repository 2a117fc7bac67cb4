//! Users who go on while something happens: about 400 requests a second over 8 connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use http::Method;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::apps::{Caller, Login};
use super::eventually;

const CONNECTIONS: usize = 8;
const EVERY: Duration = Duration::from_millis(20);

/// Requests that go on until they are [stopped](Self::stop).
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    thread: Option<JoinHandle<Vec<String>>>,
}

impl Load {
    /// Begins, and waits until requests are answered. Every other one asks the database.
    pub(crate) fn start(port: u16, login: &Login) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicU64::new(0));
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&answered));
        let token = Arc::new(login.access.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("threads can be started").block_on(async {
                let mut users = JoinSet::new();
                for _ in 0..CONNECTIONS {
                    // A client for each, so that each has a connection of its own.
                    let caller = Caller::new(port);
                    let user = (Arc::clone(&stopped), Arc::clone(&count), Arc::clone(&token));
                    users.spawn(go_on(caller, user));
                }
                users.join_all().await.into_iter().flatten().collect()
            })
        });
        let load = Self { stop, answered, thread: Some(thread) };
        load.goes_on();
        load
    }

    /// Waits for more answers than there are connections: what has happened is then behind them.
    #[track_caller]
    pub(crate) fn goes_on(&self) {
        let enough = self.answered.load(Ordering::Relaxed) + 3 * CONNECTIONS as u64;
        eventually("requests are answered", || {
            (self.answered.load(Ordering::Relaxed) >= enough).then_some(())
        });
    }

    /// Ends it. Every request must have succeeded.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        self.goes_on();
        let failed = self.end();
        let answered = self.answered.load(Ordering::Relaxed);
        assert!(failed.is_empty(), "{} of {answered} failed: {failed:#?}", failed.len());
    }

    fn end(&mut self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take();
        thread.map(|thread| thread.join().expect("it does not panic")).unwrap_or_default()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// One user. What failed.
async fn go_on(
    caller: Caller,
    (stop, answered, token): (Arc<AtomicBool>, Arc<AtomicU64>, Arc<String>),
) -> Vec<String> {
    let mut failed = Vec::new();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for path in ["/me", "/.well-known/jwks.json"].into_iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        ticks.tick().await;
        match caller.ask(Method::GET, path, Some(&token), None).await {
            Ok((status, _)) if status.is_success() => {
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Ok((status, body)) => failed.push(format!("{path}: {status} {body}")),
            Err(why) => failed.push(format!("{path}: {why}")),
        }
    }
    failed
}
