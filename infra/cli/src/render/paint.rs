//! Colours, or none: decided once, so that no renderer asks what it writes to.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// Wraps texts in escape codes when the reader can see colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(bool);

pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const MAGENTA: Style = AnsiColor::Magenta.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const NONE: Style = Style::new();

impl Paint {
    pub(crate) const fn new(on: bool) -> Self {
        Self(on)
    }

    /// The text in a style.
    pub(crate) fn paint(self, style: Style, text: impl Display) -> String {
        if self.0 && style != NONE { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    pub(crate) fn dim(self, text: impl Display) -> String {
        self.paint(DIM, text)
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.paint(BOLD, text)
    }
}
