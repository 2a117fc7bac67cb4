//! `doctor`: what is missing on this machine, and how to get it.

use std::path::Path;

use clap::Args;
use goodgo_model::Snapshot;
use goodgo_provider::Finding;

use crate::app::App;
use crate::error::Failure;
use crate::render::paint::{self, Paint};

const EXAMPLES: &str = "Examples:
  ./just doctor env=local";

/// Look at what this machine needs to run the environment, and how to get what is missing
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let runtime = app.runtime()?;
        let mut findings = vec![
            folder("folder of environments", &app.paths.environment),
            folder("folder of downloads", &app.paths.cache),
            declaration(app),
        ];
        app.block_on(async {
            findings.push(state(app).await);
            findings.extend(runtime.operate().doctor().await);
            Ok(())
        })?;
        let output = &app.output;
        if output.json {
            output.json_line(&findings)?;
        } else {
            let paint = output.result_paint();
            output.result(&findings.iter().map(|one| text(one, paint)).collect::<String>())?;
        }
        match findings.iter().filter(|one| !one.good).count() {
            0 => Ok(()),
            1 => Err(Failure::failed("one thing has to be mended: see above")),
            many => Err(Failure::failed(format!("{many} things have to be mended: see above"))),
        }
    }
}

fn text(finding: &Finding, paint: Paint) -> String {
    let Finding { what, good, found, hint } = finding;
    let sign =
        if *good { paint.paint(paint::GREEN, "✓") } else { paint.paint(paint::RED, "✗") };
    let mut text = format!("{sign} {what}: {found}\n");
    if let Some(hint) = hint.as_ref().filter(|_| !good) {
        text.push_str(&format!("  {} {hint}\n", paint.paint(paint::CYAN, "help:")));
    }
    text
}

/// Whether it can be written, or made where it is to be.
fn folder(what: &str, path: &Path) -> Finding {
    let nearest = path.ancestors().find(|folder| folder.exists()).unwrap_or(path);
    let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    let good = rustix::fs::access(nearest, access).is_ok();
    Finding {
        what: what.to_owned(),
        good,
        found: match good {
            true => path.display().to_string(),
            false => format!("{} cannot be written by this user", nearest.display()),
        },
        hint: Some(
            "make it writable, or set GOODGO_HOME and GOODGO_CACHE to other folders".to_owned(),
        ),
    }
}

fn declaration(app: &App) -> Finding {
    let built = app.runtime().and_then(|runtime| app.graph(&*runtime));
    Finding {
        what: "declaration".to_owned(),
        good: built.is_ok(),
        found: match &built {
            Ok(graph) => format!("{} resources", graph.len()),
            Err(failure) => failure.summary(),
        },
        hint: Some("see `preview`".to_owned()),
    }
}

async fn state(app: &App) -> Finding {
    let loaded = app.load().await;
    let place = app.store().map(|store| store.place()).unwrap_or_default();
    Finding {
        what: "state".to_owned(),
        good: loaded.is_ok(),
        found: match &loaded {
            Ok(state) if state.resources.is_empty() => {
                format!("nothing is deployed according to {place}")
            }
            Ok(state) => {
                let Snapshot { serial, resources, .. } = state;
                format!("version {serial}, {} resources, in {place}", resources.len())
            }
            Err(failure) => failure.summary(),
        },
        hint: Some("see `history` and `state import`".to_owned()),
    }
}
