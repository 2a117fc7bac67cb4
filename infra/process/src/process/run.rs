//! From the properties of a process to what the supervisor is told.

use std::collections::BTreeMap;

use goodgo_provider::Error;
use goodgo_supervisor::{Check, Prepare, Probe, Restart, Spec, StopSignal};

use super::files::Folder;
use super::properties::{self, Inputs, ProbeKind};
use crate::account;
use crate::kinds::HOST;
use crate::template::Places;

/// What every process gets: nothing is inherited from whoever deploys.
const BASE: [(&str, &str); 2] =
    [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8")];

/// Writes the files of a process whose ports are numbered, and says how to run it.
pub(crate) async fn spec(inputs: &Inputs, folder: &Folder) -> Result<Spec, Error> {
    let places = Places {
        ports: inputs.ports.clone(),
        volumes: inputs.volumes.clone(),
        files: folder.files(),
        secrets: folder.secrets(),
    };
    let account = if inputs.unprivileged { account::unprivileged()? } else { None };
    folder.write(inputs, &places, account).await?;
    let mut spec = Spec::new(&inputs.name, &inputs.program);
    spec.args = inputs.args.iter().map(|arg| places.fill(arg)).collect();
    spec.env = environment(inputs, folder, &places);
    spec.run_as = account;
    spec.prepare = inputs.prepare.iter().map(|prepare| step(prepare, &places)).collect();
    spec.ports.clone_from(&inputs.ports);
    spec.readiness = inputs.readiness.as_ref().map(|it| probe(it, &places)).transpose()?;
    spec.liveness = inputs.liveness.as_ref().map(|it| probe(it, &places)).transpose()?;
    if let Some(readiness) = &inputs.readiness {
        spec.start_timeout_ms = readiness.start_ms;
    }
    spec.restart = if inputs.timeout_ms.is_some() { Restart::Never } else { Restart::Always };
    spec.stop_signal = signal(inputs.stop_signal.as_deref())?;
    spec.grace_ms = inputs.grace_ms.unwrap_or(spec.grace_ms);
    spec.labels = BTreeMap::from([("component".to_owned(), inputs.component.clone())]);
    Ok(spec)
}

fn environment(inputs: &Inputs, folder: &Folder, places: &Places) -> BTreeMap<String, String> {
    let mut env: BTreeMap<String, String> =
        BASE.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    env.extend(inputs.program_env.clone());
    env.extend(inputs.env.iter().map(|(name, value)| (name.clone(), places.fill(value))));
    for name in inputs.secrets.keys() {
        let path = folder.secrets().join(name).display().to_string();
        env.insert(format!("{name}_FILE"), path);
    }
    env
}

fn step(prepare: &properties::Prepare, places: &Places) -> Prepare {
    Prepare {
        command: prepare.program.clone(),
        args: prepare.args.iter().map(|arg| places.fill(arg)).collect(),
        env: BTreeMap::new(),
        creates: Some(places.fill(&prepare.creates).into()),
        temporary: Some(places.fill(&prepare.temporary).into()),
        timeout_ms: 120_000,
    }
}

fn probe(probe: &properties::Probe, places: &Places) -> Result<Probe, Error> {
    let address = || match places.ports.get(&probe.port) {
        Some(number) => Ok(format!("{HOST}:{number}")),
        None => Err(Error::permanent(format!("a probe asks port `{}`, which is none", probe.port))),
    };
    let check = match probe.kind {
        ProbeKind::Http => Check::Http { address: address()?, path: probe.path.clone() },
        ProbeKind::Tcp => Check::Tcp { address: address()? },
        ProbeKind::Command => {
            let mut words = probe.command.iter().map(|word| places.fill(word));
            let command = words.next().unwrap_or_default().into();
            Check::Command { command, args: words.collect() }
        }
    };
    Ok(Probe {
        check,
        interval_ms: probe.interval_ms,
        timeout_ms: probe.timeout_ms,
        failures: probe.failures,
    })
}

fn signal(name: Option<&str>) -> Result<StopSignal, Error> {
    match name {
        None | Some("SIGTERM") => Ok(StopSignal::Term),
        Some("SIGINT") => Ok(StopSignal::Int),
        Some("SIGQUIT") => Ok(StopSignal::Quit),
        Some(other) => Err(Error::permanent(format!("`{other}` does not stop a process"))
            .hint("use SIGTERM, SIGINT or SIGQUIT")),
    }
}
