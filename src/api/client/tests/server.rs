//! A server that speaks literal bytes, one exchange per connection, so that tests can be as rude as real networks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// One thing the server does with a connection after it has read the request; at the end it closes.
pub(super) enum Step {
    Write(Vec<u8>),
    /// Waits until the test lets it go on.
    Wait,
    /// Writes the same bytes again and again, in even time.
    Tick(&'static [u8], u32, Duration),
    /// Holds the connection until the client closes it, and counts that.
    Hold,
}

pub(super) struct Server {
    pub(super) address: String,
    requests: Arc<Mutex<Vec<String>>>,
    go_on: Arc<Semaphore>,
    closed: Arc<Semaphore>,
}

impl Server {
    /// Answers the first connection by the first script, and so on; then stops listening.
    pub(super) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (go_on, closed) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let server = Self { address, requests: requests.clone(), go_on: go_on.clone(), closed: closed.clone() };
        tokio::spawn(async move {
            for script in VecDeque::from(scripts) {
                let (mut socket, _) = listener.accept().await.unwrap();
                let request = read_request(&mut socket).await;
                requests.lock().unwrap().push(request);
                play(socket, script, &go_on, &closed).await;
            }
        });
        server
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn go_on(&self) {
        self.go_on.add_permits(1);
    }

    /// Waits until the client has closed a held connection.
    pub(super) async fn closed(&self) {
        self.closed.acquire().await.unwrap().forget();
    }
}

async fn play(mut socket: TcpStream, script: Vec<Step>, go_on: &Semaphore, closed: &Semaphore) {
    for step in script {
        let written = match step {
            Step::Write(bytes) => socket.write_all(&bytes).await,
            Step::Wait => {
                go_on.acquire().await.unwrap().forget();
                Ok(())
            }
            Step::Tick(bytes, times, pause) => {
                let mut clock = tokio::time::interval(pause);
                for _ in 0..times {
                    clock.tick().await;
                    socket.write_all(bytes).await.ok();
                }
                Ok(())
            }
            Step::Hold => {
                let mut rest = [0; 64];
                while socket.read(&mut rest).await.is_ok_and(|read| read > 0) {}
                closed.add_permits(1);
                Ok(())
            }
        };
        if written.is_err() {
            return;
        }
    }
    socket.shutdown().await.ok();
}

/// Reads a head and the body it announces.
async fn read_request(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 65536];
    loop {
        let read = socket.read(&mut piece).await.unwrap_or_default();
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            body.len() >= length.map_or(0, |length| length.parse().unwrap_or_default())
        });
        if whole || read == 0 {
            if let Some((head, body)) = text.split_once("\r\n\r\n").filter(|_| whole && text.starts_with("POST ")) {
                let path = head.split(' ').nth(1).unwrap_or_default();
                assert!(path.ends_with("/images"), "{path}");
                easel::demo::record(body.as_bytes());
            }
            return text.into_owned();
        }
    }
}

/// A whole answer with its length; the connection closes after it.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Vec<Step> {
    vec![Step::Write(
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
            .into_bytes(),
    )]
}

pub(super) fn json(status: &str, body: &str) -> Vec<Step> {
    answer(status, "content-type: application/json\r\n", body)
}

/// The head of a stream in chunked framing.
pub(super) fn stream_head() -> Step {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: Text/Event-Stream; charset=utf-8\r\n\
                x-generation-id: gen-img-1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    Step::Write(head.as_bytes().to_vec())
}

pub(super) fn chunk(text: &str) -> Step {
    Step::Write(format!("{:x}\r\n{text}\r\n", text.len()).into_bytes())
}

pub(super) fn last_chunk() -> Step {
    Step::Write(b"0\r\n\r\n".to_vec())
}
