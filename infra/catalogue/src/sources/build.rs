//! The released source, built with the machine's C compiler: slow, but it works
//! wherever Rust does.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::Duration;

use super::{Tree, Workshop};
use crate::download::download;
use crate::source::{Build, Format};
use crate::{Event, Failure, archive};

const LIMIT: Duration = Duration::from_secs(30 * 60);

pub(super) fn obtain(build: &Build, workshop: &Workshop<'_>) -> Result<Tree, Failure> {
    // Asked first: it would be a pity to download what cannot be built.
    let mut make = Command::new("make");
    make.arg("--version");
    if workshop.run(make, Duration::from_secs(20)).is_err() {
        return Err(Failure::NoTool { tools: "make and a C compiler".to_owned() });
    }
    let file = workshop.staging.join("download");
    download(&build.url, &build.checksum, &file, workshop.tell)?;
    let source =
        archive::unpack(&file, Format::TarGz, &workshop.staging.join("source"), build.dir)?;
    (workshop.tell)(Event::Unpacked);
    let jobs = available_parallelism().map_or(1, usize::from);
    let mut make = Command::new("make");
    make.arg(format!("-j{jobs}")).args(build.make_args).current_dir(source.join(build.dir));
    workshop.run(make, LIMIT)?;
    collect(&source, build, &workshop.staging.join("tree"))
}

/// Keeps the programs only: the source and objects are a hundred times larger.
fn collect(source: &Path, build: &Build, root: &Path) -> Result<Tree, Failure> {
    let bin = root.join("bin");
    fs::create_dir_all(&bin).map_err(Failure::io(&bin))?;
    for product in &build.products {
        let made = source.join(product);
        let name = made.file_name().expect("a product is named with its file");
        fs::copy(&made, bin.join(name)).map_err(Failure::io(&made))?;
    }
    Ok(Tree { root: root.to_owned(), bin: "bin".into() })
}
