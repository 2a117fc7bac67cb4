//! What everything in the supervisor shares.

use std::cell::RefCell;
use std::rc::Rc;

use crate::child::Ends;
use crate::error::Error;
use crate::events::Events;
use crate::logs::Logs;
use crate::logs::pipe::Scratch;
use crate::paths::Paths;

/// Handed to every process that is looked after.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) paths: Paths,
    pub(crate) events: Events,
    pub(crate) logs: Rc<Logs>,
    pub(crate) scratch: Rc<RefCell<Scratch>>,
    pub(crate) ends: Ends,
    /// See [`Paths::instance`].
    pub(crate) instance: String,
}

impl Context {
    pub(crate) fn new(paths: Paths) -> Result<Rc<Self>, Error> {
        Ok(Rc::new(Self {
            events: Events::new(&paths),
            logs: Rc::new(Logs::new(paths.logs())),
            scratch: Rc::new(RefCell::new(Scratch::new()?)),
            ends: Ends::default(),
            instance: paths.instance(),
            paths,
        }))
    }

    /// The mark of the process with this key.
    pub(crate) fn mark(&self, key: &str) -> String {
        format!("{}/{key}", self.instance)
    }
}
