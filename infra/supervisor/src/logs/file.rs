//! Appending to a log file and rotating it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use super::rotated;
use crate::error::Error;
use crate::spec::LogLimits;

/// The writing end of one name's log.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
    limits: LogLimits,
    /// The last write failed in the middle of a line.
    torn: bool,
}

impl LogFile {
    /// Opens the file to append to it. A supervisor that was killed while it
    /// wrote has left half a line: that is cut off, since it is still in the pipe.
    pub(crate) fn open(path: PathBuf, limits: LogLimits) -> Result<Self, Error> {
        let open = || -> io::Result<(File, u64)> {
            let mut file = create(&path)?;
            let size = whole_lines(&mut file)?;
            file.set_len(size)?;
            Ok((file, size))
        };
        let (file, size) = open().map_err(Error::io("open the log", &path))?;
        Ok(Self { path, file, size, limits, torn: false })
    }

    pub(crate) fn limit(&mut self, limits: LogLimits) {
        self.limits = limits;
    }

    /// Appends whole lines; each is in one file, which is within its limit
    /// unless a single line is longer.
    pub(crate) fn append(&mut self, mut lines: &[u8]) -> io::Result<()> {
        while !lines.is_empty() {
            let room = usize::try_from(self.limits.bytes.saturating_sub(self.size));
            let window = &lines[..lines.len().min(room.unwrap_or(usize::MAX))];
            let fitting = window.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
            let first = || lines.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let count = match fitting {
                Some(count) => count,
                None if self.size > 0 => {
                    self.rotate()?;
                    continue;
                }
                None => first().unwrap_or(lines.len()),
            };
            self.write(&lines[..count])?;
            lines = &lines[count..];
        }
        Ok(())
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if std::mem::take(&mut self.torn) {
            self.file.set_len(self.size)?;
        }
        let written = self.file.write_all(lines);
        match written {
            Ok(()) => self.size += lines.len() as u64,
            Err(_) => self.torn = true,
        }
        written
    }

    fn rotate(&mut self) -> io::Result<()> {
        let oldest = self.limits.files.max(1) - 1;
        for age in (0..oldest).rev() {
            match fs::rename(rotated(&self.path, age), rotated(&self.path, age + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        if oldest == 0 {
            fs::remove_file(&self.path)?;
        }
        self.file = create(&self.path)?;
        self.size = 0;
        Ok(())
    }
}

fn create(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

/// The size of a file without the unfinished line at its end.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    let mut block = [0; 4096];
    while end > 0 {
        let begin = end.saturating_sub(block.len() as u64);
        let part = &mut block[..usize::try_from(end - begin).expect("at most a block")];
        file.seek(SeekFrom::Start(begin))?;
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(begin + at as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_keeps_every_line_of_the_files_that_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.log");
        let mut log = LogFile::open(path.clone(), LogLimits { bytes: 10, files: 3 }).unwrap();
        let lines: String = (0..10).map(|number| format!("line{number}\n")).collect();
        log.append(&lines.as_bytes()[..12]).unwrap();
        log.append(&lines.as_bytes()[12..]).unwrap();
        let read = |age| fs::read_to_string(rotated(&path, age));
        assert_eq!(read(0).unwrap(), "line9\n");
        assert_eq!(read(1).unwrap(), "line8\n");
        assert_eq!(read(2).unwrap(), "line7\n");
        assert!(read(3).is_err());
    }

    #[test]
    fn half_a_line_at_the_end_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.log");
        fs::write(&path, format!("whole\n{}", "half".repeat(3000))).unwrap();
        let mut log = LogFile::open(path.clone(), LogLimits::default()).unwrap();
        log.append(b"next\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole\nnext\n");
    }
}
