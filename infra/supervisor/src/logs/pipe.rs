//! The named pipe between a process and its log.
//!
//! Both sides open it for reading and writing: the process never gets SIGPIPE
//! when the supervisor dies, and what it writes meanwhile stays in the pipe.
//! Bytes are looked at first (tee(2)), written to the log, and only then taken
//! out of the pipe: a supervisor that is killed between the two leaves lines
//! twice rather than not at all, and the next one sees that and skips them.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags};

use super::Logs;
use super::file::LogFile;
use super::line::{self, Piece};
use super::tail;
use crate::clock;
use crate::context::Context;
use crate::error::Error;
use crate::protocol::Stream;
use crate::spec::{RunAs, Spec};

/// As much as a pipe holds by default (pipe(7)).
const ROOM: usize = 64 * 1024;

/// The private pipe that bytes are copied to in order to look at them, and the
/// memory for them: one for all, as nothing stays in it.
#[derive(Debug)]
pub(crate) struct Scratch {
    read: OwnedFd,
    write: OwnedFd,
    bytes: Vec<u8>,
    lines: Vec<u8>,
}

impl Scratch {
    pub(crate) fn new() -> Result<Self, Error> {
        let (read, write) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)
            .map_err(|errno| Error::io("make", "a pipe")(errno.into()))?;
        Ok(Self { read, write, bytes: vec![0; ROOM], lines: Vec::new() })
    }

    /// Copies what is in the pipe without taking it out; 0 when it is empty.
    fn look(&mut self, pipe: &File) -> io::Result<usize> {
        let count = match rustix::pipe::tee(pipe, &self.write, ROOM, SpliceFlags::NONBLOCK) {
            Err(Errno::AGAIN) => 0,
            other => other?,
        };
        let mut have = 0;
        while have < count {
            have += rustix::io::read(&self.read, &mut self.bytes[have..count])?;
        }
        Ok(count)
    }

    /// Takes bytes out that have been looked at.
    fn take(&mut self, mut pipe: &File, count: usize) -> io::Result<()> {
        pipe.read_exact(&mut self.bytes[..count])
    }
}

/// What [`Channel::drain`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drained {
    /// There may be more.
    More,
    /// There is at most the beginning of a line.
    Empty,
}

/// One output of one process.
#[derive(Debug)]
pub(crate) struct Channel {
    key: String,
    stream: Stream,
    path: PathBuf,
    pipe: File,
    scratch: Rc<RefCell<Scratch>>,
    log: Rc<RefCell<LogFile>>,
    logs: Rc<Logs>,
}

impl Channel {
    /// Opens the pipe, new or as an earlier supervisor has left it.
    pub(crate) fn open(
        context: &Context,
        key: &str,
        spec: &Spec,
        stream: Stream,
    ) -> Result<Self, Error> {
        let path = path(&context.paths.pipes(), key, stream);
        let found = make(&path, spec.run_as)?;
        let pipe = open(&path, true)?;
        let log = context.logs.file(&spec.name, spec.logs)?;
        let (logs, scratch) = (Rc::clone(&context.logs), Rc::clone(&context.scratch));
        let channel = Self { key: key.to_owned(), stream, path, pipe, scratch, log, logs };
        if found {
            channel.skip_known(&spec.name).map_err(Error::io("read", &channel.path))?;
        }
        Ok(channel)
    }

    /// The end for the process itself. A description of its own: the flags of
    /// the supervisor's, such as not to block, are not for the process.
    pub(crate) fn for_process(&self) -> Result<File, Error> {
        open(&self.path, false)
    }

    /// To be told when there is something to read.
    pub(crate) fn descriptor(&self) -> io::Result<OwnedFd> {
        self.pipe.as_fd().try_clone_to_owned()
    }

    /// Moves one portion of lines into the log; with `last` also an unfinished one.
    pub(crate) fn drain(&self, last: bool) -> io::Result<Drained> {
        let scratch = &mut *self.scratch.borrow_mut();
        let count = scratch.look(&self.pipe)?;
        let (pieces, taken) = line::pieces(&scratch.bytes[..count], last);
        if pieces.is_empty() {
            return Ok(Drained::Empty);
        }
        let time = clock::rfc3339(clock::now_ms());
        scratch.lines.clear();
        for piece in pieces {
            line::write(&mut scratch.lines, &time, &self.key, self.stream, piece);
        }
        let written = self.log.borrow_mut().append(&scratch.lines);
        // Also when the disk is full: a process must not stand still for its log.
        scratch.take(&self.pipe, taken)?;
        self.logs.announce();
        written.map(|()| Drained::More)
    }

    /// Moves everything into the log: the process has ended.
    pub(crate) fn drain_to_end(&self) -> io::Result<()> {
        while self.drain(false)? == Drained::More {}
        self.drain(true).map(drop)
    }

    /// Takes out the lines that a killed supervisor has written already.
    fn skip_known(&self, name: &str) -> io::Result<()> {
        let scratch = &mut *self.scratch.borrow_mut();
        let count = scratch.look(&self.pipe)?;
        let (pieces, _) = line::pieces(&scratch.bytes[..count], false);
        let mut filter = |line: &crate::LogLine| line.key == self.key && line.stream == self.stream;
        let known = tail::last(self.logs.dir(), name, pieces.len(), &mut filter)?;
        let same = |(line, piece): (&crate::LogLine, &Piece<'_>)| {
            line.continues == piece.continues && line.text == String::from_utf8_lossy(piece.bytes)
        };
        let overlap = (1..=known.len())
            .rev()
            .find(|size| known[known.len() - size..].iter().zip(&pieces).all(same))
            .unwrap_or(0);
        if overlap > 0 {
            let taken = end_of(&scratch.bytes[..count], overlap);
            scratch.take(&self.pipe, taken)?;
        }
        Ok(())
    }
}

/// How many bytes the first lines take.
fn end_of(bytes: &[u8], lines: usize) -> usize {
    let mut at = 0;
    for _ in 0..lines {
        let (pieces, _) = line::pieces(&bytes[at..], false);
        let Some(first) = pieces.first() else { break };
        at += first.bytes.len();
        if !first.continues {
            at += bytes[at..].iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        }
    }
    at
}

/// The path of a process's pipe.
pub(crate) fn path(dir: &Path, key: &str, stream: Stream) -> PathBuf {
    let end = match stream {
        Stream::Out => "out",
        Stream::Err => "err",
    };
    dir.join(format!("{key}.{end}"))
}

/// Makes the pipe; true when it was there already.
fn make(path: &Path, owner: Option<RunAs>) -> Result<bool, Error> {
    match rustix::fs::mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Ok(true),
        Err(errno) => return Err(Error::io("make the pipe", path)(errno.into())),
    }
    if let Some(owner) = owner {
        // Programs that open `/dev/stdout` again need the right to do so.
        std::os::unix::fs::chown(path, Some(owner.uid), Some(owner.gid))
            .map_err(Error::io("change the owner of", path))?;
    }
    Ok(false)
}

fn open(path: &Path, nonblocking: bool) -> Result<File, Error> {
    let flags = if nonblocking { OFlags::NONBLOCK } else { OFlags::empty() };
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(flags.bits().cast_signed());
    options.open(path).map_err(Error::io("open the pipe", path))
}

#[cfg(test)]
mod tests;
