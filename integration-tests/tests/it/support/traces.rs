//! What an environment leaves on the machine: processes and files, found without asking it.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

/// A process that has to do with an environment.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) parent: u32,
    /// With its arguments, each ended by NUL.
    pub(crate) command: Vec<u8>,
    /// `NAME=value`, each ended by NUL.
    pub(crate) environ: Vec<u8>,
    program: PathBuf,
    folder: PathBuf,
}

impl Process {
    fn read(pid: u32) -> Option<Self> {
        let proc = PathBuf::from(format!("/proc/{pid}"));
        let status = fs::read_to_string(proc.join("status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        // A process may end between two of these: then it is not there.
        Some(Self {
            pid,
            parent: parent.trim().parse().ok()?,
            command: fs::read(proc.join("cmdline")).ok()?,
            environ: fs::read(proc.join("environ")).unwrap_or_default(),
            program: fs::read_link(proc.join("exe")).ok()?,
            folder: fs::read_link(proc.join("cwd")).unwrap_or_default(),
        })
    }

    fn mentions(&self, path: &Path) -> bool {
        let path = path.as_os_str().as_bytes();
        let (program, folder) = (self.program.as_os_str(), self.folder.as_os_str());
        [&self.command, &self.environ, program.as_bytes(), folder.as_bytes()]
            .iter()
            .any(|text| contains(text, path))
    }

    /// Its command line for people.
    pub(crate) fn line(&self) -> String {
        String::from_utf8_lossy(&self.command).replace('\0', " ")
    }
}

/// Every process that has to do with this folder.
pub(crate) fn processes(of: &Path) -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("proc is mounted").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(Process::read).filter(|process| process.mentions(of)).collect()
}

/// Ends a process without a word. Whether it was there.
pub(crate) fn kill(pid: u32) -> bool {
    signal(pid, Signal::KILL)
}

/// Stops a process where it is: it does nothing more, and does not end either.
pub(crate) fn freeze(pid: u32) -> bool {
    signal(pid, Signal::STOP)
}

fn signal(pid: u32, signal: Signal) -> bool {
    let pid = pid.try_into().ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| kill_process(pid, signal).is_ok())
}

/// Every file in a folder, folders left out.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut all = Vec::new();
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => all.extend(files(&entry.path())),
            _ => all.push(entry.path()),
        }
    }
    all
}

pub(crate) fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}
