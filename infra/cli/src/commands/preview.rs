//! `preview`: what a deploy would do.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use goodgo_engine::Cancel;

use super::selection::{self, Selection};
use crate::app::App;
use crate::error::{Failure, Kind};
use crate::render::duration::{count, duration};
use crate::render::plan::{self, View};
use crate::render::progress::Progress;

const EXAMPLES: &str = "Examples:
  ./just preview env=local
  ./just preview env=local --target auth --details
  ./just preview env=staging --exit-code --save plan.json
  ./just preview env=production --markdown > plan.md";

/// Show what a deploy would change, and what it would risk; change nothing
#[derive(Args, Debug)]
#[command(visible_alias = "diff", after_help = EXAMPLES)]
pub(crate) struct Preview {
    #[command(flatten)]
    selection: Selection,
    /// Show all properties of what is to be created
    #[arg(long)]
    details: bool,
    /// Answer with exit code 2 when there are changes
    #[arg(long)]
    exit_code: bool,
    /// Write Markdown, for a pull request
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Also write a page to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also save the plan to this file, for `deploy --plan`; it holds no secrets
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

impl Preview {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let started = Instant::now();
        let runtime = app.runtime()?;
        let graph = app.graph(&*runtime)?;
        // Under --json there is one object to answer with, so nothing is told on the way.
        let progress = if app.output.json { Progress::Silent } else { Progress::new(&app.output) };
        let options = self.selection.options();
        let plan = app.block_on(async {
            let engine = app.engine(&*runtime, &progress, &Cancel::new())?;
            let state = app.load().await?;
            Ok(engine.preview(&graph, &state, &options).await?)
        });
        progress.clear();
        let plan = plan?;
        let view = View::new(&plan);
        self.show(app, &view, started)?;
        if let Some(file) = &self.html {
            write(file, &plan::html(&view))?;
        }
        if let Some(file) = &self.save {
            selection::save(file, &plan, &self.selection)?;
        }
        if self.exit_code && view.has_changes() {
            return Err(Failure { kind: Kind::Changes, reports: Vec::new() });
        }
        Ok(())
    }

    fn show(&self, app: &App, view: &View<'_>, started: Instant) -> Result<(), Failure> {
        let output = &app.output;
        if output.json {
            return output.json_line(&plan::json(view));
        }
        if self.markdown {
            return output.result(&plan::markdown(view));
        }
        let paint = output.result_paint();
        let mut text = plan::tree(view, paint, self.details);
        text.push_str(&plan::summary(view, paint));
        if !view.has_changes() {
            let total = count(view.plan.steps.len(), "resource");
            text.push_str(&format!(" ({total}, {})", duration(started.elapsed())));
        }
        text.push('\n');
        output.result(&text)
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| {
        Failure::failed(format!("cannot write {}", file.display())).because(&error)
    })
}
