//! Reference pages, written from the tables and the command line itself.

use std::fmt::Write as _;

use crate::error::EXIT_CODES;
use crate::settings::SETTINGS;

/// For the end of a help text.
pub(crate) fn exit_codes_short() -> String {
    let mut text = "Exit codes:\n".to_owned();
    for row in EXIT_CODES {
        let first = row.meaning.split_inclusive(['.', ':']).next().unwrap_or_default();
        let _ = writeln!(text, "  {:>3}  {}", row.code, first.trim_end_matches([':', '.']));
    }
    text
}

/// `docs/reference/settings.md`.
pub(crate) fn settings() -> String {
    let mut text =
        "# Settings\n\nEvery environment variable that GoodGo reads. Empty counts as not set.\n\n\
        | variable | meaning | default |\n|---|---|---|\n"
            .to_owned();
    for setting in SETTINGS {
        let _ =
            writeln!(text, "| `{}` | {} | {} |", setting.name, setting.meaning, setting.default);
    }
    text
}

/// `docs/reference/exit-codes.md`.
#[cfg(test)]
pub(crate) fn exit_codes() -> String {
    let mut text = "# Exit codes\n\nUnder `--json` the last line of a command that failed is \
        `{\"event\":\"error\",\"kind\":…,\"exitCode\":…,\"errors\":[…]}`, its `kind` the word below.\n\n\
        | code | kind | meaning |\n|---|---|---|\n"
        .to_owned();
    for row in EXIT_CODES {
        let _ = writeln!(text, "| {} | `{}` | {} |", row.code, row.name, row.meaning);
    }
    text
}

/// `docs/reference/commands.md`.
#[cfg(test)]
pub(crate) fn commands() -> String {
    let mut text = "# Commands\n\n`./just NAME env=ENVIRONMENT …` builds the environment's program and runs it with the \
        command NAME. The same is said by `./just NAME env=ENVIRONMENT --help`.\n"
        .to_owned();
    let mut root = crate::args::command("ENVIRONMENT").term_width(100);
    root.build();
    for command in root.get_subcommands_mut() {
        page(command, &mut text);
    }
    text
}

#[cfg(test)]
fn page(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or_default().replace("ENVIRONMENT ", "");
    let help = command.render_long_help();
    let lines: Vec<String> = help.to_string().lines().map(|l| l.trim_end().to_owned()).collect();
    let _ = write!(text, "\n## {name}\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
    for nested in command.get_subcommands_mut() {
        page(nested, text);
    }
}

#[cfg(test)]
mod tests;
