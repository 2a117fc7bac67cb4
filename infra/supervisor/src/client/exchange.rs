//! One call over one connection, and again when the supervisor dies in between.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::time::Instant;

use crate::error::Error;
use crate::keeper;
use crate::paths::Paths;
use crate::protocol::{Answer, Call, PROTOCOL, Reply, Request};

/// How long a client waits for the keeper to replace a dead supervisor.
const REPLACED_WITHIN: Duration = Duration::from_secs(5);

/// The lines of an answer.
pub(super) type Replies = Lines<BufReader<OwnedReadHalf>>;

/// Why an exchange had no answer.
pub(super) enum Broken {
    /// Nobody listens, or the supervisor died: asking again may help.
    Lost,
    /// Asking again gives the same.
    Final(Error),
}

/// Calls, and calls again for as long as there is a keeper to bring a new
/// supervisor.
pub(super) async fn call(paths: &Paths, request: &Request) -> Result<Answer, Error> {
    let mut deadline = None;
    loop {
        let answer = match exchange(paths, request).await {
            Ok(mut lines) => {
                deadline = None;
                read(&mut lines).await
            }
            Err(broken) => Err(broken),
        };
        match answer {
            Ok(answer) => return Ok(answer),
            Err(Broken::Final(error)) => return Err(error),
            Err(Broken::Lost) => {
                let until = *deadline.get_or_insert_with(|| Instant::now() + REPLACED_WITHIN);
                if Instant::now() > until || !keeper::alive(paths) {
                    return Err(not_running(paths));
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

/// Begins an exchange with more than one answer.
pub(super) async fn open(paths: &Paths, request: &Request) -> Result<Replies, Error> {
    exchange(paths, request).await.map_err(|broken| match broken {
        Broken::Lost => not_running(paths),
        Broken::Final(error) => error,
    })
}

async fn exchange(paths: &Paths, request: &Request) -> Result<Replies, Broken> {
    if !paths.run().is_dir() {
        return Err(Broken::Lost);
    }
    let socket = paths.socket().map_err(Broken::Final)?;
    let connected = UnixStream::connect(socket.as_path()).await;
    let stream = connected.map_err(|source| match source.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => Broken::Lost,
        _ => Broken::Final(Error::io("connect to", paths.run().join("s.sock"))(source)),
    })?;
    let call = Call { protocol: PROTOCOL, request: request.clone() };
    let mut line = serde_json::to_vec(&call).expect("a call has only string keys");
    line.push(b'\n');
    let (read, mut write) = stream.into_split();
    write.write_all(&line).await.map_err(|_| Broken::Lost)?;
    // Dropping this half would close it, which the supervisor takes for a client
    // that went away.
    write.forget();
    Ok(BufReader::new(read).lines())
}

pub(super) async fn read(lines: &mut Replies) -> Result<Answer, Broken> {
    let Ok(Some(line)) = lines.next_line().await else { return Err(Broken::Lost) };
    match serde_json::from_str(&line) {
        Ok(Reply::Ok(answer)) => Ok(answer),
        Ok(Reply::Err(failure)) => Err(Broken::Final(failure.into())),
        Err(source) => Err(Broken::Final(Error::Answer { to: "a call", source: Some(source) })),
    }
}

pub(super) fn unexpected(to: &'static str) -> Error {
    Error::Answer { to, source: None }
}

fn not_running(paths: &Paths) -> Error {
    Error::NotRunning { dir: paths.dir().to_owned() }
}
