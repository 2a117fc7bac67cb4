//! Every environment variable that GoodGo reads, declared once.
//!
//! The documentation (`settings` and `docs/reference/settings.md`) is written from this table,
//! and nothing else in the workspace's infrastructure reads the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::Failure;

/// An environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

const HOME: Setting = Setting {
    name: "GOODGO_HOME",
    default: "`/var/lib/goodgo` for root; otherwise `$XDG_DATA_HOME/goodgo`, or `~/.local/share/goodgo`",
    meaning: "Folder of all environments on this machine: state, data, logs, keys.",
};
const CACHE: Setting = Setting {
    name: "GOODGO_CACHE",
    default: "`/var/cache/goodgo` for root; otherwise `$XDG_CACHE_HOME/goodgo`, or `~/.cache/goodgo`",
    meaning: "Folder of downloaded components. Can be deleted at any time.",
};
const STATE: Setting = Setting {
    name: "GOODGO_STATE",
    default: "the environment's folder under `GOODGO_HOME`",
    meaning: "Folder that holds the states in its place, one sub-folder for each environment: for a disk that is shared or backed up. \
        Or a bucket that a team shares: `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`, `az://CONTAINER/PREFIX`, with credentials from the variables \
        that the cloud's own tools read (`AWS_…`, `GOOGLE_…`, `AZURE_…`); see the guide \"A state for a team\".",
};
const PASSPHRASE: Setting = Setting {
    name: "GOODGO_PASSPHRASE",
    default: "a random key in `GOODGO_HOME/keys`",
    meaning: "Passphrase that encrypts the secrets in the state, as Pulumi does.",
};
const PASSPHRASE_FILE: Setting = Setting {
    name: "GOODGO_PASSPHRASE_FILE",
    default: "not set",
    meaning: "File that holds the passphrase in its first line; for secret stores that mount files.",
};
const EXPORT_PASSPHRASE: Setting = Setting {
    name: "GOODGO_EXPORT_PASSPHRASE",
    default: "asked for on the terminal",
    meaning: "Passphrase of what `state export --passphrase` writes.",
};
const CI: Setting = Setting {
    name: "CI",
    default: "not set",
    meaning: "When set and not `false` or `0`: no progress bars and no questions, plain lines in their place.",
};
const NO_COLOR: Setting = Setting {
    name: "NO_COLOR",
    default: "not set",
    meaning: "When set and not empty: no colours, unless `--color always` asks for them.",
};
const XDG_DATA: Setting =
    Setting { name: "XDG_DATA_HOME", default: "`~/.local/share`", meaning: "See `GOODGO_HOME`." };
const XDG_CACHE: Setting =
    Setting { name: "XDG_CACHE_HOME", default: "`~/.cache`", meaning: "See `GOODGO_CACHE`." };
const USER_HOME: Setting = Setting {
    name: "HOME",
    default: "not set",
    meaning: "The user's home folder: see `GOODGO_HOME` and `GOODGO_CACHE`.",
};

const SEARCH_PATH: Setting = Setting {
    name: "PATH",
    default: "not set",
    meaning: "Where installed programs are searched before they are downloaded.",
};

/// All of them, in the order of the documentation.
pub const SETTINGS: &[Setting] = &[
    HOME,
    CACHE,
    STATE,
    PASSPHRASE,
    PASSPHRASE_FILE,
    EXPORT_PASSPHRASE,
    CI,
    NO_COLOR,
    XDG_DATA,
    XDG_CACHE,
    USER_HOME,
    SEARCH_PATH,
];

/// The settings as they are for this run.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) home: Option<PathBuf>,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) state: Option<PathBuf>,
    pub(crate) passphrase: Option<String>,
    pub(crate) export_passphrase: Option<String>,
    pub(crate) ci: bool,
    pub(crate) no_color: bool,
    pub(crate) xdg_data: Option<PathBuf>,
    pub(crate) xdg_cache: Option<PathBuf>,
    pub(crate) user_home: Option<PathBuf>,
    pub(crate) search_path: OsString,
}

impl Settings {
    /// Reads them, in this program by `std::env::var_os`. Empty ones count as not set.
    ///
    /// # Errors
    /// When a passphrase cannot be read, or two are given.
    pub(crate) fn read(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let get = |setting: Setting| get(setting.name).filter(|value| !value.is_empty());
        let path = |setting| get(setting).map(PathBuf::from);
        Ok(Self {
            home: path(HOME),
            cache: path(CACHE),
            state: path(STATE),
            passphrase: passphrase(get(PASSPHRASE), path(PASSPHRASE_FILE))?,
            export_passphrase: passphrase(get(EXPORT_PASSPHRASE), None)?,
            ci: get(CI).is_some_and(|value| value != "false" && value != "0"),
            no_color: get(NO_COLOR).is_some(),
            xdg_data: path(XDG_DATA),
            xdg_cache: path(XDG_CACHE),
            user_home: path(USER_HOME),
            search_path: get(SEARCH_PATH).unwrap_or_default(),
        })
    }
}

fn passphrase(given: Option<OsString>, file: Option<PathBuf>) -> Result<Option<String>, Failure> {
    match (given, file) {
        (Some(_), Some(_)) => Err(Failure::usage(format!(
            "{} and {} are both set",
            PASSPHRASE.name, PASSPHRASE_FILE.name
        ))
        .hint("unset one of them")),
        (Some(given), None) => {
            let text = given.into_string();
            text.map(Some).map_err(|_| Failure::usage("a passphrase is not valid UTF-8"))
        }
        (None, Some(file)) => {
            let text = std::fs::read_to_string(&file).map_err(|error| {
                let message = format!("cannot read the passphrase from {}", file.display());
                Failure::usage(message).because(&error)
            })?;
            Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, Failure> {
        Settings::read(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn empty_counts_as_not_set() {
        let settings = read(&[("GOODGO_HOME", ""), ("CI", "false"), ("NO_COLOR", "1")]);
        let settings = settings.unwrap();
        assert_eq!((settings.home, settings.ci, settings.no_color), (None, false, true));
    }

    #[test]
    fn two_passphrases_are_refused() {
        let both = [("GOODGO_PASSPHRASE", "a"), ("GOODGO_PASSPHRASE_FILE", "/b")];
        let failure = read(&both).err().unwrap();
        assert!(failure.reports[0].message.contains("both set"), "{failure:?}");
    }

    #[test]
    fn the_first_line_of_the_file_is_the_passphrase() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "open sesame\n# kept in the vault\n").unwrap();
        let path = file.path().to_str().unwrap();
        let settings = read(&[("GOODGO_PASSPHRASE_FILE", path)]).unwrap();
        assert_eq!(settings.passphrase.as_deref(), Some("open sesame"));
    }
}
