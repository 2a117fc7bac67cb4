//! A wire to a backend that can be cut and mended. A cut one keeps its port,
//! which another test could take otherwise, and closes whatever connects.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Proxy {
    pub(crate) async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (whole, seen) = watch::channel(true);
        tokio::spawn(accept(listener, target.to_owned(), seen));
        Self { address, whole }
    }

    /// Closes every connection, and every new one at once.
    pub(crate) fn cut(&self) {
        self.whole.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn accept(listener: TcpListener, target: String, whole: watch::Receiver<bool>) {
    while let Ok((inside, _)) = listener.accept().await {
        let (target, mut whole) = (target.clone(), whole.clone());
        tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = whole.wait_for(|whole| !whole) => (),
                () = forward(inside, target) => (),
            }
        });
    }
}

async fn forward(mut inside: TcpStream, target: String) {
    if let Ok(mut outside) = TcpStream::connect(target).await {
        let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
    }
}
