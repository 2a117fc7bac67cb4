//! What the measurements were taken on, and what is on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::Result;

/// Below this load, the machine was idle before.
const IDLE: f64 = 0.5;

/// The machine in one paragraph: cores, memory, kernel, and whether others work on it.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (cpus, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let model = field(&cpus, "model name").unwrap_or("an unknown processor");
    let kibibytes: u64 = field(&memory, "MemTotal")
        .and_then(|text| text.trim_end_matches(" kB").parse().ok())
        .unwrap_or_default();
    let kernel = rustix::system::uname();
    let load = read("/proc/loadavg");
    let load: f64 = load.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default();
    let busy = if load < IDLE {
        ""
    } else {
        " **It was not idle: the numbers are pessimistic and vary.**"
    };
    format!(
        "Machine: {cores} cores of {model}, {} GiB of memory, {} {}; load before the run {load}. \
         Compiler: {}.{busy}",
        kibibytes >> 20,
        kernel.sysname().to_string_lossy(),
        kernel.release().to_string_lossy(),
        first_line(Command::new("rustc").arg("--version")).unwrap_or_else(|| "unknown".to_owned()),
    )
}

/// The value of the first line `name : value`.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().strip_prefix(':')?.trim())
}

/// What a command prints first; `None` when it cannot be run.
pub(crate) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned())
}

/// A folder on a disk (where a file that is synced costs what it costs), which others may
/// traverse: PostgreSQL runs as another user when we are root. Removed when dropped.
pub(crate) fn folder() -> Result<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    let disk = Path::new("/var/tmp");
    let parent = if disk.is_dir() { disk.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("goodgo-bench-").tempdir_in(parent)?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// The programs that are measured.
pub(crate) struct Programs {
    /// Cargo's folder of builds, with a folder for each profile.
    builds: PathBuf,
}

impl Programs {
    pub(crate) fn new() -> Result<Self> {
        let own = std::env::current_exe()?;
        let builds = own.ancestors().nth(2).ok_or("this program is in no folder of builds")?;
        Ok(Self { builds: builds.to_owned() })
    }

    /// Builds `bench-graph` in the release profile.
    pub(crate) fn build_graph() -> Result<()> {
        build(&["--release", "-p", "goodgo-bench", "--bin", "bench-graph"])
    }

    /// The environment of many resources.
    pub(crate) fn graph(&self) -> PathBuf {
        self.builds.join("release/bench-graph")
    }

    /// Builds `bench-platform`, and what it deploys, in the development profile.
    pub(crate) fn build_platform() -> Result<()> {
        // Together with what `./just deploy env=local` builds: by another choice of packages cargo
        // chooses other features of what they share, and compiles all of it again.
        let packages = ["-p", "local", "-p", "goodgo-auth", "-p", "goodgo-bench"];
        let features = ["--features", "goodgo-bench/platform"];
        let programs = ["--bin", "local", "--bin", "auth", "--bin", "bench-platform"];
        build(&[&packages[..], &features, &programs].concat())
    }

    /// The environment that declares what env=local does.
    pub(crate) fn platform(&self) -> PathBuf {
        self.builds.join("debug/bench-platform")
    }
}

fn build(arguments: &[&str]) -> Result<()> {
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = Command::new("cargo");
    command.arg("build").args(arguments).current_dir(workspace);
    if command.status()?.success() {
        return Ok(());
    }
    Err(format!("cargo build {} failed", arguments.join(" ")).into())
}

/// A number of bytes from a line such as `VmRSS:  123 kB` of `/proc/<pid>/status` (proc(5)).
pub(crate) fn status(pid: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kibibytes: u64 = field(&text, name)?.trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes << 10)
}

/// Memory of the processes whose arguments hold `text`, by the name they go by, in bytes.
pub(crate) fn resident(text: &str) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry.file_name().to_string_lossy().into_owned();
        let words = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).into_owned();
        if pid.bytes().all(|byte| byte.is_ascii_digit())
            && words.contains(text)
            && let Some(bytes) = status(&pid, "VmRSS")
        {
            let name = words.split('\0').next().unwrap_or_default();
            found.push((name.to_owned(), bytes));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_with_and_without_space() {
        assert_eq!(field("a: 1\nmodel name\t: Fast 3000\n", "model name"), Some("Fast 3000"));
        assert_eq!(field("MemTotal:       24 kB\n", "MemTotal"), Some("24 kB"));
        assert_eq!(field("a: 1", "b"), None);
    }

    #[test]
    fn this_process_has_memory() {
        assert!(status("self", "VmRSS").unwrap() > 0);
    }
}
