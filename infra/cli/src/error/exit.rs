//! The exit codes, declared once: help and documentation are written from here.

use super::Kind;

/// An exit code and what a script may conclude from it.
#[derive(Clone, Copy, Debug)]
pub struct ExitCodeDoc {
    /// The number.
    pub code: u8,
    /// One word for it, as in the JSON of an error.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// All exit codes, in order.
pub const EXIT_CODES: &[ExitCodeDoc] = &[
    ExitCodeDoc { code: 0, name: "done", meaning: "Everything asked for is done." },
    ExitCodeDoc {
        code: 1,
        name: "failed",
        meaning: "Something could not be done. What was done before is in the state; run the command again once the cause is gone.",
    },
    ExitCodeDoc {
        code: 2,
        name: "changes",
        meaning: "`preview --exit-code` found changes. No other command answers so.",
    },
    ExitCodeDoc {
        code: 3,
        name: "usage",
        meaning: "The arguments, a setting or the declaration is wrong. Nothing was touched.",
    },
    ExitCodeDoc {
        code: 4,
        name: "locked",
        meaning: "Somebody else works on the environment. Nothing was touched.",
    },
    ExitCodeDoc {
        code: 5,
        name: "state",
        meaning: "The state cannot be read: damaged, of an unknown version, or its key or passphrase is missing. It is left as it is.",
    },
    ExitCodeDoc {
        code: 6,
        name: "refused",
        meaning: "Nobody agreed to what needs a word of agreement, or a saved plan does not fit any more. Nothing was changed.",
    },
    ExitCodeDoc {
        code: 130,
        name: "interrupted",
        meaning: "Stopped by Ctrl-C. The state is true; the next run goes on from there.",
    },
];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Changes => "changes",
            Self::Usage => "usage",
            Self::Locked => "locked",
            Self::State => "state",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
        }
    }

    pub(crate) fn exit_code(self) -> u8 {
        let row = EXIT_CODES.iter().find(|row| row.name == self.name());
        row.map_or(1, |row| row.code)
    }
}
