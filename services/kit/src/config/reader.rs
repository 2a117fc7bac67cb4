//! Reading settings from the environment, collecting every mistake.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::Setting;

/// The variables that settings are read from, taken once: a setting cannot
/// change under a running service.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own environment. Variables that are not UTF-8 are left
    /// out; no setting has such a name or a value.
    #[must_use]
    pub fn of_process() -> Self {
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(utf8).collect())
    }

    /// The value of `name`; one that is set to nothing counts as not set.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The setting's name.
    pub name: &'static str,
    /// What is wrong, as a predicate of the name: "is not set".
    pub what: String,
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let noun = if count == 1 { "setting is" } else { "settings are" };
        write!(formatter, "{count} {noun} wrong:")?;
        for Mistake { name, what } in &self.0 {
            write!(formatter, "\n  {name} {what}")?;
        }
        Ok(())
    }
}

/// Reads one setting after the other and remembers the mistakes.
pub struct Reader<'a> {
    environment: &'a Environment,
    mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    /// A reader of `environment`.
    #[must_use]
    pub fn new(environment: &'a Environment) -> Self {
        Self { environment, mistakes: Vec::new() }
    }

    /// Notes a mistake.
    pub fn mistake(&mut self, name: &'static str, what: impl Into<String>) {
        self.mistakes.push(Mistake { name, what: what.into() });
    }

    /// Reads `name`, or its default; notes a mistake and answers `None` when
    /// there is no right value.
    pub fn setting<T: Setting>(
        &mut self,
        name: &'static str,
        default: Option<&str>,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T> {
        let read = self.text(name, T::SECRET).and_then(|text| match text.as_deref().or(default) {
            Some(text) => T::parse(text),
            None => T::absent().ok_or_else(|| missing(name, T::SECRET)),
        });
        match read.and_then(|value| check(&value).map(|()| value)) {
            Ok(value) => Some(value),
            Err(what) => {
                self.mistake(name, what);
                None
            }
        }
    }

    /// The text of `name`, for a secret also from the file that `NAME_FILE`
    /// names, without the newline that editors and `echo` put at its end.
    fn text(&self, name: &str, secret: bool) -> Result<Option<String>, String> {
        let direct = self.environment.get(name);
        let file_variable = format!("{name}_FILE");
        let file = if secret { self.environment.get(&file_variable) } else { None };
        match (direct, file) {
            (Some(_), Some(_)) => {
                Err(format!("is set twice, also by {file_variable}: remove one of them"))
            }
            (Some(text), None) => Ok(Some(text.to_owned())),
            (None, Some(path)) => read_file(&file_variable, Path::new(path)).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The mistakes that were noted.
    #[must_use]
    pub fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }
}

fn missing(name: &str, secret: bool) -> String {
    if secret {
        format!("is not set: give it, or the name of a file that holds it in {name}_FILE")
    } else {
        "is not set, and has no default".to_owned()
    }
}

fn read_file(variable: &str, path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot be read from {} ({variable}): {error}", path.display()))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(format!("is empty in {} ({variable})", path.display()));
    }
    Ok(text.to_owned())
}
