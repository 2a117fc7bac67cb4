//! Asks a server on this machine one question.

use std::time::Duration;

use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const TIMEOUT: Duration = Duration::from_secs(2);
const MAX_BODY: usize = 4 * 1024 * 1024;

/// The status and body of `GET http://<address><path>`, or in a few words why there is none.
pub(crate) async fn get(address: &str, path: &str) -> Result<(StatusCode, Bytes), String> {
    match tokio::time::timeout(TIMEOUT, ask(address, path)).await {
        Ok(answer) => answer.map_err(|why| why.to_string()),
        Err(_) => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
    }
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

async fn ask(address: &str, path: &str) -> Result<(StatusCode, Bytes), AnyError> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::get(path).header(header::HOST, address).body(Empty::<Bytes>::new())?;
    let exchange = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_BODY).collect().await?.to_bytes();
        Ok::<_, AnyError>((status, body))
    };
    // The connection only makes progress while it is polled beside the exchange.
    tokio::select! {
        answer = exchange => answer,
        ended = connection => Err(ended.err().map_or_else(|| "the connection was closed".into(), Into::into)),
    }
}
