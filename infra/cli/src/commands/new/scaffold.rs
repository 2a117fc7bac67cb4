//! Writing templates into the workspace. What is there is never written over.

use std::path::{Path, PathBuf};

use crate::error::Failure;

/// A template: where it goes under the new folder, and its text with `{{…}}` to fill in.
type Template = (&'static str, &'static str);

macro_rules! template {
    ($folder:literal, $path:literal) => {
        ($path, include_str!(concat!("../../../templates/", $folder, "/", $path, ".in")))
    };
}

const SERVICE: &[Template] = &[
    template!("service", "Cargo.toml"),
    template!("service", "src/lib.rs"),
    template!("service", "src/main.rs"),
    template!("service", "src/app.rs"),
    template!("service", "src/settings.rs"),
    template!("service", "src/routes.rs"),
    template!("service", "src/routes/greeting.rs"),
];
const ENVIRONMENT: &[Template] =
    &[template!("environment", "Cargo.toml"), template!("environment", "src/main.rs")];
/// What declares a new service in an environment.
const DECLARATION: &str = include_str!("../../../templates/declaration.rs.in");
/// Where it goes, if the environment has such a line: before it.
const MARKER: &str = "// New services go here.";
/// Names that Rust or the workspace has another meaning for.
const TAKEN: &[&str] = &["kit", "platform", "test", "core", "std", "self", "crate", "super"];

/// Where to write.
pub(super) struct Scaffold<'a> {
    pub(super) workspace: &'a Path,
    pub(super) project: &'a str,
    pub(super) environment: &'a str,
}

/// What was written, and what is left to do.
#[derive(Debug)]
pub(super) struct Made {
    /// Paths from the workspace's root.
    pub(super) files: Vec<String>,
    /// What a person has to add where.
    pub(super) add: Option<(String, String)>,
    /// The command to go on with.
    pub(super) next: String,
}

/// Reads a name for something new.
///
/// # Errors
/// What would be right.
pub(super) fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let first = text.starts_with(|c: char| c.is_ascii_lowercase());
    if !first || text.len() > 40 || text.ends_with('-') || !text.chars().all(fits) {
        return Err("use 1 to 40 of a-z, 0-9 and `-`, beginning with a letter".to_owned());
    }
    if TAKEN.contains(&text) {
        return Err("this name has another meaning already".to_owned());
    }
    Ok(text.to_owned())
}

impl Scaffold<'_> {
    /// Writes a service, and declares it in this environment where that is safe.
    ///
    /// # Errors
    /// When its folder exists or cannot be written.
    pub(super) fn service(&self, name: &str) -> Result<Made, Failure> {
        let folder = PathBuf::from("services").join(name);
        let mut files = self.write(&folder, name, SERVICE)?;
        let declaration = self.fill(DECLARATION, name);
        let program = format!("environments/{}/src/main.rs", self.environment);
        let add = if self.insert(&program, &declaration)? {
            files.push(program);
            None
        } else {
            Some((program, declaration))
        };
        if self.build_before_deploy(name)? {
            files.push(format!("environments/{}/Cargo.toml", self.environment));
        }
        let next = format!("./just deploy env={}", self.environment);
        Ok(Made { files, add, next })
    }

    /// Writes an environment.
    ///
    /// # Errors
    /// When its folder exists or cannot be written.
    pub(super) fn environment(&self, name: &str) -> Result<Made, Failure> {
        let folder = PathBuf::from("environments").join(name);
        let files = self.write(&folder, name, ENVIRONMENT)?;
        Ok(Made { files, add: None, next: format!("./just preview env={name}") })
    }

    fn write(
        &self,
        folder: &Path,
        name: &str,
        templates: &[Template],
    ) -> Result<Vec<String>, Failure> {
        let root = self.workspace.join(folder);
        if root.exists() {
            let message = format!("{} exists already", folder.display());
            return Err(Failure::usage(message).hint("choose another name"));
        }
        let mut files = Vec::new();
        for (path, template) in templates {
            let file = root.join(path);
            let parent = file.parent().unwrap_or(&root);
            std::fs::create_dir_all(parent)
                .and_then(|()| std::fs::write(&file, self.fill(template, name)))
                .map_err(|error| {
                    Failure::failed(format!("cannot write {}", file.display())).because(&error)
                })?;
            files.push(folder.join(path).display().to_string());
        }
        Ok(files)
    }

    fn fill(&self, template: &str, name: &str) -> String {
        template
            .replace("{{project}}", self.project)
            .replace("{{name}}", name)
            .replace("{{module}}", &name.replace('-', "_"))
    }

    /// Adds the service's package to those that a deploy builds first; false when the list is not
    /// to be found.
    fn build_before_deploy(&self, name: &str) -> Result<bool, Failure> {
        let file = self.workspace.join("environments").join(self.environment).join("Cargo.toml");
        let Ok(text) = std::fs::read_to_string(&file) else {
            return Ok(false);
        };
        let begin = text.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some((*at - line.len(), line))
        });
        let list = begin.filter(|(_, line)| line.starts_with("services = [")).collect::<Vec<_>>();
        let [(at, line)] = list[..] else {
            return Ok(false);
        };
        let end = at + line.len();
        let comma = if line.contains("[]") { "" } else { ", " };
        let more = line.replacen(']', &format!("{comma}\"{}-{name}\"]", self.project), 1);
        write(&file, &format!("{}{more}{}", &text[..at], &text[end..]))?;
        Ok(true)
    }

    /// Puts a declaration before the marker; false when there is not just one.
    fn insert(&self, program: &str, declaration: &str) -> Result<bool, Failure> {
        let file = self.workspace.join(program);
        let Ok(text) = std::fs::read_to_string(&file) else {
            return Ok(false);
        };
        let marks: Vec<usize> = text.match_indices(MARKER).map(|(at, _)| at).collect();
        let [mark] = marks[..] else {
            return Ok(false);
        };
        let line = text[..mark].rfind('\n').map_or(0, |end| end + 1);
        let edited = format!("{}{declaration}\n{}", &text[..line], &text[line..]);
        write(&file, &edited)?;
        Ok(true)
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| {
        Failure::failed(format!("cannot write {}", file.display())).because(&error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaffold(workspace: &Path) -> Scaffold<'_> {
        Scaffold { workspace, project: "goodgo", environment: "local" }
    }

    #[test]
    fn names_that_do_not_fit_are_refused() {
        assert!(["order", "order-2"].iter().all(|text| name(text).is_ok()));
        assert!(["", "Order", "2nd", "a_b", "a-", "kit"].iter().all(|text| name(text).is_err()));
    }

    #[test]
    fn everything_is_filled_in_and_nothing_written_over() {
        let workspace = tempfile::tempdir().unwrap();
        let made = scaffold(workspace.path()).service("order-book").unwrap();
        for file in &made.files {
            let text = std::fs::read_to_string(workspace.path().join(file)).unwrap();
            assert!(!text.contains("{{"), "{file}");
        }
        assert!(made.add.unwrap().1.contains("Service::new(\"order-book\")"));
        assert!(scaffold(workspace.path()).service("order-book").is_err());
    }

    #[test]
    fn a_service_is_declared_at_the_marker() {
        let workspace = tempfile::tempdir().unwrap();
        let program = workspace.path().join("environments/local/src/main.rs");
        std::fs::create_dir_all(program.parent().unwrap()).unwrap();
        std::fs::write(&program, format!("fn declare() {{\n    {MARKER}\n}}\n")).unwrap();
        let manifest = workspace.path().join("environments/local/Cargo.toml");
        std::fs::write(&manifest, "[x]\nservices = [\"goodgo-auth\"]\n").unwrap();
        let made = scaffold(workspace.path()).service("order").unwrap();
        let manifest = std::fs::read_to_string(&manifest).unwrap();
        assert_eq!(manifest, "[x]\nservices = [\"goodgo-auth\", \"goodgo-order\"]\n");
        assert!(made.add.is_none());
        let text = std::fs::read_to_string(&program).unwrap();
        let declared = text.find("Service::new(\"order\")").unwrap();
        assert!(declared < text.find(MARKER).unwrap(), "{text}");
    }
}
