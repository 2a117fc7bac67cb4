//! Getting a component takes seconds to minutes, and the reader of the terminal
//! must see what is being done. The catalogue tells; the command line draws.

use std::path::PathBuf;
use std::time::Duration;

use crate::Version;

/// What happens while a component is found or installed, in order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Another process or thread installs this component; waiting for it.
    Waiting,
    /// A source is tried: a path, "official release 3.7.15", "pip package …".
    Trying {
        /// The source, in words.
        source: String,
    },
    /// The source did not give the component; the next one is tried.
    Skipped {
        /// The source, in words.
        source: String,
        /// Why not, in words.
        why: String,
    },
    /// Bytes arrive.
    Downloading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all, if the server said it.
        total: Option<u64>,
    },
    /// A program works that shows no progress of its own (pip, npm, apt-get, make).
    Running {
        /// Its command line.
        command: String,
        /// It is ended after this long.
        limit: Duration,
    },
    /// The download is what it should be, by its checksum.
    Verified,
    /// The programs are in the staging folder.
    Unpacked,
    /// The component can be used.
    Ready {
        /// The folder that it is in.
        path: PathBuf,
        /// Its version.
        version: Version,
    },
}

/// Is told what happens. Calls come from the thread that called the catalogue.
pub trait Observer: Sync {
    /// `event` happened to `component`.
    fn event(&self, component: &str, event: Event);
}

impl<F: Fn(&str, Event) + Sync> Observer for F {
    fn event(&self, component: &str, event: Event) {
        self(component, event);
    }
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _component: &str, _event: Event) {}
}
