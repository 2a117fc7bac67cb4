//! The sign, the word and the colour of each operation.

use anstyle::Style;
use goodgo_plan::Operation;

use crate::render::paint;

/// What happens to a resource, the two steps of a replace taken as one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Mark {
    Create,
    Update,
    Replace,
    Delete,
    Import,
    Forget,
    Refresh,
    Same,
}

impl Mark {
    pub(crate) const ALL: [Self; 8] = [
        Self::Create,
        Self::Update,
        Self::Replace,
        Self::Delete,
        Self::Import,
        Self::Forget,
        Self::Refresh,
        Self::Same,
    ];

    pub(crate) fn of(operation: Operation) -> Self {
        match operation {
            Operation::Same => Self::Same,
            Operation::Create => Self::Create,
            Operation::Update => Self::Update,
            Operation::CreateReplacement => Self::Replace,
            Operation::Delete | Operation::DeleteReplaced => Self::Delete,
            Operation::Import => Self::Import,
            Operation::Forget => Self::Forget,
            Operation::Refresh => Self::Refresh,
        }
    }

    /// One character, at the head of a line.
    pub(crate) fn sign(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::Replace => '±',
            Self::Delete => '-',
            Self::Import => '→',
            Self::Forget => '×',
            Self::Refresh => '↻',
            Self::Same => ' ',
        }
    }

    /// `create`, as in `to create`.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Forget => "forget",
            Self::Refresh => "refresh",
            Self::Same => "keep",
        }
    }

    pub(crate) fn style(self) -> Style {
        match self {
            Self::Create => paint::GREEN,
            Self::Update => paint::YELLOW,
            Self::Replace => paint::MAGENTA,
            Self::Delete => paint::RED,
            Self::Import | Self::Refresh => paint::CYAN,
            Self::Forget => paint::DIM,
            Self::Same => paint::NONE,
        }
    }
}
