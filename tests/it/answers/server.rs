//! A server that answers with literal bytes, right or wrong, and counts what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What goes out for a request, head and body; then the connection is closed.
#[derive(Clone, Debug, Default)]
pub struct Answer(pub Vec<u8>);

impl Answer {
    /// A whole answer.
    pub fn whole(kind: &str, body: Vec<u8>) -> Self {
        let length = body.len();
        Self::of_length(kind, body, length)
    }

    /// An answer whose announced length may be a lie.
    pub fn of_length(kind: &str, body: Vec<u8>, length: usize) -> Self {
        Self::with_head(&format!("200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}"), &body)
    }

    /// An answer that breaks off: its last chunk never comes.
    pub fn cut(kind: &str, body: Vec<u8>) -> Self {
        let mut chunk = format!("{:x}\r\n", body.len().max(1)).into_bytes();
        chunk.extend(body);
        Self::with_head(&format!("200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked"), &chunk)
    }

    /// Status line and headers as they are given.
    pub fn with_head(head: &str, body: &[u8]) -> Self {
        let mut bytes = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").into_bytes();
        bytes.extend_from_slice(body);
        Self(bytes)
    }
}

#[derive(Default)]
struct State {
    answer: Answer,
    posts: usize,
}

/// The running server; it ends with the test.
pub struct Server {
    address: String,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (state, stop) = (Arc::<Mutex<State>>::default(), Arc::<AtomicBool>::default());
        let server = Self { address, state: state.clone(), stop: stop.clone() };
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let state = state.clone();
                std::thread::spawn(move || serve(socket.unwrap(), &state));
            }
        });
        server
    }

    pub fn base(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// From now on requests are answered so, and counted anew.
    pub fn answer_with(&self, answer: Answer) {
        *self.state.lock().unwrap() = State { answer, posts: 0 };
    }

    pub fn posts(&self) -> usize {
        self.state.lock().unwrap().posts
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        TcpStream::connect(&self.address).ok();
    }
}

fn serve(mut socket: TcpStream, state: &Mutex<State>) {
    let Some(request) = read_request(&mut socket) else { return };
    let answer = if request.starts_with("POST ") {
        let mut state = state.lock().unwrap();
        state.posts += 1;
        state.answer.clone()
    } else {
        let body = if request.contains("/images/models") {
            r#"{"data":[]}"#
        } else {
            r#"{"data":{"label":"test","usage":0}}"#
        };
        Answer::whole("application/json", body.into())
    };
    socket.write_all(&answer.0).ok();
    socket.shutdown(Shutdown::Write).ok();
    // Until the other side has read all: closing earlier would throw away what it has not.
    while socket.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
}

/// Reads a head and the body it announces; `None`: nothing was asked.
fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 65536];
    loop {
        let read = socket.read(&mut piece).unwrap_or_default();
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            body.len() >= length.map_or(0, |length| length.parse().unwrap_or_default())
        });
        if whole || read == 0 {
            return (!bytes.is_empty()).then(|| text.into_owned());
        }
    }
}
