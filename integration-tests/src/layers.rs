//! Dependencies point up the page of the design only, and this holds them to it.
//!
//! An architecture that is only drawn is bent by the first hurried `use`. The layers are
//! written down here as data, compared with what `cargo metadata` says, and a new crate fails
//! the check until somebody decides where it belongs. Dependencies of tests are free: a test may
//! stand its crate on whatever it takes.

use std::fmt;

use serde_json::Value;

/// A crate may depend on crates of earlier layers, never on one of its own or a later one.
/// A `*` stands for every crate of that folder that has no layer of its own.
const LAYERS: [(&str, &[&str]); 8] = [
    ("vocabulary", &["infra/model"]),
    ("contract", &["infra/provider", "infra/catalogue", "infra/supervisor"]),
    ("parts", &["infra/plan", "infra/state", "infra/secret", "infra/postgresql"]),
    ("engine", &["infra/engine"]),
    ("targets", &["infra/process", "infra/docker", "infra/kubernetes", "infra/aws"]),
    ("edge", &["infra/cli", "infra/pulumi"]),
    ("platform", &["environments/platform"]),
    ("environments", &["environments/*"]),
];

/// Services know nothing of infrastructure: they have layers of their own.
const SERVICES: [(&str, &[&str]); 2] = [("kit", &["services/kit"]), ("services", &["services/*"])];

/// Test programs and benchmarks use everything; nothing uses them.
const TOOLS: [&str; 2] = ["integration-tests", "bench"];

/// What the order of the layers alone would allow: who, whom, and why not.
const NEVER: [(&str, &[&str], &str); 5] = [
    (
        "infra/model",
        &["tokio", "rustix", "libc", "tracing"],
        "the model is vocabulary, free of I/O",
    ),
    (
        "infra/plan",
        &["tokio", "rustix", "libc", "tracing", "time", "aws-lc-rs"],
        "the planner is a pure function: no I/O, no clock, no randomness",
    ),
    ("infra/engine", PROVIDERS, "the engine knows no concrete provider"),
    ("infra/cli", PROVIDERS, "an environment hands the command line its target"),
    ("environments/*", &["infra/pulumi"], "Pulumi is an adapter that the command line may offer"),
];

const PROVIDERS: &[&str] = &[
    "infra/secret",
    "infra/postgresql",
    "infra/process",
    "infra/docker",
    "infra/kubernetes",
    "infra/aws",
    "infra/catalogue",
    "infra/supervisor",
    "infra/pulumi",
];

/// A crate of the workspace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its folder in the workspace: `infra/model`.
    pub folder: String,
    /// What it depends on, tests apart: folders of members, names of others.
    pub dependencies: Vec<String>,
}

/// A dependency that should not be, or a crate without a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Whose.
    pub folder: String,
    /// What is wrong and why.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/Cargo.toml: {}", self.folder, self.message)
    }
}

/// The members of the workspace, from what `cargo metadata --no-deps` prints. `None` when the
/// text is not of that form.
pub fn members(metadata: &str) -> Option<Vec<Member>> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    let root = metadata["workspace_root"].as_str()?;
    let inside = |path: &str| {
        Some(path.strip_prefix(root)?.trim_matches('/').trim_end_matches("/Cargo.toml").to_owned())
    };
    let member = |package: &Value| {
        let dependencies = package["dependencies"].as_array()?.iter();
        let dependencies = dependencies.filter(|dependency| dependency["kind"] != "dev");
        let name = |dependency: &Value| match dependency["path"].as_str() {
            Some(path) => inside(path),
            None => dependency["name"].as_str().map(str::to_owned),
        };
        Some(Member {
            folder: inside(package["manifest_path"].as_str()?)?,
            dependencies: dependencies.map(name).collect::<Option<_>>()?,
        })
    };
    metadata["packages"].as_array()?.iter().map(member).collect()
}

/// Everything that breaks the order.
pub fn violations(members: &[Member]) -> Vec<Violation> {
    let mut found = Vec::new();
    for Member { folder, dependencies } in members {
        let mut violate = |message| found.push(Violation { folder: folder.clone(), message });
        if place(folder).is_none() {
            violate("has no layer; give it one in integration-tests/src/layers.rs".to_owned());
        }
        for dependency in dependencies {
            let is_member = members.iter().any(|member| member.folder == *dependency);
            if is_member && let Some(why) = out_of_order(folder, dependency) {
                violate(format!("depends on {dependency}, but {why}"));
            }
            if let Some(why) = forbidden(folder, dependency) {
                violate(format!("depends on {dependency}, but {why}"));
            }
        }
    }
    found
}

/// Where a crate stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Infrastructure(usize),
    Service(usize),
    Tool,
}

fn place(folder: &str) -> Option<Place> {
    if TOOLS.contains(&folder) {
        return Some(Place::Tool);
    }
    let layer = |layers: &[(&str, &[&str])]| {
        let named = layers.iter().position(|(_, folders)| folders.contains(&folder));
        named.or_else(|| {
            layers.iter().position(|(_, folders)| folders.iter().any(|one| covers(one, folder)))
        })
    };
    layer(&LAYERS).map(Place::Infrastructure).or_else(|| layer(&SERVICES).map(Place::Service))
}

fn covers(pattern: &str, folder: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(parent) => folder.starts_with(parent),
        None => pattern == folder,
    }
}

fn out_of_order(folder: &str, dependency: &str) -> Option<String> {
    match (place(folder)?, place(dependency)?) {
        (_, Place::Tool) => Some("nothing depends on tests and benchmarks".to_owned()),
        (Place::Tool, _) => None,
        (Place::Infrastructure(own), Place::Infrastructure(other)) => {
            wrong_way(&LAYERS, own, other)
        }
        (Place::Service(own), Place::Service(other)) => wrong_way(&SERVICES, own, other),
        (Place::Service(_), Place::Infrastructure(_)) => {
            Some("services know nothing of infrastructure".to_owned())
        }
        (Place::Infrastructure(_), Place::Service(_)) => {
            Some("infrastructure runs services as programs; it does not link them".to_owned())
        }
    }
}

fn wrong_way(layers: &[(&str, &[&str])], own: usize, other: usize) -> Option<String> {
    let (own_name, other_name) = (layers[own].0, layers[other].0);
    match own.cmp(&other) {
        std::cmp::Ordering::Greater => None,
        std::cmp::Ordering::Equal => {
            Some(format!("crates of the layer `{own_name}` do not know each other"))
        }
        std::cmp::Ordering::Less => {
            Some(format!("`{other_name}` is a later layer than `{own_name}`"))
        }
    }
}

fn forbidden(folder: &str, dependency: &str) -> Option<&'static str> {
    let rule =
        NEVER.iter().find(|(who, whom, _)| covers(who, folder) && whom.contains(&dependency));
    rule.map(|(_, _, why)| *why)
}

#[cfg(test)]
mod tests;
