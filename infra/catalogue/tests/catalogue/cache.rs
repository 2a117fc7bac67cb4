//! Sources in order, leftovers of killed installations, several at once.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::thread;

use crate::support::{ARCHIVE, Reply, Server, ensure, good_archive, release, sha256, tool};
use goodgo_catalogue::{Build, Catalogue, Checksum, Format, Silent, Source, Version};

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn the_next_source_is_tried_and_the_first_is_tried_again_later() {
    let (dir, body) = (temporary(), good_archive());
    let server = Server::start([("/second", Reply::Ok(body.clone()))]);
    let first = release(&server, Checksum::Pinned(sha256(&body)), Format::TarGz);
    let Source::Release(mut second) = first.clone() else { unreachable!() };
    second.url = server.url("/second");
    let (result, events) = ensure(dir.path(), &tool(vec![first.clone(), Source::Release(second)]));
    result.expect("the second source has it");
    assert_eq!(
        events.kinds(),
        ["trying", "skipped", "trying", "downloading", "verified", "unpacked", "ready"]
    );
    server.set(ARCHIVE, Reply::Ok(body));
    ensure(temporary().path(), &tool(vec![first])).0.expect("the first source has it now");
}

#[test]
fn what_a_killed_installation_left_is_cleared() {
    let (dir, body) = (temporary(), good_archive());
    let left = dir.path().join(".staging/tool-4711/tree/bin");
    let others = dir.path().join(".staging/other-4712");
    fs::create_dir_all(&left).and_then(|()| fs::create_dir_all(&others)).expect("created");
    fs::create_dir_all(dir.path().join("tool/1.2.3-release/bin")).expect("created");
    let server = Server::start([(ARCHIVE, Reply::Ok(body.clone()))]);
    let component = tool(vec![release(&server, Checksum::Pinned(sha256(&body)), Format::TarGz)]);
    assert_eq!(Catalogue::new(dir.path()).find(&component), None, "half an installation is none");
    ensure(dir.path(), &component).0.expect("installed over it");
    assert!(!left.exists());
    assert!(others.exists(), "that is under another component's lock");
}

#[test]
fn many_at_once_install_once() {
    let (dir, body) = (temporary(), good_archive());
    let server = Server::start([(ARCHIVE, Reply::Ok(body.clone()))]);
    let component = tool(vec![release(&server, Checksum::Pinned(sha256(&body)), Format::TarGz)]);
    thread::scope(|scope| {
        for _ in 0..6 {
            // A catalogue each, as separate processes have.
            scope.spawn(|| {
                Catalogue::new(dir.path()).ensure(&component, &Silent).expect("installed")
            });
        }
    });
    assert_eq!(server.asked(ARCHIVE), 1);
}

#[test]
fn source_is_built_and_only_its_programs_are_kept() {
    let makefile = "tool:\n\tprintf '#!/bin/sh\\necho tool 1.4.0\\n' > tool && chmod +x tool\n";
    let body = crate::support::tar_gz(&[("src/Makefile", 0o644, makefile)]);
    let server = Server::start([("/source.tar.gz", Reply::Ok(body.clone()))]);
    let dir = temporary();
    let source = |target: &'static [&'static str]| {
        Source::Build(Build {
            version: Version::new(1, 4, 0),
            url: server.url("/source.tar.gz"),
            checksum: Checksum::Pinned(sha256(&body)),
            dir: "src",
            make_args: target,
            products: vec!["src/tool"],
        })
    };
    let (failed, _) = ensure(dir.path(), &tool(vec![source(&["no-such-target"])]));
    let text = failed.expect_err("make fails").to_string();
    assert!(text.contains("No rule to make target 'no-such-target'"), "{text}");
    let (built, _) = ensure(dir.path(), &tool(vec![source(&["tool"])]));
    let built = built.expect("built");
    assert_eq!((built.version, built.dir.join("src").exists()), (Version::new(1, 4, 0), false));
}

#[test]
fn root_is_told_of_a_cache_that_others_cannot_enter() {
    let dir = temporary();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).expect("closed");
    let mut component = tool(vec![]);
    component.drops_privileges = true;
    let text = ensure(&dir.path().join("cache"), &component).0.expect_err("no source").to_string();
    let refused = text.contains("who cannot enter the component cache");
    assert_eq!(refused, rustix::process::geteuid().is_root(), "{text}");
}

#[test]
fn a_cache_that_cannot_be_made_is_named() {
    let dir = temporary();
    let file = dir.path().join("file");
    fs::write(&file, "not a folder").expect("written");
    let text = ensure(&file, &tool(vec![])).0.expect_err("it cannot be used").to_string();
    assert!(text.contains("file/.locks") && text.contains("writable"), "{text}");
}
