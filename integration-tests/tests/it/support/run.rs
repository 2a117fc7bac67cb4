//! Runs of the environment's program.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// How a run ended.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    pub(crate) fn of(command: &mut Command) -> Self {
        command.output().expect("the program starts").into()
    }

    /// The run must have ended with this code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.code(0)
    }

    /// It must have told its user this.
    #[track_caller]
    pub(crate) fn said(self, text: &str) -> Self {
        let told = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(told, "it did not say `{text}`:\n{self}");
        self
    }

    /// What is on standard output, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{self}"))
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, stdout, stderr } = self;
        write!(f, "exit code {code:?}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A run that tells what it does while it does it (`--json`).
pub(crate) struct Events {
    child: Child,
    lines: BufReader<ChildStdout>,
    told: String,
}

impl Events {
    pub(crate) fn of(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, lines, told: String::new() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its next event; `None` when it has ended.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("it can be read");
        self.told.push_str(&line);
        serde_json::from_str(&line).ok()
    }

    /// Reads until an event of this name.
    #[track_caller]
    pub(crate) fn until(&mut self, event: &str) {
        while let Some(next) = self.next() {
            if next["event"] == event {
                return;
            }
        }
        panic!("it ended without `{event}`:\n{}", self.told);
    }

    /// Ends it by SIGKILL after its `number`th event from now. Whether it was still there.
    pub(crate) fn kill_after(mut self, number: usize) -> bool {
        let alive = (0..number).all(|_| self.next().is_some());
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
        alive
    }

    /// Waits until it ends.
    pub(crate) fn end(mut self) -> Done {
        while self.next().is_some() {}
        let output = self.child.wait_with_output().expect("it is ours");
        Done { stdout: self.told, ..output.into() }
    }
}
