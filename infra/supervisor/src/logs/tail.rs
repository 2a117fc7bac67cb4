//! The last lines of a log, read from its end: its size does not matter.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::{line, path, rotated};
use crate::protocol::LogLine;

const BLOCK: u64 = 64 * 1024;

/// The last `count` lines of `name` that `wanted` wants, oldest first, from as
/// many of the rotated files as it takes.
pub(crate) fn last(
    dir: &Path,
    name: &str,
    count: usize,
    wanted: &mut dyn FnMut(&LogLine) -> bool,
) -> io::Result<Vec<LogLine>> {
    let mut lines = VecDeque::new();
    let current = path(dir, name);
    for age in 0.. {
        if lines.len() >= count {
            break;
        }
        match File::open(rotated(&current, age)) {
            Ok(file) => backwards(file, &mut |text| {
                if let Some(line) = line::parse(name, text)
                    && wanted(&line)
                {
                    lines.push_front(line);
                }
                lines.len() < count
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        }
    }
    Ok(lines.into())
}

/// Gives the whole lines of a file from the last to the first, until told to stop.
fn backwards(mut file: File, more: &mut dyn FnMut(&str) -> bool) -> io::Result<()> {
    let mut begin = file.seek(SeekFrom::End(0))?;
    // What is known of the file from `begin` on and not yet given.
    let mut known: Vec<u8> = Vec::new();
    let mut unfinished = true;
    loop {
        while let Some(at) = known.iter().rposition(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(&known[at + 1..]);
            // What follows the last newline is a line that is being written.
            if !std::mem::take(&mut unfinished) && !more(&text) {
                return Ok(());
            }
            known.truncate(at);
        }
        if begin == 0 {
            break;
        }
        let size = begin.min(BLOCK);
        begin -= size;
        file.seek(SeekFrom::Start(begin))?;
        let mut block = Vec::new();
        (&mut file).take(size).read_to_end(&mut block)?;
        block.extend_from_slice(&known);
        known = block;
    }
    if !unfinished {
        more(&String::from_utf8_lossy(&known));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_come_from_several_files() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, numbers: std::ops::Range<usize>| {
            let lines: String = numbers.map(|n| format!("T k out {n}\n")).collect();
            std::fs::write(dir.path().join(name), lines).unwrap();
        };
        write("a.log.1", 0..20_000);
        write("a.log", 20_000..20_010);
        std::fs::write(dir.path().join("b.log"), "T k out one\nT k out unfini").unwrap();

        let last = |name: &str, count| -> Vec<String> {
            let lines = last(dir.path(), name, count, &mut |_| true).unwrap();
            lines.into_iter().map(|line| line.text).collect()
        };
        assert_eq!(last("a", 2), ["20008", "20009"]);
        assert_eq!(last("a", 12)[..2], ["19998", "19999"]);
        assert_eq!(last("a", 100_000).len(), 20_010);
        assert_eq!(last("b", 5), ["one"]);
        assert!(last("missing", 5).is_empty());
    }
}
