//! A caller of the service.

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use uuid::Uuid;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A member of the body that is text.
    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> String {
        let json = self.json();
        json[member].as_str().unwrap_or_else(|| panic!("no {member} in {json}")).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body without the trace's identity, which is never the same.
    pub(crate) fn snapshot(&self) -> String {
        let mut json = self.json();
        if let Some(trace) = json.get_mut("trace_id") {
            *trace = json!("[trace]");
        }
        format!("{} {}\n{json:#}", self.status.as_u16(), self.header("content-type"))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }
}

/// Somebody with an e-mail address and a password.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) password: String,
}

impl Person {
    pub(crate) fn new() -> Self {
        let name = Uuid::new_v4().simple().to_string();
        Self { email: format!("{name}@Example.org"), password: "a long enough phrase".to_owned() }
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "email": self.email, "password": self.password })
    }
}

/// A client that calls through a gateway, from an address that nobody else has.
#[derive(Clone)]
pub(crate) struct Client {
    service: SocketAddr,
    from: String,
    http: hyper_util::client::legacy::Client<HttpConnector, Body>,
}

impl Client {
    pub(crate) fn new(service: SocketAddr) -> Self {
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http();
        let network = Uuid::new_v4().as_u128() >> 80;
        let from = std::net::Ipv6Addr::from_bits(0xfd << 120 | network << 64 | 1).to_string();
        Self { service, from, http }
    }

    /// The same caller at another replica.
    pub(crate) fn at(&self, service: SocketAddr) -> Self {
        Self { service, ..self.clone() }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let uri = format!("http://{}{path}", self.service);
        let mut request =
            Request::builder().method(method).uri(uri).header("x-forwarded-for", &self.from);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.http.request(request.body(body.into()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: head.status, headers: head.headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, route: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/auth/{route}");
        let json = [("content-type", "application/json")];
        self.send(Method::POST, &path, &json, body.to_string()).await
    }

    pub(crate) async fn me(&self, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        self.send(Method::GET, "/api/v1/auth/me", &headers, Body::empty()).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.post("refresh", &json!({ "refresh_token": token })).await
    }

    pub(crate) async fn logout(&self, token: &str) -> Answer {
        self.post("logout", &json!({ "refresh_token": token })).await
    }

    pub(crate) async fn register(&self) -> Person {
        let person = Person::new();
        self.post("register", &person.body()).await.expect(202);
        person
    }

    /// A new person's first refresh token.
    pub(crate) async fn log_in(&self) -> String {
        let person = self.register().await;
        self.post("login", &person.body()).await.expect(200).text("refresh_token")
    }
}
