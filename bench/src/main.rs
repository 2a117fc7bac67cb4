//! Measures what the project promises, and writes `docs/benchmarks.md`.
//!
//! A harness rather than timed tests: a measurement says how fast something is on this machine
//! now, and a build must not fail because another one runs beside it. It measures whole
//! commands as users run them; the planner alone in a process of its own. It runs everything
//! one after the other, says what it does, and leaves nothing behind.

mod load;
mod machine;
mod measure;
mod report;
mod sections;

use std::process::ExitCode;

use machine::Programs;
use report::Row;
use sections::Section;

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

const USAGE: &str = "usage: goodgo-bench [section=NAME]…   (plan, graph, platform; default: all, \
                     which also writes docs/benchmarks.md)";
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benchmarks.md");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, count] = arguments.as_slice()
        && word == sections::plan::HIDDEN
    {
        return end(sections::plan::alone(count));
    }
    let chosen: Option<Vec<Section>> =
        arguments.iter().filter(|word| !word.is_empty()).map(|word| Section::parse(word)).collect();
    let Some(chosen) = chosen else {
        say(USAGE);
        return ExitCode::from(2);
    };
    end(measure(&chosen))
}

fn end(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(chosen: &[Section]) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let all = chosen.is_empty();
    let chosen = if all { Section::ALL } else { chosen };
    let machine = machine::describe();
    chosen.iter().try_for_each(|section| section.build())?;
    let rows = runtime.block_on(async {
        tokio::select! {
            rows = run(chosen) => rows,
            // Dropping what runs cleans up after it.
            _ = tokio::signal::ctrl_c() => Err("stopped".into()),
        }
    })?;
    print(&format!("{machine}\n\n{}", report::table(&rows)));
    if all {
        std::fs::write(PAGE, report::page(&machine, &rows))?;
        say("wrote docs/benchmarks.md");
    }
    Ok(())
}

async fn run(chosen: &[Section]) -> Result<Vec<Row>> {
    let programs = Programs::new()?;
    let mut rows = Vec::new();
    for section in chosen {
        say(&format!("== {}", section.name()));
        rows.extend(section.run(&programs).await?);
    }
    Ok(rows)
}

/// Tells a person what is going on.
#[expect(clippy::print_stderr, reason = "a program for people; this is its one place that tells")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Hands out what was asked for.
#[expect(clippy::print_stdout, reason = "a program for people; this is its one place that answers")]
fn print(text: &str) {
    println!("{text}");
}
