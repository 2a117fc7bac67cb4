//! The script `./just`: it hands over to a good `just`, and says what to do
//! where it can get none.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../just");
/// All that the script needs besides a shell.
const TOOLS: [&str; 9] = ["sh", "awk", "id", "dirname", "readlink", "mkdir", "rm", "cp", "mv"];

/// A repository in a folder with a space, and a PATH with nothing but `TOOLS`.
struct Machine {
    dir: TempDir,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let machine = Self { dir };
        fs::create_dir_all(machine.repository()).expect("created");
        fs::create_dir_all(machine.bin()).expect("created");
        fs::copy(SCRIPT, machine.repository().join("just")).expect("copied");
        for tool in TOOLS {
            let path = ["/usr/bin", "/bin"].map(|dir| Path::new(dir).join(tool));
            let path = path.iter().find(|path| path.exists()).expect("every system has it");
            symlink(path, machine.bin().join(tool)).expect("linked");
        }
        machine
    }

    fn repository(&self) -> PathBuf {
        self.dir.path().join("the repository")
    }

    fn bin(&self) -> PathBuf {
        self.dir.path().join("bin")
    }

    /// Puts a program on PATH.
    fn add(&self, name: &str, script: &str) {
        let path = self.bin().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("made executable");
    }

    /// Runs the script from another folder.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("/bin/sh");
        command.arg(self.repository().join("just")).args(arguments).current_dir("/");
        command
            .env_clear()
            .env("PATH", self.bin())
            .env("GOODGO_CACHE", self.dir.path().join("the cache"));
        command.output().expect("there is a shell")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const JUST: &str =
    r#"if [ "$1" = --version ]; then echo "just VERSION"; else printf '<%s>' "$@"; fi"#;

#[test]
fn a_new_enough_one_on_the_path_gets_the_arguments() {
    let machine = Machine::new();
    machine.add("just", &JUST.replace("VERSION", "1.100.0"));
    let output = machine.run(&["deploy", "env=a b"]);
    let repository = machine.repository().display().to_string();
    assert_eq!(
        text(&output.stdout),
        format!(
            "<--justfile><{repository}/Justfile><--working-directory><{repository}><deploy><env=a b>"
        )
    );
}

#[test]
fn without_any_way_to_get_one_it_says_what_to_do() {
    let machine = Machine::new();
    machine.add("just", &JUST.replace("VERSION", "1.9.0"));
    let output = machine.run(&["deploy"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("none of python3, pip, uv, pipx and cargo is on PATH"), "{said}");
    assert!(said.contains("what to do: install just yourself"), "{said}");
}

#[test]
fn the_next_client_is_tried_and_what_it_installs_is_kept() {
    let machine = Machine::new();
    machine.add("python3", "echo no network >&2; exit 1");
    let installed = JUST.replace("VERSION", "1.59.0");
    // `pip … --target DIR PACKAGE`: the folder is the last argument but one.
    let pip = r#"while [ $# -gt 2 ]; do shift; done
mkdir -p "$1/bin"
cat > "$1/bin/just" <<'END'
#!/bin/sh
"#;
    machine.add("pip", &format!("{pip}{installed}\nEND\nchmod 755 \"$1/bin/just\""));
    for tool in ["cat", "chmod"] {
        machine.add(tool, &format!("PATH=/usr/bin:/bin exec {tool} \"$@\""));
    }
    let first = machine.run(&["status"]);
    assert!(
        text(&first.stderr).contains("python3 could not install it; trying the next way"),
        "{first:?}"
    );
    assert!(text(&first.stdout).ends_with("<status>"), "{first:?}");
    let second = machine.run(&["status"]);
    assert_eq!((text(&second.stderr), second.stdout), (String::new(), first.stdout));
    let kept = fs::read_dir(machine.dir.path().join("the cache/just")).expect("there");
    assert_eq!(kept.count(), 1, "the staging folder is removed");
}
