//! Requests at a fixed rate, whether earlier ones were answered or not.
//!
//! An open loop: a generator that waits for answers would send nothing while the platform
//! stands still, and so would not notice that it does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior};

use crate::Result;

/// No answer after this is a failure.
const PATIENCE: Duration = Duration::from_secs(10);

type Sender = Client<HttpConnector, Empty<Bytes>>;

/// What became of the requests.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Answers {
    /// How many were sent.
    pub(crate) sent: u64,
    /// How often each sort of failure came.
    pub(crate) failures: BTreeMap<String, u64>,
}

impl Answers {
    /// How many failed.
    pub(crate) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    fn count(&mut self, answer: std::result::Result<(), String>) {
        self.sent += 1;
        if let Err(failure) = answer {
            *self.failures.entry(failure).or_default() += 1;
        }
    }
}

/// Requests that are being sent until [`Load::stop`].
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Answers>,
}

impl Load {
    /// Begins to GET `uri` so many times a second.
    pub(crate) fn start(uri: &Uri, rate: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(send(uri.clone(), rate, Arc::clone(&stop)));
        Self { stop, task }
    }

    /// Sends no more, and waits for the answers under way.
    pub(crate) async fn stop(self) -> Result<Answers> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(self.task.await?)
    }
}

async fn send(uri: Uri, rate: u32, stop: Arc<AtomicBool>) -> Answers {
    let client: Sender = Client::builder(TokioExecutor::new()).build_http();
    let mut ticks = tokio::time::interval_at(Instant::now(), Duration::from_secs(1) / rate);
    // What was missed while this task did not run is sent at once: the rate stays what it is.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut under_way, mut answers) = (JoinSet::new(), Answers::default());
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        under_way.spawn(one(client.clone(), uri.clone()));
        while let Some(done) = under_way.try_join_next() {
            answers.count(done.unwrap_or_else(|error| Err(error.to_string())));
        }
    }
    while let Some(done) = under_way.join_next().await {
        answers.count(done.unwrap_or_else(|error| Err(error.to_string())));
    }
    answers
}

async fn one(client: Sender, uri: Uri) -> std::result::Result<(), String> {
    let answer = async {
        let answer = client.get(uri).await.map_err(|error| format!("no answer: {error}"))?;
        let status = answer.status();
        answer.into_body().collect().await.map_err(|error| format!("half an answer: {error}"))?;
        if status == StatusCode::OK { Ok(()) } else { Err(status.to_string()) }
    };
    let late = Err(format!("no answer within {} s", PATIENCE.as_secs()));
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or(late)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers `answers` requests, each on a connection of its own, and then says so.
    async fn server(status: &'static str, requests: usize) -> (Uri, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let task = tokio::spawn(async move {
            for _ in 0..requests {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await.unwrap();
                let answer =
                    format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        (uri, task)
    }

    #[tokio::test]
    async fn good_answers_are_counted() {
        let (uri, server) = server("200 OK", 3).await;
        let client: Sender = Client::builder(TokioExecutor::new()).build_http();
        for _ in 0..3 {
            one(client.clone(), uri.clone()).await.unwrap();
        }
        server.await.unwrap();
    }

    #[tokio::test]
    async fn every_other_answer_is_a_failure_with_its_reason() {
        let (uri, served) = server("502 Bad Gateway", 1).await;
        let load = Load::start(&uri, 100);
        served.await.unwrap();
        let answers = load.stop().await.unwrap();
        assert_eq!(answers.failures["502 Bad Gateway"], 1);
        assert_eq!(answers.failed(), answers.sent, "the server is gone after its first answer");
    }
}
