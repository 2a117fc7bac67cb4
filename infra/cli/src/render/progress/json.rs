//! One JSON object a line on standard output, each with its `event`.

use goodgo_engine::Event;

use crate::output::Output;

#[derive(Clone, Copy)]
pub(crate) struct Json(Output);

impl Json {
    pub(super) fn new(output: Output) -> Self {
        Self(output)
    }

    pub(super) fn event(self, event: &Event) {
        // A run is not given up because nobody reads what it says.
        let _ = self.0.json_line(event);
    }
}
