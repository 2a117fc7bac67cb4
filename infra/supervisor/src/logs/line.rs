//! One line of a log file: `TIME KEY STREAM TEXT`, so that both people and
//! `grep` can read it. The stream is `out` or `err`, with `+` when the process's
//! line was too long and goes on in the next one.

use crate::protocol::{LogLine, Stream};

/// The longest piece of a line, in bytes. A quarter of a pipe's room: a process
/// that never ends its line is never blocked for it.
pub(crate) const LONGEST: usize = 16 * 1024;

/// One piece of what a process wrote, not yet text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) continues: bool,
}

/// Cuts `bytes` into lines. Returns them and how many bytes they take; the rest
/// is the beginning of a line, unless `last` says that nothing follows.
pub(crate) fn pieces(bytes: &[u8], last: bool) -> (Vec<Piece<'_>>, usize) {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let window = &rest[..rest.len().min(LONGEST + 1)];
        match window.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                let line = window[..end].strip_suffix(b"\r").unwrap_or(&window[..end]);
                pieces.push(Piece { bytes: line, continues: false });
                at += end + 1;
            }
            None if rest.len() > LONGEST => {
                let end = character_boundary(rest, LONGEST);
                pieces.push(Piece { bytes: &rest[..end], continues: true });
                at += end;
            }
            None if last => {
                pieces.push(Piece { bytes: rest, continues: false });
                at = bytes.len();
            }
            None => break,
        }
    }
    (pieces, at)
}

/// The last place at or before `end` that does not cut a UTF-8 character.
fn character_boundary(bytes: &[u8], end: usize) -> usize {
    let continuation = |at: usize| bytes[at] & 0b1100_0000 == 0b1000_0000;
    (end - 3..=end).rev().find(|at| !continuation(*at)).unwrap_or(end)
}

/// Appends a line as it stands in the file.
pub(crate) fn write(into: &mut Vec<u8>, time: &str, key: &str, stream: Stream, piece: Piece<'_>) {
    let name = match stream {
        Stream::Out => "out",
        Stream::Err => "err",
    };
    let mark = if piece.continues { "+" } else { "" };
    into.extend_from_slice(format!("{time} {key} {name}{mark} ").as_bytes());
    into.extend_from_slice(String::from_utf8_lossy(piece.bytes).as_bytes());
    into.push(b'\n');
}

/// Reads a line of the file of `name`; `None` for what was not written by [`write`].
pub(crate) fn parse(name: &str, line: &str) -> Option<LogLine> {
    let mut fields = line.splitn(4, ' ');
    let (time, key, stream) = (fields.next()?, fields.next()?, fields.next()?);
    let text = fields.next()?;
    let (stream, continues) = match stream {
        "out" => (Stream::Out, false),
        "err" => (Stream::Err, false),
        "out+" => (Stream::Out, true),
        "err+" => (Stream::Err, true),
        _ => return None,
    };
    Some(LogLine {
        time: time.into(),
        name: name.into(),
        key: key.into(),
        stream,
        text: text.into(),
        continues,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &[u8], last: bool) -> (Vec<(String, bool)>, usize) {
        let (pieces, taken) = pieces(bytes, last);
        let text = |piece: &Piece<'_>| {
            (String::from_utf8_lossy(piece.bytes).into_owned(), piece.continues)
        };
        (pieces.iter().map(text).collect(), taken)
    }

    #[test]
    fn an_unfinished_line_is_left_for_later_unless_nothing_follows() {
        let whole = |text: &str| (text.to_owned(), false);
        assert_eq!(texts(b"a\nb\r\n\nc", false), (vec![whole("a"), whole("b"), whole("")], 6));
        assert_eq!(texts(b"c", true), (vec![whole("c")], 1));
        assert_eq!(texts(b"", true), (vec![], 0));
    }

    #[test]
    fn a_long_line_is_cut_between_characters_and_loses_nothing() {
        for shift in 0..3 {
            let text = format!("{}{}\n", "x".repeat(shift), "€".repeat(LONGEST));
            let (pieces, taken) = texts(text.as_bytes(), false);
            assert_eq!(taken, text.len());
            let joined: String = pieces.iter().map(|(text, _)| text.as_str()).collect();
            assert_eq!(joined, text.trim_end());
            assert!(pieces.iter().rev().skip(1).all(|(_, continues)| *continues));
            assert!(!pieces.last().unwrap().1);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut file = Vec::new();
        let piece = Piece { bytes: b"a \xff b", continues: true };
        write(&mut file, "2026-01-01T00:00:00.000Z", "k-1", Stream::Err, piece);
        let text = String::from_utf8(file).unwrap();
        let line = parse("n", text.trim_end_matches('\n')).unwrap();
        assert_eq!((line.key.as_str(), line.text.as_str()), ("k-1", "a \u{fffd} b"));
        assert_eq!((line.stream, line.continues), (Stream::Err, true));
        assert_eq!(parse("n", "torn li"), None);
    }
}
