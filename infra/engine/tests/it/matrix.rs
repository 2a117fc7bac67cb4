//! The crash matrix: the process is killed before and after every single side effect and every
//! write of the state; whatever was under way, the next run converges, and nothing is lost,
//! duplicated or left over.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use goodgo_engine::{Options, Yes};
use goodgo_model::Graph;

use crate::crash::{self, DyingJournal, DyingStore};
use crate::faults::{after, before};
use crate::harness::Place;
use crate::world::{Faulty, Folder};

/// Set for a child only: the folder, what it does, and the point at which it dies.
const CHILD: &str = "GOODGO_ENGINE_TEST_CHILD";

/// What is deployed, from what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scene {
    First,
    Change,
    /// A change of which a step fails, so that it is undone.
    Undo,
    Destroy,
}

impl Scene {
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Change => "change",
            Self::Undo => "undo",
            Self::Destroy => "destroy",
        }
    }

    fn start(self) -> Option<Graph> {
        (self != Self::First).then(before)
    }

    fn wanted(self) -> Graph {
        match self {
            Self::First => before(),
            Self::Change | Self::Undo => after(),
            Self::Destroy => Graph::default(),
        }
    }

    fn folder(self, place: &Place) -> Folder {
        let fails = move |_: usize, call: &str| {
            (self == Self::Undo && call == "create new").then_some(Faulty::Half)
        };
        Folder::with_faults(place.disk.clone(), fails)
    }
}

/// What the child does: nothing unless it is one.
#[test]
fn child() {
    let Ok(task) = std::env::var(CHILD) else { return };
    let [folder, scene, point] = task.split('|').collect::<Vec<_>>()[..] else { panic!("{task}") };
    let scenes = [Scene::First, Scene::Change, Scene::Undo, Scene::Destroy];
    let scene = scenes.into_iter().find(|one| one.name() == scene).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut place = Place::at(Path::new(folder));
        place.store = Arc::new(DyingStore(place.store.clone()));
        crash::arm(point.parse().unwrap());
        let journal = DyingJournal(place.session().await);
        let engine = crate::harness::engine(scene.folder(&place));
        engine.deploy(&scene.wanted(), &journal, &Options::default(), &Yes).await.unwrap();
        journal.0.finish().await.unwrap();
    });
}

/// Whether it got through.
fn run_child(folder: &Path, scene: Scene, point: usize) -> bool {
    let task = format!("{}|{}|{point}", folder.display(), scene.name());
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command
        .args(["--exact", "matrix::child", "--nocapture"])
        .env(CHILD, task)
        .output()
        .unwrap();
    let killed = output.status.code().is_none();
    let text = || String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(killed || output.status.success(), "point {point}: {}", text());
    !killed
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(&entry, &target).unwrap();
        }
    }
}

async fn converges(folder: &Path, scene: Scene, context: &str) {
    let place = Place::at(folder);
    place.deploy(&scene.wanted()).await;
    place.assert_is(&scene.wanted(), context).await;
}

fn matrix(scene: Scene) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let template = tempfile::tempdir().unwrap();
    if let Some(start) = scene.start() {
        runtime.block_on(async { Place::at(template.path()).deploy(&start).await });
    }
    let mut point = 0;
    loop {
        let work = tempfile::tempdir().unwrap();
        copy(template.path(), work.path());
        let through = run_child(work.path(), scene, point);
        // Every third time the run that recovers is killed as well, somewhere in its first steps.
        if point % 3 == 2 && !through {
            run_child(work.path(), scene, point % 31);
        }
        let context = format!("{} killed at point {point}", scene.name());
        runtime.block_on(converges(work.path(), scene, &context));
        if through {
            break;
        }
        point += 1;
    }
    assert!(point > 50, "only {point} points");
}

#[test]
fn a_first_deploy() {
    matrix(Scene::First);
}

#[test]
fn a_change() {
    matrix(Scene::Change);
}

#[test]
fn a_change_that_is_undone() {
    matrix(Scene::Undo);
}

#[test]
fn a_destroy() {
    matrix(Scene::Destroy);
}
