//! What an image's entry point does, done for a plain process.
//!
//! A workload names an image; in a container the image's entry point reads its variables and
//! prepares its data. The process target starts the bare program, so it knows, for each
//! program of the catalogue, how the entry point would have called it.

use goodgo_model::{Source, Value, Workload, bind, port, secret_file, volume};

/// How to start a program.
#[derive(Debug, Default)]
pub(crate) struct Launch {
    /// Which of the component's programs.
    pub(crate) program: &'static str,
    /// Before the workload's own arguments.
    pub(crate) args: Vec<Value>,
    /// Run once, before the first start.
    pub(crate) prepare: Option<Prepare>,
    /// Whether it refuses to run as root.
    pub(crate) unprivileged: bool,
}

/// A step that makes a volume ready for use.
#[derive(Debug)]
pub(crate) struct Prepare {
    /// Which of the component's programs.
    pub(crate) program: &'static str,
    /// Its arguments.
    pub(crate) args: Vec<Value>,
    /// Not run when this exists.
    pub(crate) creates: String,
    /// Written first, renamed to `creates` at the end.
    pub(crate) temporary: String,
}

/// How the program of an image is started; `None` for one that this target does not know.
pub(crate) fn launch(workload: &Workload) -> Option<Launch> {
    let Source::Image(image) = &workload.source else {
        return None;
    };
    match image.split(':').next()? {
        "postgres" => Some(postgres(workload)),
        "redis" => Some(Launch { program: "redis-server", ..Launch::default() }),
        "traefik" => Some(Launch { program: "traefik", ..Launch::default() }),
        _ => None,
    }
}

/// Does what the image's `docker-entrypoint.sh` documents for `POSTGRES_USER` and
/// `POSTGRES_PASSWORD_FILE`, with the cluster in a folder of its own inside the volume.
fn postgres(workload: &Workload) -> Launch {
    let data = format!("{}/cluster", volume("data"));
    let temporary = format!("{}/cluster.new", volume("data"));
    let name = workload.ports.first().map_or("postgres", |port| port.name.as_str());
    let user = workload.env.get("POSTGRES_USER").and_then(Value::as_str).unwrap_or("postgres");
    let setting = |name: &str, value: &str| ["-c".into(), format!("{name}={value}").into()];
    let mut args: Vec<Value> = vec!["-D".into(), data.clone().into()];
    args.extend(setting("listen_addresses", &bind(name)));
    args.extend(setting("port", &port(name)));
    args.extend(setting("unix_socket_directories", ""));
    let initdb: Vec<Value> = [
        "-D",
        &temporary,
        "--username",
        user,
        "--pwfile",
        &secret_file("POSTGRES_PASSWORD"),
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-instructions",
    ]
    .map(Value::from)
    .into();
    let prepare = Prepare { program: "initdb", args: initdb, creates: data, temporary };
    Launch { program: "postgres", args, prepare: Some(prepare), unprivileged: true }
}
