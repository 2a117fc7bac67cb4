//! The program `notes` (an example of this crate) in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// An environment of one test.
pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) notes: String,
}

/// What a command answered.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Cargo builds examples beside tests, and names only binaries in variables.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().parent().unwrap().join("examples/notes")
}

impl Desk {
    pub(crate) fn new(notes: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("workspace")).unwrap();
        Self { folder, notes: notes.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("GOODGO_HOME", self.path().join("home"))
            .env("GOODGO_CACHE", self.path().join("cache"))
            .env("NOTES_WORKSPACE", self.path().join("workspace"))
            .env("NOTES", &self.notes)
            .current_dir(self.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.answer(self.command(arguments).output().unwrap())
    }

    /// Runs what must work.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Answer {
        let answer = self.run(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}{}", answer.out, answer.err);
        answer
    }

    /// The last JSON object that a command answered with.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        let answer = self.run(&arguments);
        serde_json::from_str(answer.out.lines().last().unwrap_or("null")).unwrap()
    }

    /// The text of every note there is, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let shelves = std::fs::read_dir(self.path().join("workspace/notes")).into_iter().flatten();
        for shelf in shelves {
            for note in std::fs::read_dir(shelf.unwrap().path()).unwrap() {
                texts.push(std::fs::read_to_string(note.unwrap().path()).unwrap());
            }
        }
        texts.sort();
        texts
    }

    /// Paths and times differ from run to run: words take their place.
    fn answer(&self, output: Output) -> Answer {
        let clean = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let text = text.replace(self.path().to_str().unwrap(), "[FOLDER]");
            text.lines().map(|line| format!("{}\n", untimed(line))).collect()
        };
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: clean(&output.stdout),
            err: clean(&output.stderr),
        }
    }
}

/// `12 ms` and `1.2 s` become `[TIME]`.
fn untimed(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let unit = ["ms", "ms)", "s", "s)"].contains(&word);
        let timed = unit
            && words.last().is_some_and(|last| last.trim_start_matches('(').parse::<f64>().is_ok());
        if timed {
            words.pop();
            words.push(if word.ends_with(')') { "[TIME])" } else { "[TIME]" }.to_owned());
        } else {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}
