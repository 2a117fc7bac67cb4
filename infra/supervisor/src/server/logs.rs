//! Sending log lines: the last ones, all of them in the order of their time, and
//! the new ones as they come.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;

use tokio::net::unix::OwnedWriteHalf;

use crate::clock;
use crate::logs::follow::Reader;
use crate::logs::{self, tail};
use crate::protocol::{Answer, Failure, LogLine, LogQuery, Reply};
use crate::supervisor::{Supervisor, internal};

/// Answers a query; ends only when the client goes when it follows.
pub(super) async fn send(
    query: &LogQuery,
    write: &mut OwnedWriteHalf,
    supervisor: &Supervisor,
) -> Result<(), Failure> {
    let failed = |error: io::Error| internal("read the logs", &error);
    let filter = Filter::new(query, supervisor);
    let dir = supervisor.context.logs.dir();
    let mut changes = supervisor.context.logs.changes();
    let mut readers = BTreeMap::new();
    let mut lines = Vec::new();
    for name in filter.names(dir).map_err(failed)? {
        let mut wanted = |line: &LogLine| filter.wants(line);
        let reader = match query.lines {
            Some(count) => {
                // The reader stands at the end before the last lines are read,
                // so that one which comes between the two may come twice but is
                // not missed; the next statement removes it.
                let reader = Reader::from_end(dir, &name).map_err(failed)?;
                lines.extend(tail::last(dir, &name, count, &mut wanted).map_err(failed)?);
                reader
            }
            None => Reader::from_start(dir, &name).map_err(failed)?,
        };
        readers.insert(name, reader);
    }
    if let Some(count) = query.lines {
        lines.sort_by(|a, b| a.time.cmp(&b.time));
        let skip = lines.len().saturating_sub(count);
        for line in lines.drain(..).skip(skip) {
            deliver(write, line).await.map_err(failed)?;
        }
    } else {
        merge(&mut readers, &filter, write).await.map_err(failed)?;
    }
    while query.follow && changes.changed().await.is_ok() {
        for name in filter.names(dir).map_err(failed)? {
            if let Entry::Vacant(new) = readers.entry(name) {
                let reader = Reader::from_start(dir, new.key()).map_err(failed)?;
                new.insert(reader);
            }
        }
        merge(&mut readers, &filter, write).await.map_err(failed)?;
    }
    Ok(())
}

/// Sends what the readers have, the oldest line first.
async fn merge(
    readers: &mut BTreeMap<String, Reader>,
    filter: &Filter<'_>,
    write: &mut OwnedWriteHalf,
) -> io::Result<()> {
    let mut heads: Vec<(LogLine, &mut Reader)> = Vec::new();
    for reader in readers.values_mut() {
        if let Some(line) = reader.next()? {
            heads.push((line, reader));
        }
    }
    loop {
        let oldest = heads.iter().enumerate().min_by(|(_, a), (_, b)| a.0.time.cmp(&b.0.time));
        let Some((at, _)) = oldest else { return Ok(()) };
        let next = heads[at].1.next()?;
        let line = match next {
            Some(next) => std::mem::replace(&mut heads[at].0, next),
            None => heads.swap_remove(at).0,
        };
        if filter.wants(&line) {
            deliver(write, line).await?;
        }
    }
}

async fn deliver(write: &mut OwnedWriteHalf, line: LogLine) -> io::Result<()> {
    super::send(write, &Reply::Ok(Answer::Line(line))).await
}

/// Which lines are wanted.
struct Filter<'a> {
    query: &'a LogQuery,
    since: Option<String>,
    /// The names of the keys that were asked for.
    of_keys: Vec<String>,
    /// Keys, perhaps of processes that are gone, which do not tell their name.
    unknown: Vec<String>,
}

impl<'a> Filter<'a> {
    fn new(query: &'a LogQuery, supervisor: &Supervisor) -> Self {
        let name = |key: &String| Some(supervisor.get(key)?.spec().name);
        let of_keys = query.of.iter().filter_map(name).collect();
        let gone = |key: &&String| supervisor.get(key).is_none();
        let unknown = query.of.iter().filter(gone).cloned().collect();
        Self { query, since: query.since_ms.map(clock::rfc3339), of_keys, unknown }
    }

    fn names(&self, dir: &std::path::Path) -> io::Result<Vec<String>> {
        let mut names = logs::names(dir)?;
        if self.unknown.iter().any(|key| !names.contains(key)) {
            return Ok(names);
        }
        names.retain(|name| {
            let of = &self.query.of;
            of.is_empty() || of.contains(name) || self.of_keys.contains(name)
        });
        Ok(names)
    }

    fn wants(&self, line: &LogLine) -> bool {
        let of = &self.query.of;
        let of_it = of.is_empty() || of.contains(&line.name) || of.contains(&line.key);
        of_it && self.since.as_ref().is_none_or(|since| line.time >= *since)
    }
}
