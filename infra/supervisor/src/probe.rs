//! Asking a process whether it is well.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::child::{self, Program};
use crate::spec::{Check, Probe, Spec};

/// Asks once. The error says, for people, what was wrong.
pub(crate) async fn ask(probe: &Probe, spec: &Spec, program: &Program<'_>) -> Result<(), String> {
    let within = Duration::from_millis(probe.timeout_ms);
    let answer = async {
        match &probe.check {
            Check::Http { address, path } => http(address, path).await,
            Check::Tcp { address } => connect(address).await.map(drop),
            Check::Command { command, args } => {
                let program = Program { command, args, ..*program };
                run(&program, spec).await
            }
        }
    };
    match timeout(within, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("{} gave no answer within {} ms", name(probe), probe.timeout_ms)),
    }
}

/// The question for people.
pub(crate) fn name(probe: &Probe) -> String {
    match &probe.check {
        Check::Http { address, path } => format!("http://{address}{path}"),
        Check::Tcp { address } => address.clone(),
        Check::Command { command, .. } => command.display().to_string(),
    }
}

async fn connect(address: &str) -> Result<TcpStream, String> {
    TcpStream::connect(address).await.map_err(|error| format!("{address}: {error}"))
}

/// A request of HTTP/1.1 (RFC 9112) by hand: of the answer only the status line
/// matters, and a client would weigh more than the rest of the supervisor.
async fn http(address: &str, path: &str) -> Result<(), String> {
    const STATUS_LINE: usize = "HTTP/1.1 200".len();
    let failed = |error: std::io::Error| format!("http://{address}{path}: {error}");
    let mut stream = connect(address).await?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: goodgo\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(failed)?;
    let mut status = [0; STATUS_LINE];
    stream.read_exact(&mut status).await.map_err(failed)?;
    // The rest is read, so that closing does not reset the connection: to the
    // process that would look like a client that ran away.
    let _ =
        timeout(Duration::from_millis(50), tokio::io::copy(&mut stream, &mut tokio::io::sink()))
            .await;
    match status.strip_prefix(b"HTTP/1.").map(|rest| &rest[2..]) {
        Some([b'2', ..]) => Ok(()),
        Some(code) => {
            Err(format!("http://{address}{path} answered {}", String::from_utf8_lossy(code)))
        }
        None => Err(format!("http://{address}{path} did not answer with HTTP")),
    }
}

async fn run(program: &Program<'_>, spec: &Spec) -> Result<(), String> {
    let mut command = Command::from(child::command(program));
    command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let command_name = program.command.display();
    let status = command.status().await.map_err(|error| format!("{command_name}: {error}"))?;
    match (status.success(), status.code()) {
        (true, _) => Ok(()),
        (false, Some(code)) => Err(format!("{command_name} for {} exited with {code}", spec.name)),
        (false, None) => Err(format!("{command_name} for {} was ended by a signal", spec.name)),
    }
}
