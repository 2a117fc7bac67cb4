//! The one address that apps call: Traefik, configured by files alone.
//!
//! What is fixed for the life of the process (entry points, logs) is its static
//! configuration; all else is dynamic and changes without a restart. Names and structure
//! are those of Traefik 3's file provider.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Component, Report, Scope};
use crate::part::{Part, PartRef, Route, text};
use crate::urn::Urn;
use crate::value::{Map, Value};
use crate::workload::{
    ConfigFile, Health, Kind, Port, Probe, ProbeKind, Source, Stop, Volume, Workload, file, listen,
    volume,
};

const WEB: &str = "web";
const ADMIN: &str = "admin";
// Traefik reads YAML, of which the JSON that is written is a part.
const CONFIG: &str = "traefik.yml";
const ROUTES: &str = "routes";
/// What every route passes through, in this order; `Gateway::middlewares` declares them.
const CHAIN: &str = "platform";

/// A Traefik gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    name: String,
    port: u16,
    cors: Option<Cors>,
    rate_limit: Option<RateLimit>,
    retry_attempts: u32,
    max_body_bytes: u64,
}

/// Which web pages may call the platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cors {
    /// Origins such as `http://localhost:3000`.
    pub origins: Vec<String>,
}

/// How many requests one address may send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RateLimit {
    /// A second, on average.
    pub average: u32,
    /// At once.
    pub burst: u32,
}

/// What others may use of a [`Gateway`].
#[derive(Clone, Debug)]
pub struct GatewayRef {
    pub(super) urn: Urn,
    pub(super) directory: Value,
    pub(super) api: Value,
    pub(super) entry: Value,
    pub(super) middlewares: PartRef,
}

impl Gateway {
    /// A gateway on port 8080 that tries a request twice when an upstream refuses the connection.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            port: 8080,
            cors: None,
            rate_limit: None,
            retry_attempts: 2,
            max_body_bytes: 2 * 1024 * 1024,
        }
    }

    /// The port that users reach it by.
    #[must_use]
    pub fn listen(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Lets web pages of these origins call the platform, with cookies.
    #[must_use]
    pub fn cors<'a>(mut self, origins: impl IntoIterator<Item = &'a str>) -> Self {
        self.cors = Some(Cors { origins: origins.into_iter().map(str::to_owned).collect() });
        self
    }

    /// Limits requests by address: so many a second on average, so many at once.
    #[must_use]
    pub fn rate_limit(mut self, average: u32, burst: u32) -> Self {
        self.rate_limit = Some(RateLimit { average, burst });
        self
    }

    /// How often a request is tried in all when an upstream refuses the connection; 1 for no retry.
    #[must_use]
    pub fn retry(mut self, attempts: u32) -> Self {
        self.retry_attempts = attempts;
        self
    }

    /// Refuses bodies over so many bytes with 413.
    #[must_use]
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    fn static_configuration(&self) -> Value {
        let entry_point = |address: String, more: Map| {
            let mut entry = more;
            entry.insert("address".into(), address.into());
            Value::Map(entry)
        };
        let web = Value::map([(
            "respondingTimeouts",
            Value::map([("readTimeout", Value::from("60s")), ("idleTimeout", "180s".into())]),
        )]);
        let web = Map::from([("transport".into(), web)]);
        Value::map([
            (
                "entryPoints",
                Value::map([
                    (WEB, entry_point(listen(WEB), web)),
                    (ADMIN, entry_point(listen(ADMIN), Map::new())),
                ]),
            ),
            (
                "providers",
                Value::map([
                    // The default of 2 s between two configurations would delay every rollout.
                    ("providersThrottleDuration", Value::from("50ms")),
                    (
                        "file",
                        Value::map([
                            ("directory", Value::from(volume(ROUTES))),
                            ("watch", true.into()),
                        ]),
                    ),
                ]),
            ),
            ("api", Value::map([("insecure", Value::from(false)), ("dashboard", false.into())])),
            ("ping", Value::map([("entryPoint", Value::from(ADMIN))])),
            ("metrics", metrics()),
            ("accessLog", access_log()),
            ("log", Value::map([("format", Value::from("json")), ("level", "INFO".into())])),
            (
                "global",
                Value::map([
                    ("checkNewVersion", Value::from(false)),
                    ("sendAnonymousUsage", false.into()),
                ]),
            ),
        ])
    }

    fn middlewares(&self) -> Value {
        let mut all = Map::from([
            ("security-headers".into(), security_headers()),
            ("compress".into(), Value::map([("compress", Value::Map(Map::new()))])),
            (
                "body-limit".into(),
                nested("buffering", "maxRequestBodyBytes", number(self.max_body_bytes)),
            ),
        ]);
        let mut chain = vec!["security-headers", "compress", "body-limit"];
        if let Some(cors) = &self.cors {
            all.insert("cors".into(), cors.middleware());
            chain.insert(0, "cors");
        }
        if let Some(limit) = self.rate_limit {
            all.insert("rate-limit".into(), limit.middleware());
            chain.insert(0, "rate-limit");
        }
        if self.retry_attempts > 1 {
            let retry = Value::map([
                ("attempts", Value::from(self.retry_attempts)),
                ("initialInterval", "20ms".into()),
            ]);
            all.insert("retry".into(), Value::map([("retry", retry)]));
            chain.push("retry");
        }
        all.insert(CHAIN.into(), nested("chain", "middlewares", Value::list(chain)));
        Value::Map(all)
    }

    /// The API is reachable on the admin entry point alone, which listens for this machine only.
    fn shared_configuration(&self) -> Value {
        let api = Value::map([
            ("rule", Value::from("PathPrefix(`/api`)")),
            ("entryPoints", Value::list([ADMIN])),
            ("service", "api@internal".into()),
        ]);
        Value::map([(
            "http",
            Value::map([
                ("routers", Value::map([("api", api)])),
                ("middlewares", self.middlewares()),
            ]),
        )])
    }

    fn workload(&self) -> Workload {
        let ping = ProbeKind::Http { port: ADMIN.to_owned(), path: "/ping".to_owned() };
        Workload {
            args: vec![format!("--configFile={}", file(CONFIG)).into()],
            files: BTreeMap::from([(
                CONFIG.to_owned(),
                ConfigFile { content: self.static_configuration() },
            )]),
            ports: vec![
                Port { name: WEB.to_owned(), number: 8080, published: Some(self.port) },
                Port { name: ADMIN.to_owned(), number: 8081, published: None },
            ],
            volumes: vec![Volume {
                name: ROUTES.to_owned(),
                mount: "/etc/traefik/routes".to_owned(),
                precious: false,
            }],
            health: Health {
                readiness: Some(Probe::new(ping.clone())),
                liveness: Some(Probe::new(ping)),
            },
            stop: Stop { grace: Duration::from_secs(15), drain: Duration::ZERO, ..Stop::default() },
            ..Workload::new(&self.name, Kind::Singleton, Source::Image("traefik:v3.7".to_owned()))
        }
    }

    fn shared_name(&self) -> String {
        format!("{}-middlewares", self.name)
    }
}

fn metrics() -> Value {
    nested("prometheus", "entryPoint", ADMIN.into())
}

fn access_log() -> Value {
    // Authorization, cookies and query strings must not reach the log.
    let headers = Value::map([("defaultMode", Value::from("drop"))]);
    Value::map([("format", Value::from("json")), ("fields", Value::map([("headers", headers)]))])
}

fn security_headers() -> Value {
    let headers = Value::map([
        ("contentTypeNosniff", Value::from(true)),
        ("frameDeny", true.into()),
        ("referrerPolicy", "no-referrer".into()),
        ("customResponseHeaders", Value::map([("Server", ""), ("X-Powered-By", "")].map(pair))),
    ]);
    Value::map([("headers", headers)])
}

fn pair((key, value): (&'static str, &'static str)) -> (&'static str, Value) {
    (key, value.into())
}

fn nested(outer: &'static str, inner: &'static str, value: Value) -> Value {
    Value::map([(outer, Value::map([(inner, value)]))])
}

/// Bytes as a JSON number: exact to 2^53.
fn number(bytes: u64) -> Value {
    #[allow(clippy::cast_precision_loss)]
    Value::Number(bytes as f64)
}

impl Cors {
    fn middleware(&self) -> Value {
        let origins = self.origins.iter().map(String::as_str);
        let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let headers = Value::map([
            ("accessControlAllowOriginList", Value::list(origins)),
            ("accessControlAllowMethods", Value::list(methods)),
            ("accessControlAllowHeaders", Value::list(["Authorization", "Content-Type"])),
            ("accessControlAllowCredentials", true.into()),
            ("accessControlMaxAge", 600_u32.into()),
            ("addVaryHeader", true.into()),
        ]);
        Value::map([("headers", headers)])
    }
}

impl RateLimit {
    fn middleware(self) -> Value {
        let limit =
            Value::map([("average", Value::from(self.average)), ("burst", self.burst.into())]);
        Value::map([("rateLimit", limit)])
    }
}

impl GatewayRef {
    /// The address that users reach it by: `http://127.0.0.1:8080`.
    pub fn url(&self) -> Value {
        text(["http://".into(), self.entry.clone()])
    }

    /// A route for the part of a service: everything under `prefix` goes to `servers`.
    pub(super) fn route(&self, name: &str, prefix: &str, servers: Value, health: &str) -> Part {
        let router = Value::map([
            ("rule", Value::from(format!("PathPrefix(`{prefix}`)"))),
            ("entryPoints", Value::list([WEB])),
            ("middlewares", Value::list([CHAIN])),
            ("service", name.into()),
        ]);
        let check = Value::map([
            ("path", Value::from(health)),
            ("interval", "1s".into()),
            ("timeout", "1s".into()),
        ]);
        let balancer = Value::map([("servers", servers), ("healthCheck", check)]);
        let service = Value::map([("loadBalancer", balancer)]);
        let http = Value::map([
            ("routers", Value::map([(name, router)])),
            ("services", Value::map([(name, service)])),
        ]);
        Part::Route(Box::new(Route {
            name: name.to_owned(),
            directory: self.directory.clone(),
            api: self.api.clone(),
            entry: self.entry.clone(),
            content: Value::map([("http", http)]),
            services: vec![name.to_owned()],
            depends_on: vec![self.middlewares.urn()],
            probe: Some(prefix.to_owned()),
        }))
    }
}

impl Component for Gateway {
    type Handle = GatewayRef;

    fn kind(&self) -> &'static str {
        "Gateway"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn handle(&self, scope: &Scope<'_>) -> GatewayRef {
        let traefik = scope.workload(&self.name);
        GatewayRef {
            urn: scope.urn(),
            directory: traefik.output(&format!("volumes.{ROUTES}")),
            api: traefik.output(&format!("ports.{ADMIN}.address")),
            entry: traefik.output(&format!("ports.{WEB}.address")),
            middlewares: scope.route(&self.shared_name()),
        }
    }

    fn parts(&self, scope: &Scope<'_>) -> Vec<Part> {
        let handle = self.handle(scope);
        let shared = Route {
            name: self.shared_name(),
            directory: handle.directory,
            api: handle.api,
            entry: handle.entry,
            content: self.shared_configuration(),
            services: Vec::new(),
            depends_on: Vec::new(),
            probe: None,
        };
        vec![Part::Workload(Box::new(self.workload())), Part::Route(Box::new(shared))]
    }

    fn outputs(&self, scope: &Scope<'_>) -> Map {
        Map::from([("url".into(), self.handle(scope).url())])
    }

    fn check(&self, report: &mut Report<'_>) {
        report.name(&self.name);
        report.port("the gateway", self.port);
        if self.rate_limit.is_some_and(|limit| limit.average == 0 || limit.burst == 0) {
            report.add("a rate limit of 0 refuses everybody", "give at least 1, or drop the limit");
        }
        for origin in self.cors.iter().flat_map(|cors| &cors.origins) {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            if host.is_none_or(|host| host.is_empty() || host.contains(['/', '*'])) {
                let message = format!("`{origin}` is no origin that credentials may be sent to");
                report.add(message, "write scheme, host and port, as in http://localhost:3000");
            }
        }
    }
}
