//! The supervisor's side of the socket: one task for each connection.

use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};

use crate::error::Error;
use crate::keeper;
use crate::paths::Paths;
use crate::protocol::{Answer, Call, Failure, Hello, PROTOCOL, Reply, Request};
use crate::records;
use crate::supervisor::{Supervisor, internal};

mod logs;

/// The longest call, in bytes.
const LONGEST_CALL: u64 = 4 * 1024 * 1024;

/// Time for the last answer to reach its client; who misses it asks the keeper.
const LAST_ANSWER: Duration = Duration::from_millis(10);

/// Listens in place of any supervisor that is dead now.
pub(crate) fn listen(paths: &Paths) -> Result<UnixListener, Error> {
    let socket = paths.socket()?;
    let shown = paths.run().join("s.sock");
    match std::fs::remove_file(socket.as_path()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::io("remove the old socket", shown)(error));
        }
        _ => {}
    }
    UnixListener::bind(socket.as_path()).map_err(Error::io("listen on", shown))
}

/// Serves calls for as long as it is polled.
pub(crate) async fn serve(listener: UnixListener, supervisor: Rc<Supervisor>, build: String) {
    let build: Rc<str> = build.into();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (supervisor, build) = (Rc::clone(&supervisor), Rc::clone(&build));
                tokio::task::spawn_local(connection(stream, supervisor, build));
            }
            // No descriptors left: those that are open must end first.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: UnixStream, supervisor: Rc<Supervisor>, build: Rc<str>) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read.take(LONGEST_CALL));
    let mut line = String::new();
    if !matches!(read.read_line(&mut line).await, Ok(1..)) {
        return;
    }
    let mut gone = read.into_inner().into_inner();
    tokio::select! {
        () = answer(&line, &mut write, &supervisor, &build) => {}
        () = closed(&mut gone) => {}
    }
}

/// Completes when the client has gone.
async fn closed(read: &mut OwnedReadHalf) {
    let mut byte = [0];
    while matches!(read.read(&mut byte).await, Ok(1..)) {}
}

async fn answer(line: &str, write: &mut OwnedWriteHalf, supervisor: &Rc<Supervisor>, build: &str) {
    let reply = match parse(line) {
        Ok(Request::Logs(query)) => match logs::send(&query, write, supervisor).await {
            Ok(()) => Reply::Ok(Answer::Done),
            Err(failure) => Reply::Err(failure),
        },
        Ok(Request::Shutdown { stop_all }) => shutdown(stop_all, supervisor).await,
        Ok(request) => match handle(request, supervisor, build).await {
            Ok(answer) => Reply::Ok(answer),
            Err(failure) => Reply::Err(failure),
        },
        Err(failure) => Reply::Err(failure),
    };
    let _ = send(write, &reply).await;
}

/// Ends the supervisor, also when the client does not wait for it.
async fn shutdown(stop_all: bool, supervisor: &Rc<Supervisor>) -> Reply {
    supervisor.close();
    let ending = Rc::clone(supervisor);
    let stopped = tokio::task::spawn_local(async move {
        if stop_all {
            ending.stop_all(true).await;
        }
        end_soon(&ending);
    });
    let _ = stopped.await;
    Reply::Ok(Answer::Done)
}

/// Ends the supervisor when its last answer is out.
fn end_soon(supervisor: &Rc<Supervisor>) {
    let ending = Rc::clone(supervisor);
    tokio::task::spawn_local(async move {
        tokio::time::sleep(LAST_ANSWER).await;
        ending.end.notify_one();
    });
}

async fn send(write: &mut OwnedWriteHalf, reply: &Reply) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(reply).expect("a reply has only string keys");
    text.push(b'\n');
    write.write_all(&text).await
}

/// The request of a call in this version; `Hello` and `Replace`, with which
/// versions get along, in any.
fn parse(line: &str) -> Result<Request, Failure> {
    let invalid = |error: serde_json::Error| Failure::Invalid { why: error.to_string() };
    let value: serde_json::Value = serde_json::from_str(line).map_err(invalid)?;
    let client = value["protocol"].as_u64().and_then(|version| u32::try_from(version).ok());
    let in_any = ["hello", "replace"].iter().any(|kind| value["request"]["type"] == **kind);
    if client != Some(PROTOCOL) && !in_any {
        let client = client.unwrap_or_default();
        return Err(Failure::Protocol { supervisor: PROTOCOL, client });
    }
    serde_json::from_value(value).map(|call: Call| call.request).map_err(invalid)
}

async fn handle(
    request: Request,
    supervisor: &Rc<Supervisor>,
    build: &str,
) -> Result<Answer, Failure> {
    let status = |status| Answer::Status(Box::new(status));
    match request {
        Request::Hello if supervisor.closing() => Err(Failure::ShuttingDown),
        Request::Hello => Ok(Answer::Hello(hello(supervisor, build))),
        Request::Start { key, spec } => supervisor.start(&key, *spec).await.map(status),
        Request::Stop { key, grace_ms } => {
            supervisor.stop(&key, grace_ms).await.map(|()| Answer::Done)
        }
        Request::Wait { key, patience } => supervisor.wait(&key, patience).await.map(status),
        Request::List => Ok(Answer::List(supervisor.list())),
        Request::Job { key, spec, timeout_ms, attempt } => {
            supervisor.job(&key, *spec, timeout_ms, attempt).await.map(Answer::Job)
        }
        Request::Replace { program } => replace(&program, supervisor),
        Request::Logs(_) | Request::Shutdown { .. } => unreachable!("answered by the caller"),
    }
}

fn hello(supervisor: &Supervisor, build: &str) -> Hello {
    let keeper = keeper::identity(&supervisor.context.paths);
    Hello {
        protocol: PROTOCOL,
        build: build.to_owned(),
        pid: std::process::id(),
        keeper: keeper.map_or(0, |keeper| keeper.pid),
    }
}

fn replace(program: &std::path::Path, supervisor: &Rc<Supervisor>) -> Result<Answer, Failure> {
    if !program.is_absolute() || !program.is_file() {
        let why = format!("{} is not the absolute path of a program", program.display());
        return Err(Failure::Invalid { why });
    }
    let path = supervisor.context.paths.replacement();
    records::replace(&path, program.as_os_str().as_encoded_bytes())
        .map_err(|error| internal("note the replacement", &error))?;
    supervisor.close();
    end_soon(supervisor);
    Ok(Answer::Done)
}
