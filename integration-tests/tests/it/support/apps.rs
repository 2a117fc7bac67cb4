//! An app: it knows the gateway's address and nothing else.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::eventually;

const PASSWORD: &str = "a long enough pass phrase";
/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends requests, and hides no failure of one behind another attempt.
#[derive(Clone)]
pub(crate) struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    port: u16,
}

/// A status and a body; null when the body is no JSON.
pub(crate) type Answer = (StatusCode, Value);

impl Caller {
    pub(crate) fn new(port: u16) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder.retry_canceled_requests(false);
        Self { client: builder.build_http(), port }
    }

    /// Why there is no answer, if there is none.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let uri = format!("http://127.0.0.1:{}/api/v1/auth{path}", self.port);
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let bytes = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let request = request.header(CONTENT_TYPE, "application/json").body(Full::new(bytes));
        let request = request.expect("it is a request");
        let exchange = async {
            let answer = self.client.request(request).await.map_err(|error| causes(&error))?;
            let status = answer.status();
            let body = answer.into_body().collect().await.map_err(|error| causes(&error))?;
            Ok((status, serde_json::from_slice(&body.to_bytes()).unwrap_or_default()))
        };
        let silent = |_| Err("no answer".to_owned());
        tokio::time::timeout(PATIENCE, exchange).await.unwrap_or_else(silent)
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A [`Caller`] for tests that wait for each answer.
pub(crate) struct Browser {
    runtime: Runtime,
    caller: Caller,
}

/// Who is logged in.
pub(crate) struct Login {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Browser {
    pub(crate) fn new(port: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self { runtime: runtime.expect("threads can be started"), caller: Caller::new(port) }
    }

    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> Result<Answer, String> {
        self.runtime.block_on(self.caller.ask(Method::GET, path, token, None))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        self.runtime.block_on(self.caller.ask(Method::POST, path, None, Some(body)))
    }

    #[track_caller]
    fn posted(&self, path: &str, body: &Value, status: StatusCode) -> Value {
        let (answered, body) = self.post(path, body).expect("the gateway answers");
        assert_eq!(answered, status, "{path}: {body}");
        body
    }

    #[track_caller]
    pub(crate) fn register(&self, email: &str) {
        let body = json!({ "email": email, "password": PASSWORD });
        self.posted("/register", &body, StatusCode::ACCEPTED);
    }

    #[track_caller]
    pub(crate) fn login(&self, email: &str) -> Login {
        let body = json!({ "email": email, "password": PASSWORD });
        login(&self.posted("/login", &body, StatusCode::OK))
    }

    #[track_caller]
    pub(crate) fn refresh(&self, token: &str) -> Login {
        login(&self.posted("/refresh", &json!({ "refresh_token": token }), StatusCode::OK))
    }

    #[track_caller]
    pub(crate) fn logout(&self, token: &str) {
        self.posted("/logout", &json!({ "refresh_token": token }), StatusCode::NO_CONTENT);
    }

    /// The address of whoever holds the token.
    #[track_caller]
    pub(crate) fn me(&self, token: &str) -> String {
        let (status, body) = self.get("/me", Some(token)).expect("the gateway answers");
        assert_eq!(status, StatusCode::OK, "{body}");
        body["email"].as_str().expect("it has an address").to_owned()
    }

    /// Signs up somebody new and logs in.
    #[track_caller]
    pub(crate) fn sign_up(&self, email: &str) -> Login {
        self.register(email);
        self.login(email)
    }

    /// Waits until an account can be logged in to: then gateway, service, database and cache work.
    #[track_caller]
    pub(crate) fn works_again(&self, login: &Login) {
        eventually("requests succeed", || {
            let answer = self.get("/me", Some(&login.access));
            answer.is_ok_and(|(status, _)| status == StatusCode::OK).then_some(())
        });
    }
}

fn login(body: &Value) -> Login {
    let text = |name: &str| body[name].as_str().expect("a token").to_owned();
    Login { access: text("access_token"), refresh: text("refresh_token") }
}
