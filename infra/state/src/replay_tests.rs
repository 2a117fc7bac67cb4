use goodgo_model::PendingKind;

use super::*;
use crate::secrets::fixed;
use crate::testing::{resource, with_secret};

fn entries() -> Vec<Entry> {
    let one = Arc::new(with_secret("one", "cafe"));
    let pending = Pending { operation: PendingKind::Creating, resource: one.clone() };
    vec![
        Entry { begin: vec![pending.clone()], ..Entry::default() },
        Entry::end(&pending).put(one.clone()),
        Entry::default().remove(&one).put(Arc::new(resource("two", &[]))),
    ]
}

/// The journal of [`entries`], and where each line ends.
fn journal() -> (Vec<u8>, Vec<usize>) {
    let current = fixed();
    let mut text = Vec::new();
    let mut ends = vec![0];
    for (number, entry) in entries().iter().enumerate() {
        assert_eq!(needs_key(entry), number < 2);
        let encoded = encode_entry(entry, Some(&current.sealer)).unwrap();
        text.extend(line(number as u64, Some(&current.provider), &[encoded]).unwrap());
        ends.push(text.len());
    }
    (text, ends)
}

fn replayed(bytes: &[u8]) -> Result<Vec<Entry>, Error> {
    let current = fixed();
    read(bytes, "journal")?.open(|one| one.open(Some(&current.sealer)))
}

#[test]
fn what_was_recorded_is_read_back() {
    let (text, _) = journal();
    assert_eq!(replayed(&text).unwrap(), entries());
    assert!(!String::from_utf8(text).unwrap().contains("cafe"));
}

#[test]
fn several_entries_share_a_line() {
    let current = fixed();
    let encode = |entry| encode_entry(entry, Some(&current.sealer)).unwrap();
    let text: Vec<Vec<u8>> = entries().iter().map(encode).collect();
    assert_eq!(replayed(&line(0, None, &text).unwrap()).unwrap(), entries());
}

#[test]
fn cut_off_anywhere_it_keeps_all_lines_that_are_whole() {
    let (text, ends) = journal();
    for length in 0..=text.len() {
        let whole = ends.iter().filter(|end| **end <= length).count() - 1;
        assert_eq!(replayed(&text[..length]).unwrap(), entries()[..whole], "at {length}");
    }
}

#[test]
fn damaged_anywhere_it_is_refused_unless_nothing_good_follows() {
    let (text, ends) = journal();
    for at in 0..text.len() {
        let mut damaged = text.clone();
        damaged[at] ^= 1;
        match replayed(&damaged) {
            // The last line may have been cut off: it was not acknowledged then.
            Ok(found) => {
                assert!(at >= ends[2], "at {at}");
                assert_eq!(found, entries()[..2], "at {at}");
            }
            Err(error) => {
                assert!(at < ends[2], "at {at}");
                assert!(matches!(error, Error::Corrupted { .. }), "{error}");
            }
        }
    }
}

#[test]
fn a_line_that_is_missing_or_out_of_order_is_refused() {
    let (text, ends) = journal();
    assert!(replayed(&text[ends[1]..]).is_err());
    let swapped = [&text[..ends[1]], &text[ends[2]..], &text[ends[1]..ends[2]]].concat();
    assert!(replayed(&swapped).is_err());
}
