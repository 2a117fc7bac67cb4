//! Workloads: the program, its ports and volumes, then the process that uses them.

use std::collections::BTreeMap;
use std::time::Duration;

use goodgo_model::{
    Kind, Lowering, Map, Migration, Options, Path, Probe, ProbeKind, Source, Urn, Value, Workload,
};

use super::ProcessTarget;
use crate::kinds;
use crate::launch::{Launch, launch};

/// What a workload's process needs, each as a value that other resources give.
struct Needs {
    program: Value,
    program_env: Value,
    version: Option<Value>,
    /// Other programs of the same component, by name.
    programs: Urn,
    ports: Map,
    volumes: Map,
}

impl ProcessTarget {
    pub(super) fn workload(&self, workload: &Workload, lowering: &mut Lowering<'_>) -> Map {
        let launch = launch(workload).unwrap_or_default();
        let needs = self.needs(workload, &launch, lowering);
        let inputs = inputs(workload, &launch, &needs, lowering.component());
        let processes = match &workload.kind {
            Kind::Job { migrations, timeout } => {
                let inputs = job(inputs, migrations, *timeout);
                vec![lowering.resource(kinds::JOB, &workload.name, inputs, options(workload))]
            }
            Kind::Singleton => {
                vec![process(&workload.name, inputs, "restart", workload, lowering)]
            }
            Kind::Replicated { replicas } => (0..*replicas)
                .map(|index| {
                    let name = format!("{}-{index}", workload.name);
                    process(&name, inputs.clone(), "rolling", workload, lowering)
                })
                .collect(),
        };
        promise(workload, &processes, needs.volumes)
    }

    fn needs(&self, workload: &Workload, launch: &Launch, lowering: &mut Lowering<'_>) -> Needs {
        let (programs, program, program_env, version) = match &workload.source {
            Source::Image(image) => {
                let urn = image_program(&workload.name, image, lowering);
                let program = format!("programs.{}", launch.program);
                let (program, env) = (output(&urn, &program), output(&urn, "env"));
                (urn, program, env, None)
            }
            Source::Binary(name) => {
                let urn = self.binary(&workload.name, name, lowering);
                let (path, version) = (output(&urn, "path"), output(&urn, "version"));
                (urn, path, Value::Map(Map::new()), Some(version))
            }
        };
        let volumes = volumes(workload, launch, lowering);
        let ports = ports(workload, lowering);
        Needs { program, program_env, version, programs, ports, volumes }
    }

    fn binary(&self, workload: &str, name: &str, lowering: &mut Lowering<'_>) -> Urn {
        // The check of the resource tells what to do about a program that is not built.
        let digest = self.digests.of(&self.binaries.join(name)).unwrap_or_default();
        let inputs = Map::from([
            ("name".into(), name.into()),
            ("workload".into(), workload.into()),
            ("digest".into(), digest.into()),
        ]);
        let resource = format!("{workload}-program");
        lowering.resource(kinds::BINARY, &resource, inputs, Options::default())
    }
}

fn output(urn: &Urn, path: &str) -> Value {
    Lowering::output(urn, path)
}

fn image_program(workload: &str, image: &str, lowering: &mut Lowering<'_>) -> Urn {
    let inputs = Map::from([("image".into(), image.into())]);
    lowering.resource(kinds::PROGRAM, &format!("{workload}-program"), inputs, Options::default())
}

/// Replicas choose a free port at each start; what others find by address keeps its port.
fn ports(workload: &Workload, lowering: &mut Lowering<'_>) -> Map {
    let rolling = matches!(workload.kind, Kind::Replicated { .. });
    let mut ports = Map::new();
    for port in &workload.ports {
        let number = if rolling {
            Value::from(0_u16)
        } else {
            let number = port.published.map(Value::from);
            let inputs = number.map(|number| ("number".into(), number)).into_iter().collect();
            let name = format!("{}-{}", workload.name, port.name);
            output(&lowering.resource(kinds::PORT, &name, inputs, Options::default()), "number")
        };
        ports.insert(port.name.as_str().into(), number);
    }
    ports
}

fn volumes(workload: &Workload, launch: &Launch, lowering: &mut Lowering<'_>) -> Map {
    let mut volumes = Map::new();
    for volume in &workload.volumes {
        let name = format!("{}-{}", workload.name, volume.name);
        let inputs = Map::from([
            ("name".into(), name.as_str().into()),
            ("precious".into(), volume.precious.into()),
            ("unprivileged".into(), launch.unprivileged.into()),
        ]);
        let urn = lowering.resource(kinds::VOLUME, &name, inputs, Options::default());
        volumes.insert(volume.name.as_str().into(), output(&urn, "path"));
    }
    volumes
}

/// What all replicas of a workload have in common.
fn inputs(workload: &Workload, launch: &Launch, needs: &Needs, component: &str) -> Map {
    let mut env = texts(&workload.env);
    if let Some(version) = &needs.version {
        env.insert("GOODGO_VERSION".into(), version.clone());
    }
    let args = launch.args.iter().chain(&workload.args).cloned();
    let files = workload.files.iter();
    let files = files.map(|(name, file)| (name.as_str().into(), file.content.clone())).collect();
    let mut inputs = Map::from([
        ("name".into(), workload.name.as_str().into()),
        ("component".into(), component.into()),
        ("program".into(), needs.program.clone()),
        ("programEnv".into(), needs.program_env.clone()),
        ("args".into(), Value::List(args.collect())),
        ("env".into(), Value::Map(env)),
        ("secrets".into(), Value::Map(secrets(&workload.secrets))),
        ("files".into(), Value::Map(files)),
        ("ports".into(), Value::Map(needs.ports.clone())),
        ("volumes".into(), Value::Map(needs.volumes.clone())),
        ("stopSignal".into(), workload.stop.signal.as_str().into()),
        ("graceMs".into(), millis(workload.stop.grace)),
        ("drainMs".into(), millis(workload.stop.drain)),
        ("unprivileged".into(), launch.unprivileged.into()),
    ]);
    if let Some(prepare) = &launch.prepare {
        let program = output(&needs.programs, &format!("programs.{}", prepare.program));
        let step = Value::map([
            ("program", program),
            ("args", Value::List(prepare.args.clone())),
            ("creates", prepare.creates.as_str().into()),
            ("temporary", prepare.temporary.as_str().into()),
        ]);
        inputs.insert("prepare".into(), step);
    }
    for (name, asked) in
        [("readiness", &workload.health.readiness), ("liveness", &workload.health.liveness)]
    {
        inputs.extend(asked.iter().map(|asked| (name.into(), probe(asked))));
    }
    inputs
}

fn texts(map: &BTreeMap<String, Value>) -> Map {
    map.iter().map(|(name, value)| (name.as_str().into(), value.clone())).collect()
}

fn secrets(map: &BTreeMap<String, Value>) -> Map {
    map.iter().map(|(name, value)| (name.as_str().into(), value.clone().secret())).collect()
}

fn probe(probe: &Probe) -> Value {
    let mut map = match &probe.kind {
        ProbeKind::Http { port, path } => vec![
            ("type", "http".into()),
            ("port", port.as_str().into()),
            ("path", path.as_str().into()),
        ],
        ProbeKind::Tcp { port } => vec![("type", "tcp".into()), ("port", port.as_str().into())],
        ProbeKind::Command { command } => {
            let command = Value::list(command.iter().map(String::as_str));
            vec![("type", "command".into()), ("command", command)]
        }
    };
    map.extend([
        ("intervalMs", millis(probe.interval)),
        ("timeoutMs", millis(probe.timeout)),
        ("failures", probe.failures.into()),
        ("startMs", millis(probe.start)),
    ]);
    Value::map(map)
}

/// Durations of a declaration are far below the 2^32 ms (49 days) that fit.
fn millis(duration: Duration) -> Value {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX).into()
}

fn process(
    name: &str,
    mut inputs: Map,
    strategy: &str,
    workload: &Workload,
    lowering: &mut Lowering<'_>,
) -> Urn {
    inputs.insert("name".into(), name.into());
    inputs.insert("strategy".into(), strategy.into());
    lowering.resource(kinds::PROCESS, name, inputs, options(workload))
}

fn job(mut inputs: Map, migrations: &[Migration], timeout: Duration) -> Map {
    let digests = migrations.iter().map(|it| (it.file.as_str(), it.digest.as_str().into()));
    let risky = migrations.iter().filter(|migration| !migration.risks.is_empty());
    let risks =
        risky.map(|it| (it.file.as_str(), Value::list(it.risks.iter().map(String::as_str))));
    inputs.insert("timeoutMs".into(), millis(timeout));
    inputs.insert("migrations".into(), Value::map(digests));
    inputs.insert("migrationRisks".into(), Value::map(risks));
    inputs
}

fn options(workload: &Workload) -> Options {
    Options { depends_on: workload.depends_on.clone(), ..Options::default() }
}

/// The outputs that `Part::Workload` promises. Of replicas, the ports are the first one's.
fn promise(workload: &Workload, processes: &[Urn], volumes: Map) -> Map {
    let path = |property: &str, port: &str| Path::root().key(property).key(port).to_string();
    let mut ports = Map::new();
    let mut servers = Map::new();
    for port in &workload.ports {
        let name = port.name.as_str();
        let urls =
            processes.iter().map(|urn| Value::map([("url", output(urn, &path("urls", name)))]));
        servers.insert(name.into(), Value::List(urls.collect()));
        if let Some(first) = processes.first() {
            let entry = Value::map([
                ("host", kinds::HOST.into()),
                ("number", output(first, &path("ports", name))),
                ("address", output(first, &path("addresses", name))),
            ]);
            ports.insert(name.into(), entry);
        }
    }
    Map::from([
        ("ports".into(), Value::Map(ports)),
        ("servers".into(), Value::Map(servers)),
        ("volumes".into(), Value::Map(volumes)),
    ])
}
