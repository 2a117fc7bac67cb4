//! Accepting connections and keeping count of them until they are closed.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures_util::FutureExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// How long a connection may wait for the head of its next request. Longer than
/// gateways keep idle connections (90 s in Traefik), so that it is the gateway
/// who closes one and never finds it closed at the moment it sends.
const HEAD_LIMIT: Duration = Duration::from_secs(120);

/// The largest head of a request in bytes; a larger one is answered with 431.
const HEAD_BYTES: usize = 32 * 1024;

/// The pause after a failed accept, most often for want of file descriptors:
/// without it the loop would burn the processor that could free some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves every connection with `router` until `stop` is ready. The listener is
/// closed then; the answer is the connections that are still open.
pub(super) async fn accept_until(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> GracefulShutdown {
    let open = GracefulShutdown::new();
    let start = |stream, peer| {
        tokio::spawn(serve(stream, peer, router.clone(), open.watcher()));
    };
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => start(stream, peer),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // The system has completed these already, and closing the listener would
    // reset them: their callers believe to be connected.
    while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
        start(stream, peer);
    }
    open
}

async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, watcher: Watcher) {
    // Small answers must not wait for the peer's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().oneshot(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_header_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        // The peer went away or spoke no HTTP: its business, not an error here.
        tracing::debug!(%peer, %error, "connection ended early");
    }
}
