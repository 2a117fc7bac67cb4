//! What a run is doing, while it does it: bars for a person, lines for a log, JSON for a program.

mod bars;
mod json;
mod lines;

use std::sync::Arc;

use goodgo_engine::{Event, Observer};

use crate::output::Output;

use bars::Bars;
use json::Json;
use lines::Lines;

/// The drawing of a run; cheap to clone.
#[derive(Clone)]
pub(crate) enum Progress {
    Bars(Arc<Bars>),
    Lines(Arc<Lines>),
    Json(Json),
    Silent,
}

impl Progress {
    pub(crate) fn new(output: &Output) -> Self {
        if output.json {
            Self::Json(Json::new(*output))
        } else if output.is_quiet() {
            Self::Silent
        } else if output.is_interactive() {
            Self::Bars(Arc::new(Bars::new(output.message_paint())))
        } else {
            Self::Lines(Arc::new(Lines::new(*output)))
        }
    }

    /// Takes everything that moves from the screen, so that other text can be written.
    pub(crate) fn clear(&self) {
        if let Self::Bars(bars) = self {
            bars.clear();
        }
    }
}

impl Observer for Progress {
    fn event(&self, event: Event) {
        match self {
            Self::Bars(bars) => bars.event(event),
            Self::Lines(lines) => lines.event(&event),
            Self::Json(json) => json.event(&event),
            Self::Silent => {}
        }
    }
}
