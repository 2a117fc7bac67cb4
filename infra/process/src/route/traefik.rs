//! What Traefik's API says of the configuration that it works by.
//!
//! Source: Traefik 3 documentation, "API", endpoints `/api/http/{routers,services,middlewares}/<name>@file`.

use std::collections::{BTreeMap, BTreeSet};

use goodgo_provider::Error;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value as Json;

use super::Inputs;
use crate::http::get;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Element {
    #[serde(default)]
    status: String,
    #[serde(default)]
    error: Vec<String>,
    #[serde(default)]
    load_balancer: LoadBalancer,
    #[serde(default)]
    server_status: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct LoadBalancer {
    #[serde(default)]
    servers: Vec<Server>,
}

#[derive(Deserialize)]
struct Server {
    url: String,
}

/// Whether Traefik works by this configuration, and a request through it is answered.
pub(super) async fn applied(inputs: &Inputs) -> Result<bool, Error> {
    for kind in ["routers", "services", "middlewares"] {
        let declared = inputs.content.pointer(&format!("/http/{kind}")).and_then(Json::as_object);
        for name in declared.into_iter().flat_map(|map| map.keys()) {
            let Some(element) = element(&inputs.api, kind, name).await else {
                return Ok(false);
            };
            if let Some(why) = element.error.first() {
                let message = format!("the gateway refuses {kind} `{name}`: {why}");
                return Err(Error::permanent(message));
            }
            let routed = !inputs.services.contains(name) || serves(inputs, name, &element);
            if kind == "services" && !routed || element.status == "disabled" {
                return Ok(false);
            }
        }
    }
    Ok(answers(inputs).await)
}

/// Whether Traefik still sends requests to one of the services.
pub(super) async fn still_routes(inputs: &Inputs) -> bool {
    for name in &inputs.services {
        if element(&inputs.api, "services", name).await.is_some() {
            return true;
        }
    }
    false
}

async fn element(api: &str, kind: &str, name: &str) -> Option<Element> {
    let (status, body) = get(api, &format!("/api/http/{kind}/{name}@file")).await.ok()?;
    if status != StatusCode::OK {
        return None;
    }
    serde_json::from_slice(&body).ok()
}

/// Whether its servers are exactly the declared ones and none is known to be down.
fn serves(inputs: &Inputs, name: &str, element: &Element) -> bool {
    let pointer = format!("/http/services/{name}/loadBalancer/servers");
    let declared = inputs.content.pointer(&pointer).and_then(Json::as_array);
    let declared: BTreeSet<&str> =
        declared.into_iter().flatten().filter_map(|server| server["url"].as_str()).collect();
    let routed: BTreeSet<&str> =
        element.load_balancer.servers.iter().map(|server| server.url.as_str()).collect();
    declared == routed && element.server_status.values().all(|status| status == "UP")
}

/// Whether the path is answered by what is behind the gateway: anything but a gateway's own error.
async fn answers(inputs: &Inputs) -> bool {
    let Some(probe) = &inputs.probe else {
        return true;
    };
    match get(&inputs.entry, probe).await {
        Ok((status, _)) => !status.is_server_error(),
        Err(_) => false,
    }
}
