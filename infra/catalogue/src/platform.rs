//! Releases and packages are built for an operating system and a processor,
//! and each names them differently; here they have one name each.

use std::fmt;

/// An operating system that the process target runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux with glibc.
    Linux,
    /// macOS.
    MacOs,
}

/// A processor architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// 64-bit x86.
    X64,
    /// 64-bit ARM.
    Arm64,
}

/// What a program must be built for to run on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The operating system.
    pub os: Os,
    /// The processor.
    pub arch: Arch,
}

impl Platform {
    /// Linux on 64-bit x86.
    pub const LINUX_X64: Self = Self { os: Os::Linux, arch: Arch::X64 };
    /// Linux on 64-bit ARM.
    pub const LINUX_ARM64: Self = Self { os: Os::Linux, arch: Arch::Arm64 };
    /// macOS on 64-bit x86.
    pub const MACOS_X64: Self = Self { os: Os::MacOs, arch: Arch::X64 };
    /// macOS on 64-bit ARM.
    pub const MACOS_ARM64: Self = Self { os: Os::MacOs, arch: Arch::Arm64 };

    /// The machine that this program was built for; `None` when no component
    /// has builds for it.
    pub fn current() -> Option<Self> {
        let os = match std::env::consts::OS {
            "linux" => Os::Linux,
            "macos" => Os::MacOs,
            _ => return None,
        };
        let arch = match std::env::consts::ARCH {
            "x86_64" => Arch::X64,
            "aarch64" => Arch::Arm64,
            _ => return None,
        };
        Some(Self { os, arch })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let os = match self.os {
            Os::Linux => "Linux",
            Os::MacOs => "macOS",
        };
        let arch = match self.arch {
            Arch::X64 => "x86-64",
            Arch::Arm64 => "arm64",
        };
        write!(f, "{os} on {arch}")
    }
}
