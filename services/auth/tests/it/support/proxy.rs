//! A wire to a backend that can be cut and mended.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub(crate) struct Proxy {
    target: String,
    pub(crate) address: SocketAddr,
    running: Option<JoinHandle<()>>,
}

impl Proxy {
    pub(crate) async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut proxy = Self { target: target.to_owned(), address, running: None };
        proxy.run(listener);
        proxy
    }

    fn run(&mut self, listener: TcpListener) {
        let target = self.target.clone();
        self.running = Some(tokio::spawn(async move {
            // Dropped with this task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((inside, _)) = listener.accept().await {
                connections.spawn(forward(inside, target.clone()));
            }
        }));
    }

    /// Closes every connection and refuses new ones.
    pub(crate) async fn cut(&mut self) {
        let running = self.running.take().unwrap();
        running.abort();
        let _ = running.await;
    }

    pub(crate) fn mend(&mut self) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        self.run(socket.listen(16).unwrap());
    }
}

async fn forward(mut inside: TcpStream, target: String) {
    if let Ok(mut outside) = TcpStream::connect(target).await {
        let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
    }
}
