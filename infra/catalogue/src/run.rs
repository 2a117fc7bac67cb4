//! Package managers and compilers hang on slow networks and wait for answers to
//! questions; every command here has closed input, a time limit, and its last
//! output at hand when it fails.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;

/// Output kept of a command, in bytes: all that is parsed here is shorter.
const KEPT: usize = 256 * 1024;
/// Lines of output shown when a command fails.
const SHOWN_LINES: usize = 5;

/// Runs a command to its end and returns what it wrote, output and errors as
/// they came.
///
/// # Errors
/// `NoTool` if the program does not exist, `Command` if it fails, `TimedOut` if
/// it does not end within `limit`; then it and its children are killed.
pub(crate) fn run(mut command: Command, limit: Duration) -> Result<String, Failure> {
    let line = command_line(&command);
    let deadline = Instant::now() + limit;
    let (mut child, chunks) =
        spawn(&mut command).map_err(|error| not_started(&command, &line, &error))?;
    // The command holds the write end of the pipe until it is dropped.
    drop(command);
    let mut output = Vec::new();
    let status = collect(&mut child, &chunks, deadline, &mut output);
    let output = String::from_utf8_lossy(&output).into_owned();
    match status {
        Some(status) if status.success() => Ok(output),
        Some(status) => {
            Err(Failure::Command { command: line, status: status.to_string(), tail: tail(&output) })
        }
        None => Err(Failure::TimedOut { command: line, limit, tail: tail(&output) }),
    }
}

/// A command as a reader would type it.
pub(crate) fn command_line(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

fn spawn(command: &mut Command) -> io::Result<(Child, Receiver<Vec<u8>>)> {
    let (mut reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .env("LC_ALL", "C")
        // A group of its own: its children end with it, and a Ctrl-C at the
        // terminal stops the deploy after this step, not this step half-way.
        .process_group(0);
    let child = spawn_when_closed(command)?;
    let (sender, chunks) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    Ok((child, chunks))
}

/// A program that was just written cannot be run while a child that another
/// thread is starting still has the file open for writing (ETXTBSY); it closes
/// it as soon as it runs its own program.
fn spawn_when_closed(command: &mut Command) -> io::Result<Child> {
    for _ in 0..100 {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
    command.spawn()
}

/// Collects output until the command ends; `None` if it was killed at the deadline.
fn collect(
    child: &mut Child,
    chunks: &Receiver<Vec<u8>>,
    deadline: Instant,
    output: &mut Vec<u8>,
) -> Option<ExitStatus> {
    loop {
        match chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(chunk) => keep(output, &chunk),
            // All that could write have closed their output: the end is near.
            Err(RecvTimeoutError::Disconnected) => return child.wait().ok(),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(group) = rustix::process::Pid::from_raw(child.id().cast_signed()) {
                    // It may have ended just now; then there is nothing to kill.
                    let _ =
                        rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
                }
                let _ = child.wait();
                return None;
            }
        }
    }
}

fn keep(output: &mut Vec<u8>, chunk: &[u8]) {
    output.extend_from_slice(chunk);
    if output.len() > 2 * KEPT {
        output.drain(..output.len() - KEPT);
    }
}

fn not_started(command: &Command, line: &str, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        return Failure::NoTool { tools: command.get_program().to_string_lossy().into_owned() };
    }
    Failure::Command { command: line.to_owned(), status: error.to_string(), tail: String::new() }
}

/// The last lines that say something, on one line.
fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [] => "it wrote nothing".to_owned(),
        lines => lines[lines.len().saturating_sub(SHOWN_LINES)..].join(" | "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn returns_output_and_errors() {
        assert_eq!(run(shell("echo a; echo b >&2"), LONG).expect("it succeeds"), "a\nb\n");
    }

    #[test]
    fn names_what_failed_with_its_last_lines() {
        let failure = run(shell("seq 1 9; exit 3"), LONG).expect_err("it fails");
        assert_eq!(
            failure.to_string(),
            "`sh -c seq 1 9; exit 3` failed (exit status: 3): 5 | 6 | 7 | 8 | 9"
        );
    }

    #[test]
    fn stops_what_hangs() {
        let limit = Duration::from_millis(100);
        let failure = run(shell("sleep 1000; true"), limit).expect_err("it hangs");
        assert!(matches!(failure, Failure::TimedOut { .. }), "{failure}");
    }

    #[test]
    fn tells_a_missing_tool_from_a_failing_one() {
        let failure = run(Command::new("no-such-tool"), LONG).expect_err("it does not exist");
        assert!(
            matches!(&failure, Failure::NoTool { tools } if tools == "no-such-tool"),
            "{failure}"
        );
    }
}
