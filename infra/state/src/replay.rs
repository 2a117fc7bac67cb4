//! The journal as bytes, and reading it back after the worst.
//!
//! One append is one line: `<checksum> <number> <JSON>`. The checksum is the first half of the
//! SHA-256 of all after it, the number counts from 0. A line is appended only when those before
//! it are durable. So a bad last line was never acknowledged and is dropped; a bad line before a
//! good one means that the disk lost what it had promised, and nothing may be built on that.

use std::io::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use goodgo_model::{Existing, Pending, PendingKind, Urn};
use serde::{Deserialize, Serialize};

use crate::deployment::{ResourceIn, ResourceOut, Sealed, to_writer};
use crate::error::Error;
use crate::journal::{Entry, PendingKey, ResourceKey};
use crate::secrets::{Provider, Sealer};

/// Length of a checksum in hexadecimal digits.
const SUM_LEN: usize = 32;

#[derive(Serialize)]
struct EntryOut<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    end: Vec<KeyOut<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remove: Vec<KeyOut<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    put: Vec<ResourceOut<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    begin: Vec<BeginOut<'a>>,
}

#[derive(Serialize)]
struct KeyOut<'a> {
    urn: &'a Urn,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<PendingKind>,
}

#[derive(Serialize)]
struct BeginOut<'a> {
    resource: ResourceOut<'a>,
    r#type: PendingKind,
}

/// Whether a secret is in an entry.
pub(crate) fn needs_key(entry: &Entry) -> bool {
    let begin = entry.begin.iter().map(|pending| &pending.resource);
    entry.put.iter().chain(begin).any(|one| ResourceOut::needs_key(one))
}

/// Writes an entry, once; `sealer` has to be there when it [`needs_key`].
pub(crate) fn encode_entry(entry: &Entry, sealer: Option<&Sealer>) -> Result<Vec<u8>, Error> {
    let Entry { end, remove, put, begin } = entry;
    let end = end.iter().map(|key| KeyOut { urn: &key.urn, id: &key.id, r#type: Some(key.kind) });
    let remove = remove.iter().map(|key| KeyOut { urn: &key.urn, id: &key.id, r#type: None });
    let begin = begin.iter().map(|pending| BeginOut {
        resource: ResourceOut::new(&pending.resource, sealer),
        r#type: pending.operation,
    });
    let out = EntryOut {
        end: end.collect(),
        remove: remove.collect(),
        put: put.iter().map(|one| ResourceOut::new(one, sealer)).collect(),
        begin: begin.collect(),
    };
    let mut text = Vec::with_capacity(512);
    to_writer(&mut text, &out)?;
    Ok(text)
}

/// Joins entries to the line of that number. `provider` tells who can decrypt them.
pub(crate) fn line(
    number: u64,
    provider: Option<&Provider>,
    entries: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    let mut text = Vec::with_capacity(entries.iter().map(Vec::len).sum::<usize>() + 256);
    text.extend_from_slice(&[b' '; SUM_LEN + 1]);
    write!(text, "{number} {{").expect("memory takes all");
    if let Some(provider) = provider {
        text.extend_from_slice(b"\"secrets_providers\":");
        to_writer(&mut text, provider)?;
        text.push(b',');
    }
    text.extend_from_slice(b"\"entries\":[");
    text.extend_from_slice(&entries.join(&b','));
    text.extend_from_slice(b"]}");
    let sum = checksum(&text[SUM_LEN + 1..]);
    text[..SUM_LEN].copy_from_slice(sum.as_bytes());
    text.push(b'\n');
    Ok(text)
}

fn checksum(text: &[u8]) -> String {
    let digest = digest(&SHA256, text);
    digest.as_ref()[..SUM_LEN / 2].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Deserialize)]
struct LineIn {
    #[serde(default)]
    secrets_providers: Option<Provider>,
    entries: Vec<EntryIn>,
}

#[derive(Deserialize)]
struct EntryIn {
    #[serde(default)]
    end: Vec<KeyIn>,
    #[serde(default)]
    remove: Vec<KeyIn>,
    #[serde(default)]
    put: Vec<ResourceIn>,
    #[serde(default)]
    begin: Vec<BeginIn>,
}

#[derive(Deserialize)]
struct KeyIn {
    urn: Urn,
    id: String,
    #[serde(default)]
    r#type: Option<PendingKind>,
}

#[derive(Deserialize)]
struct BeginIn {
    resource: ResourceIn,
    r#type: PendingKind,
}

/// A journal as it was read, its secrets still encrypted.
#[derive(Default)]
pub(crate) struct Replay {
    pub(crate) provider: Option<Provider>,
    pub(crate) is_sealed: bool,
    entries: Vec<SealedEntry>,
}

struct SealedEntry {
    end: Vec<PendingKey>,
    remove: Vec<ResourceKey>,
    put: Vec<Sealed>,
    begin: Vec<(PendingKind, Sealed)>,
}

/// Reads a journal as far as it can be without a key.
pub(crate) fn read(bytes: &[u8], place: &str) -> Result<Replay, Error> {
    let mut replay = Replay::default();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    for (number, text) in lines.iter().enumerate() {
        let Some(json) = check(text, number as u64) else {
            // Unless a good one follows, this is where the writing was cut off.
            if lines[number + 1..].iter().any(|later| is_whole(later)) || hides_a_line(text) {
                let detail =
                    format!("line {} of its journal does not fit its checksum", number + 1);
                return Err(corrupted(place, detail));
            }
            break;
        };
        let parsed = serde_json::from_slice::<LineIn>(json).map_err(|error| error.to_string());
        parsed.and_then(|line| replay.push(line)).map_err(|why| {
            corrupted(place, format!("line {} of its journal: {why}", number + 1))
        })?;
    }
    Ok(replay)
}

fn corrupted(place: &str, detail: String) -> Error {
    Error::Corrupted { place: place.to_owned(), detail, last_good: None }
}

/// The JSON of a line that is whole and has this number.
fn check(text: &[u8], number: u64) -> Option<&[u8]> {
    let (numbered, rest) = is_whole(text)
        .then(|| text.split_at(SUM_LEN + 1).1)?
        .split_at(text[SUM_LEN + 1..].iter().position(|byte| *byte == b' ')?);
    let found: u64 = std::str::from_utf8(numbered).ok()?.parse().ok()?;
    (found == number).then(|| &rest[1..rest.len() - 1])
}

/// Whether a line ends as it should and fits its checksum.
fn is_whole(text: &[u8]) -> bool {
    let Some((sum, rest)) = text.split_at_checked(SUM_LEN) else { return false };
    let Some(body) = rest.strip_prefix(b" ").and_then(|rest| rest.strip_suffix(b"\n")) else {
        return false;
    };
    checksum(body).as_bytes() == sum
}

/// Whether a good line is in the end of a bad one: what stood between them was damaged.
fn hides_a_line(text: &[u8]) -> bool {
    let starts = text.windows(SUM_LEN + 1).enumerate().skip(1).filter(|(_, window)| {
        let (end, sum) = window.split_last().unwrap_or((&0, &[]));
        *end == b' ' && sum.iter().all(u8::is_ascii_hexdigit)
    });
    starts.into_iter().any(|(start, _)| is_whole(&text[start..]))
}

impl Replay {
    fn push(&mut self, line: LineIn) -> Result<(), String> {
        self.provider = line.secrets_providers.or(self.provider.take());
        for entry in line.entries {
            let entry = SealedEntry::try_from(entry)?;
            self.is_sealed |= entry.resources().any(Sealed::is_sealed);
            self.entries.push(entry);
        }
        Ok(())
    }

    /// Whether nothing was recorded.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, in order, with their secrets, or masked.
    pub(crate) fn open(
        self,
        read: impl Fn(Sealed) -> Result<Arc<Existing>, Error>,
    ) -> Result<Vec<Entry>, Error> {
        self.entries.into_iter().map(|entry| entry.open(&read)).collect()
    }
}

impl SealedEntry {
    fn resources(&self) -> impl Iterator<Item = &Sealed> {
        self.put.iter().chain(self.begin.iter().map(|(_, resource)| resource))
    }

    fn open(self, read: &impl Fn(Sealed) -> Result<Arc<Existing>, Error>) -> Result<Entry, Error> {
        let begin = self.begin.into_iter();
        let begin = begin.map(|(operation, one)| Ok(Pending { operation, resource: read(one)? }));
        Ok(Entry {
            end: self.end,
            remove: self.remove,
            put: self.put.into_iter().map(read).collect::<Result<_, _>>()?,
            begin: begin.collect::<Result<_, Error>>()?,
        })
    }
}

impl TryFrom<EntryIn> for SealedEntry {
    type Error = String;

    fn try_from(entry: EntryIn) -> Result<Self, String> {
        let EntryIn { end, remove, put, begin } = entry;
        let end = end.into_iter().map(|key| {
            let kind = key.r#type.ok_or("the end of an operation without its type")?;
            Ok(PendingKey { urn: key.urn, id: key.id, kind })
        });
        let remove = remove.into_iter().map(|key| ResourceKey { urn: key.urn, id: key.id });
        let begin = begin.into_iter().map(|one| Ok((one.r#type, Sealed::try_from(one.resource)?)));
        Ok(Self {
            end: end.collect::<Result<_, String>>()?,
            remove: remove.collect(),
            put: put.into_iter().map(Sealed::try_from).collect::<Result<_, _>>()?,
            begin: begin.collect::<Result<_, String>>()?,
        })
    }
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
