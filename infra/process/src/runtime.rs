//! Everything of the target, put together for the command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use goodgo_catalogue::Catalogue;
use goodgo_model::Target;
use goodgo_postgresql::Postgresql;
use goodgo_provider::{Context, Operate, Registry, Runtime};

use crate::operate::ProcessOperate;
use crate::provider::ProcessProvider;
use crate::supervise::{BUILD, Supervise};
use crate::target::ProcessTarget;

/// The hidden command by which the environment's program becomes its supervisor.
pub const SUPERVISE: (&str, fn(&[OsString]) -> ExitCode) = ("__supervise", supervise);

struct ProcessRuntime {
    target: ProcessTarget,
    providers: Registry,
    operate: ProcessOperate,
}

/// The process target of an environment.
pub fn runtime(context: &Context) -> Box<dyn Runtime> {
    let catalogue = Catalogue::new(&context.cache).with_search_path(&context.search_path);
    let catalogue = Arc::new(catalogue);
    let supervise = Arc::new(Supervise::new(&context.directory, &context.program));
    let provider = ProcessProvider::new(context, Arc::clone(&catalogue), Arc::clone(&supervise));
    let providers = Registry::new()
        .with(Arc::new(provider))
        .with(Arc::new(goodgo_secret::random()))
        .with(Arc::new(goodgo_secret::tls()))
        .with(Arc::new(Postgresql::new()));
    Box::new(ProcessRuntime {
        target: ProcessTarget::new(context),
        providers,
        operate: ProcessOperate { directory: context.directory.clone(), catalogue, supervise },
    })
}

impl Runtime for ProcessRuntime {
    fn target(&self) -> &dyn Target {
        &self.target
    }

    fn providers(&self) -> Registry {
        self.providers.clone()
    }

    fn operate(&self) -> &dyn Operate {
        &self.operate
    }
}

fn supervise(args: &[OsString]) -> ExitCode {
    let Some(directory) = args.first().map(PathBuf::from) else {
        return ExitCode::from(2);
    };
    match goodgo_supervisor::run(&directory, goodgo_supervisor::Options { build: BUILD.to_owned() })
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
