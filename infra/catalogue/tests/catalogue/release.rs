//! The official release: downloaded whole and verified, or not at all.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{
    ARCHIVE, Reply, Server, ensure, good_archive, good_zip, left_in, release, sha256, tool,
};
use goodgo_catalogue::{Catalogue, Checksum, Format, Silent, Source};

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn pinned(body: &[u8]) -> Checksum {
    Checksum::Pinned(sha256(body))
}

#[test]
fn is_installed_once_and_found_again() {
    let (dir, body) = (temporary(), good_archive());
    let checksums =
        format!("{}  other.tar.gz\n{}  tool-1.2.3-here.tar.gz\n", "0".repeat(64), sha256(&body));
    let server = Server::start([
        (ARCHIVE, Reply::Redirect("/mirror")),
        ("/mirror", Reply::Ok(body)),
        ("/SHA256SUMS", Reply::Ok(checksums.into_bytes())),
    ]);
    let component =
        tool(vec![release(&server, Checksum::Published(server.url("/SHA256SUMS")), Format::TarGz)]);
    let (installed, events) = ensure(dir.path(), &component);
    let installed = installed.expect("installed");
    assert_eq!(events.kinds(), ["trying", "downloading", "verified", "unpacked", "ready"]);
    assert_eq!(installed.version.to_string(), "1.2.3");
    assert_eq!(installed.dir, dir.path().join("tool/1.2.3-release"));
    let mode = |name: &str| {
        fs::metadata(installed.dir.join(name)).expect("there").permissions().mode() & 0o7777
    };
    assert_eq!(
        (mode(""), mode("bin"), mode("bin/tool"), mode("README")),
        (0o755, 0o755, 0o755, 0o644)
    );

    assert_eq!(Catalogue::new(dir.path()).find(&component), Some(installed.clone()));
    let (again, events) = ensure(dir.path(), &component);
    assert_eq!(again.expect("found"), installed);
    assert_eq!(events.kinds(), ["ready"]);
    assert_eq!(server.asked("/mirror"), 1);
    fs::remove_dir_all(dir.path().join(".resolved")).expect("removed");
    assert_eq!(Catalogue::new(dir.path()).find(&component), Some(installed));
}

#[test]
fn may_be_a_zip() {
    let (dir, body) = (temporary(), good_zip());
    let server = Server::start([(ARCHIVE, Reply::Ok(body.clone()))]);
    let component = tool(vec![release(&server, pinned(&body), Format::Zip)]);
    let path = Catalogue::new(dir.path()).ensure(&component, &Silent).expect("installed").binaries
        ["tool"]
        .clone();
    assert!(path.starts_with(dir.path()) && path.is_file());
}

/// The error when the only source fails, with what it left in the cache.
fn failing(server: &Server, source: Source) -> String {
    let dir = temporary();
    let (result, events) = ensure(dir.path(), &tool(vec![source]));
    let text = server.anonymous(&result.expect_err("it fails").to_string());
    assert_eq!(events.kinds().last(), Some(&"skipped"));
    assert_eq!(left_in(dir.path()), Vec::<String>::new());
    text
}

#[test]
fn one_that_is_cut_is_named_with_what_came() {
    let body = good_archive();
    let server = Server::start([(ARCHIVE, Reply::Cut(body.clone(), 100))]);
    let text = failing(&server, release(&server, pinned(&body), Format::TarGz));
    let text = text.replace(&body.len().to_string(), "TOTAL");
    insta::assert_snapshot!(text, @r"
    tool (at least 1.0.0 and below 2.0.0) could not be found or installed
      official release 1.2.3: the download of http://SERVER/tool-1.2.3-here.tar.gz was cut: got 100 of TOTAL bytes; try again: Peer disconnected
    What to do: install tool (at least 1.0.0 and below 2.0.0) so that tool can be found on PATH, or make one of the sources above work (network, proxy, or package manager) and run the command again.
    ");
}

#[test]
fn a_wrong_checksum_is_named_with_both() {
    let server = Server::start([(ARCHIVE, Reply::Ok(b"something else".to_vec()))]);
    let text = failing(&server, release(&server, Checksum::Pinned("0".repeat(64)), Format::TarGz));
    insta::assert_snapshot!(text, @r"
    tool (at least 1.0.0 and below 2.0.0) could not be found or installed
      official release 1.2.3: http://SERVER/tool-1.2.3-here.tar.gz has the SHA-256 f41f3fa625ff120ddca7ef456bf66371ecea23c129f4e4c32367101edb516cf8, but 0000000000000000000000000000000000000000000000000000000000000000 was expected; nothing of it was kept. Try again, and if it repeats do not trust this source
    What to do: install tool (at least 1.0.0 and below 2.0.0) so that tool can be found on PATH, or make one of the sources above work (network, proxy, or package manager) and run the command again.
    ");
}

#[test]
fn one_that_is_not_there_is_named() {
    let server = Server::start([]);
    let text = failing(&server, release(&server, Checksum::Pinned("0".repeat(64)), Format::TarGz));
    insta::assert_snapshot!(text, @r"
    tool (at least 1.0.0 and below 2.0.0) could not be found or installed
      official release 1.2.3: cannot download http://SERVER/tool-1.2.3-here.tar.gz: http status: 404
    What to do: install tool (at least 1.0.0 and below 2.0.0) so that tool can be found on PATH, or make one of the sources above work (network, proxy, or package manager) and run the command again.
    ");
}

#[test]
fn a_checksum_file_must_name_it() {
    let other = format!("{}  other.tar.gz\n", "0".repeat(64));
    let server = Server::start([("/SHA256SUMS", Reply::Ok(other.into_bytes()))]);
    let source = release(&server, Checksum::Published(server.url("/SHA256SUMS")), Format::TarGz);
    insta::assert_snapshot!(failing(&server, source), @r"
    tool (at least 1.0.0 and below 2.0.0) could not be found or installed
      official release 1.2.3: http://SERVER/SHA256SUMS has no SHA-256 for tool-1.2.3-here.tar.gz
    What to do: install tool (at least 1.0.0 and below 2.0.0) so that tool can be found on PATH, or make one of the sources above work (network, proxy, or package manager) and run the command again.
    ");
    assert_eq!(server.asked(ARCHIVE), 0);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let server = Server::start([]);
    let Source::Release(mut gone) = release(&server, pinned(b""), Format::TarGz) else {
        unreachable!()
    };
    // Nobody listens on the discard port of this address.
    gone.url = "http://127.0.0.1:9/tool.tar.gz".to_owned();
    let text = failing(&server, Source::Release(gone));
    assert!(text.contains("cannot download http://127.0.0.1:9/tool.tar.gz: "), "{text}");
}

#[test]
fn a_machine_without_a_build_is_told_so() {
    let server = Server::start([]);
    let Source::Release(mut elsewhere) = release(&server, pinned(b""), Format::TarGz) else {
        unreachable!()
    };
    elsewhere.variants.clear();
    let text = failing(&server, Source::Release(elsewhere));
    assert!(text.contains("official release 1.2.3: has no build for "), "{text}");
}

#[test]
fn the_wrong_program_inside_is_refused() {
    let body = crate::support::tar_gz(&[("bin/tool", 0o755, &crate::support::script("0.9.0"))]);
    let server = Server::start([(ARCHIVE, Reply::Ok(body.clone()))]);
    let text = failing(&server, release(&server, pinned(&body), Format::TarGz));
    assert!(
        text.contains("is version 0.9.0, but it must be at least 1.0.0 and below 2.0.0"),
        "{text}"
    );
}
