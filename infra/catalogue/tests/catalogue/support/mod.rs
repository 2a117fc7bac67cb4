//! A component whose program is a script, a real HTTP server that can misbehave,
//! and archives made on the spot.

mod server;

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;

use flate2::{Compression, write::GzEncoder};
use goodgo_catalogue::{
    Catalogue, Checksum, Component, Error, Event, Format, Installed, Observer, Platform, Program,
    Release, Requirement, Source, Version,
};

pub(crate) use server::{Reply, Server};

/// A program that says it is version `version`.
pub(crate) fn script(version: &str) -> String {
    format!("#!/bin/sh\necho tool {version}\n")
}

/// A component of one program, `tool`, that must be 1.x and has these sources.
pub(crate) fn tool(sources: Vec<Source>) -> Component {
    Component {
        name: "tool",
        images: &["tool"],
        programs: vec![Program::required("tool")],
        version_args: &["--version"],
        requirement: Requirement::range(Version::new(1, 0, 0), Version::new(2, 0, 0)),
        directories: vec![],
        drops_privileges: false,
        sources,
    }
}

/// The release `tool-1.2.3.tar.gz` of a server.
pub(crate) fn release(server: &Server, checksum: Checksum, format: Format) -> Source {
    Source::Release(Release {
        version: Version::new(1, 2, 3),
        tag: "1.2.3",
        url: server.url("/tool-{version}-{variant}.tar.gz"),
        checksum,
        format,
        variants: vec![(Platform::current().expect("tests run where builds exist"), "here")],
        bin: "bin",
    })
}

/// Where [`release`] is on the server.
pub(crate) const ARCHIVE: &str = "/tool-1.2.3-here.tar.gz";

/// A `.tar.gz` of files with their modes, below one top folder.
pub(crate) fn tar_gz(files: &[(&str, u32, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, mode, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(*mode);
        header.set_cksum();
        tar.append_data(&mut header, format!("tool-1.2.3/{name}"), content.as_bytes())
            .expect("appended");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("finished")
}

/// The archive that the releases of these tests are.
pub(crate) fn good_archive() -> Vec<u8> {
    tar_gz(&[("bin/tool", 0o700, &script("1.2.3")), ("README", 0o600, &"read me ".repeat(5000))])
}

/// The same as a `.zip`, without a top folder.
pub(crate) fn good_zip() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("bin/tool", options).expect("started");
    zip.write_all(script("1.2.3").as_bytes()).expect("written");
    zip.finish().expect("finished").into_inner()
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes an executable script.
pub(crate) fn write_program(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("created");
    fs::write(path, content).expect("written");
    fs::set_permissions(path, Permissions::from_mode(0o755)).expect("made executable");
}

/// Remembers what it is told.
#[derive(Default)]
pub(crate) struct Events(Mutex<Vec<Event>>);

impl Observer for Events {
    fn event(&self, _component: &str, event: Event) {
        self.0.lock().expect("no panic").push(event);
    }
}

impl Events {
    /// The kinds of events in order, repeated ones once.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.0.lock().expect("no panic").iter().map(kind).collect();
        kinds.dedup();
        kinds
    }

    /// Why sources were skipped.
    pub(crate) fn skipped(&self) -> Vec<String> {
        let events = self.0.lock().expect("no panic");
        events
            .iter()
            .filter_map(|event| match event {
                Event::Skipped { why, .. } => Some(why.clone()),
                _ => None,
            })
            .collect()
    }
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Waiting => "waiting",
        Event::Trying { .. } => "trying",
        Event::Skipped { .. } => "skipped",
        Event::Downloading { .. } => "downloading",
        Event::Running { .. } => "running",
        Event::Verified => "verified",
        Event::Unpacked => "unpacked",
        Event::Ready { .. } => "ready",
        _ => "other",
    }
}

/// Ensures a component in the cache `dir`, with its events.
pub(crate) fn ensure(dir: &Path, component: &Component) -> (Result<Installed, Error>, Events) {
    let events = Events::default();
    let result = Catalogue::new(dir).ensure(component, &events);
    (result, events)
}

/// Files and folders in the cache that are there to stay or were left over.
pub(crate) fn left_in(dir: &Path) -> Vec<String> {
    let list = |dir: &Path| -> Vec<String> {
        let Ok(entries) = fs::read_dir(dir) else { return vec![] };
        entries.map(|entry| entry.expect("read").path().display().to_string()).collect()
    };
    [list(&dir.join(".staging")), list(&dir.join("tool")), list(&dir.join(".resolved"))].concat()
}
