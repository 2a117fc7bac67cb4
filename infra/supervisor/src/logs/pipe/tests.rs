use std::io::Write;

use super::*;
use crate::paths::Paths;

struct Fixture {
    _dir: tempfile::TempDir,
    paths: Paths,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let paths = Paths::new(dir.path());
        paths.create().unwrap();
        Self { _dir: dir, paths }
    }

    /// A channel with files of its own, as a new supervisor has them.
    fn channel(&self) -> Channel {
        let context = Context::new(self.paths.clone()).unwrap();
        Channel::open(&context, "key", &Spec::new("name", "/bin/true"), Stream::Out).unwrap()
    }

    fn lines(&self) -> Vec<String> {
        let last = tail::last(&self.paths.logs(), "name", usize::MAX, &mut |_| true).unwrap();
        last.into_iter().map(|line| line.text).collect()
    }
}

#[test]
fn an_unfinished_line_stays_in_the_pipe_for_the_next_supervisor() {
    let fixture = Fixture::new();
    let first = fixture.channel();
    let mut process = first.for_process().unwrap();
    process.write_all(b"one\ntw").unwrap();
    assert_eq!(first.drain(false).unwrap(), Drained::More);
    assert_eq!(first.drain(false).unwrap(), Drained::Empty);
    drop(first);
    process.write_all(b"o\n").unwrap();
    fixture.channel().drain_to_end().unwrap();
    assert_eq!(fixture.lines(), ["one", "two"]);
}

#[test]
fn lines_that_were_written_but_not_taken_are_not_written_twice() {
    let fixture = Fixture::new();
    let first = fixture.channel();
    let mut process = first.for_process().unwrap();
    process.write_all(b"zero\n").unwrap();
    first.drain_to_end().unwrap();
    // What a supervisor leaves that is killed between its log and the pipe, and
    // that came only as far as the second line.
    process.write_all(b"one\ntwo\nthree\n").unwrap();
    let mut lines = Vec::new();
    for text in [b"one", b"two"] {
        let piece = Piece { bytes: text, continues: false };
        line::write(&mut lines, "2026-01-01T00:00:00.000Z", "key", Stream::Out, piece);
    }
    lines.extend_from_slice(b"2026-01-01T00:00:00.000Z key out thr");
    first.log.borrow_mut().append(&lines).unwrap();
    drop(first);

    fixture.channel().drain_to_end().unwrap();
    assert_eq!(fixture.lines(), ["zero", "one", "two", "three"]);
}

#[test]
fn output_without_any_newline_is_split_and_complete() {
    let fixture = Fixture::new();
    let channel = fixture.channel();
    let mut process = channel.for_process().unwrap();
    let mut wrote = 0;
    for _ in 0..50 {
        process.write_all(&[b'x'; 10_000]).unwrap();
        wrote += 10_000;
        while channel.drain(false).unwrap() == Drained::More {}
    }
    channel.drain_to_end().unwrap();
    let lines = fixture.lines();
    assert_eq!(lines.iter().map(String::len).sum::<usize>(), wrote);
    assert!(lines.iter().all(|line| line.len() <= line::LONGEST));
}
