//! A small HTTP/1.1 server on the loopback address that serves what a test says.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the server answers on a path.
#[derive(Clone)]
pub(crate) enum Reply {
    /// 200 with this body.
    Ok(Vec<u8>),
    /// 200 with this body announced, but cut after so many bytes.
    Cut(Vec<u8>, usize),
    /// 302 to this path.
    Redirect(&'static str),
}

/// Serves until the test program ends.
pub(crate) struct Server {
    address: String,
    replies: Arc<Mutex<HashMap<String, Reply>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that answers 404 to everything not in `replies`.
    pub(crate) fn start(replies: impl IntoIterator<Item = (&'static str, Reply)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let replies = replies.into_iter().map(|(path, reply)| (path.to_owned(), reply)).collect();
        let server =
            Self { address, replies: Arc::new(Mutex::new(replies)), asked: Arc::default() };
        let (replies, asked) = (Arc::clone(&server.replies), Arc::clone(&server.asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let path = read_path(&stream);
                let reply = replies.lock().expect("no panic").get(&path).cloned();
                asked.lock().expect("no panic").push(path);
                // A client that went away is the client's matter.
                let _ = answer(stream, reply);
            }
        });
        server
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.asked.lock().expect("no panic").iter().filter(|asked| *asked == path).count()
    }

    /// From now on answers `path` so.
    pub(crate) fn set(&self, path: &str, reply: Reply) {
        self.replies.lock().expect("no panic").insert(path.to_owned(), reply);
    }

    /// A text with this server's address replaced by a fixed one.
    pub(crate) fn anonymous(&self, text: &str) -> String {
        text.replace(&self.address, "SERVER")
    }
}

fn read_path(stream: &TcpStream) -> String {
    let lines: Vec<String> = BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let request = lines.first().map(String::as_str).unwrap_or_default();
    request.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn answer(mut stream: TcpStream, reply: Option<Reply>) -> std::io::Result<()> {
    let (status, header, body, sent) = match reply {
        Some(Reply::Ok(body)) => ("200 OK", String::new(), body.clone(), body.len()),
        Some(Reply::Cut(body, sent)) => ("200 OK", String::new(), body, sent),
        Some(Reply::Redirect(to)) => ("302 Found", format!("Location: {to}\r\n"), vec![], 0),
        None => ("404 Not Found", String::new(), vec![], 0),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{header}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&body[..sent])
}
