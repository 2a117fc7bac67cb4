//! Redis publishes source, not programs. A distribution's package takes
//! seconds and a build takes minutes, so the package comes first here, although
//! other components prefer the official release.

use crate::source::{Apt, Build, Checksum, Source};
use crate::{Component, Program, Requirement, Version};

/// Redis 7 or newer.
pub fn redis() -> Component {
    Component {
        name: "redis",
        images: &["redis"],
        programs: vec![Program::required("redis-server"), Program::required("redis-cli")],
        version_args: &["--version"],
        requirement: Requirement::at_least(Version::new(7, 0, 0)),
        directories: vec!["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"],
        drops_privileges: false,
        sources: vec![
            Source::Apt(Apt { packages: &["redis-server", "redis-tools"], bin: "usr/bin" }),
            // 7.2 is the last series under the BSD licence; 8 is for who asks for `redis:8`.
            build(
                Version::new(7, 2, 15),
                "7bf7975331511fdb788e85dae63964b128fccee1df026a10db57444babc9c9c4",
            ),
            build(
                Version::new(8, 2, 8),
                "01354ee4449e758e6e45d056fe5802abd9ccde4d669b79c9d5e9f6d730a80759",
            ),
        ],
    }
}

/// The source of one version; SHA-256 from the project's own list,
/// <https://github.com/redis/redis-hashes>.
fn build(version: Version, sha256: &str) -> Source {
    Source::Build(Build {
        version,
        url: format!("https://download.redis.io/releases/redis-{version}.tar.gz"),
        checksum: Checksum::Pinned(sha256.to_owned()),
        // libc's allocator: building jemalloc doubles the time and helps production loads only.
        dir: "src",
        make_args: &["MALLOC=libc", "redis-server", "redis-cli"],
        products: vec!["src/redis-server", "src/redis-cli"],
    })
}
