//! Reading logs forwards, and going on where they end.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{line, path, rotated};
use crate::protocol::LogLine;

/// A place in one name's log that survives its rotation.
#[derive(Debug)]
pub(crate) struct Reader {
    name: String,
    path: PathBuf,
    file: Option<BufReader<File>>,
    /// Of a line that is not yet whole.
    begun: Vec<u8>,
}

impl Reader {
    /// From the oldest line on.
    pub(crate) fn from_start(dir: &Path, name: &str) -> io::Result<Self> {
        let path = path(dir, name);
        let oldest = (0..).take_while(|age| rotated(&path, *age).exists()).last();
        let file = oldest.map(|age| File::open(rotated(&path, age))).transpose()?;
        let file = file.map(BufReader::new);
        Ok(Self { name: name.to_owned(), path, file, begun: Vec::new() })
    }

    /// From the end on.
    pub(crate) fn from_end(dir: &Path, name: &str) -> io::Result<Self> {
        let path = path(dir, name);
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            other => Some(BufReader::new(other?)),
        };
        if let Some(file) = &mut file {
            file.seek(SeekFrom::End(0))?;
        }
        Ok(Self { name: name.to_owned(), path, file, begun: Vec::new() })
    }

    /// The next line; `None` when there is none yet.
    pub(crate) fn next(&mut self) -> io::Result<Option<LogLine>> {
        loop {
            let Some(file) = &mut self.file else {
                match File::open(&self.path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                    other => self.file = Some(BufReader::new(other?)),
                }
                continue;
            };
            file.read_until(b'\n', &mut self.begun)?;
            if self.begun.last() == Some(&b'\n') {
                self.begun.pop();
                let parsed = line::parse(&self.name, &String::from_utf8_lossy(&self.begun));
                self.begun.clear();
                if parsed.is_some() {
                    return Ok(parsed);
                }
            } else if let Some(newer) = self.newer()? {
                self.file = Some(BufReader::new(newer));
                self.begun.clear();
            } else {
                return Ok(None);
            }
        }
    }

    /// The file that follows the one being read, if that is not the current one.
    fn newer(&self) -> io::Result<Option<File>> {
        let Some(reading) = &self.file else { return Ok(None) };
        let inode = reading.get_ref().metadata()?.ino();
        let mut following = None;
        for age in 0.. {
            match File::open(rotated(&self.path, age)) {
                Ok(file) if file.metadata()?.ino() == inode => return Ok(following),
                Ok(file) => following = Some(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        Ok(following) // It was rotated away: go on with the oldest that is left.
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::file::LogFile;
    use crate::spec::LogLimits;

    #[test]
    fn a_follower_sees_each_line_once_over_rotations() {
        let dir = tempfile::tempdir().unwrap();
        let mut log =
            LogFile::open(path(dir.path(), "a"), LogLimits { bytes: 40, files: 3 }).unwrap();
        let mut reader = Reader::from_end(dir.path(), "a").unwrap();
        let mut seen = Vec::new();
        for number in 0..50 {
            log.append(format!("T k out {number}\n").as_bytes()).unwrap();
            if number % 5 == 0 {
                while let Some(line) = reader.next().unwrap() {
                    seen.push(line.text.parse::<u32>().unwrap());
                }
            }
        }
        assert_eq!(seen, (0..=45).collect::<Vec<_>>());
    }
}
