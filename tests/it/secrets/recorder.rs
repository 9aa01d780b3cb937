//! A server on loopback that writes down every byte it is sent and answers as it is told.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request: its first line, and all of it as text.
#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    pub text: String,
}

impl Request {
    /// Returns a header's value; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }
}

/// The running server; its threads end with the test.
pub struct Recorder {
    pub port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

/// Status line without the version, more header lines, and the body.
pub type Reply = (String, String, String);

impl Recorder {
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (all, answer) = (seen.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (all, answer) = (all.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &all, &*answer));
            }
        });
        Self { port, seen }
    }

    /// A service with one model; pictures are refused.
    pub fn service() -> Self {
        Self::start(service)
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.port)
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// Whether any request so far holds these bytes.
    pub fn holds(&self, text: &str) -> bool {
        self.seen().iter().any(|request| request.text.contains(text))
    }
}

/// Answers as a service with one model; pictures are refused.
pub fn service(request: &Request) -> Reply {
    let (status, body) = match request.path() {
        "/api/v1/images/models" => ("200 OK", MODELS),
        "/api/v1/images/models/a/b/endpoints" => ("200 OK", ENDPOINTS),
        "/api/v1/images" => ("403 Forbidden", r#"{"error":{"code":403,"message":"no"}}"#),
        "/api/v1/key" => ("200 OK", KEY_INFO),
        "/api/v1/credits" => ("403 Forbidden", r#"{"error":{"code":403,"message":"management keys only"}}"#),
        _ => ("404 Not Found", r#"{"error":{"code":404,"message":"nothing is here"}}"#),
    };
    (status.to_owned(), String::new(), body.to_owned())
}

const KEY_INFO: &str = r#"{"data":{"label":"sk-or-v1-abc...123","limit":10,"limit_remaining":4,"limit_reset":"monthly",
    "usage":1.5,"usage_daily":0.5,"usage_weekly":1,"usage_monthly":1.25,"expires_at":null,
    "budgets":[{"scope":"workspace","limit_usd":20,"spend_usd":20.5,"remaining_usd":-0.5,"reset_interval":"monthly",
    "resets_at":"2030-12-01T00:00:00Z"}]}}"#;
const MODELS: &str = r#"{"data":[{"id":"a/b","name":"A: B","created":1,"description":"x",
    "architecture":{"input_modalities":["text","image"],"output_modalities":["image"]},"supported_parameters":{},
    "supports_streaming":false,"endpoints":"/api/v1/images/models/a/b/endpoints"}]}"#;
const ENDPOINTS: &str = r#"{"id":"a/b","endpoints":[{"provider_name":"P","provider_slug":"p","provider_tag":"p",
    "supported_parameters":{},"allowed_passthrough_parameters":[],"supports_streaming":false,
    "pricing":[{"billable":"output_image","unit":"image","cost_usd":0.04}]}]}"#;

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Request>>, answer: &dyn Fn(&Request) -> Reply) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let (head, length) = loop {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        break (head + 4, length.unwrap_or(0_usize));
    };
    while bytes.len() < head + length {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let request = Request { line: text.lines().next().unwrap_or_default().to_owned(), text };
    seen.lock().unwrap().push(request.clone());
    let (status, headers, body) = answer(&request);
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    );
    drop(stream.write_all(answer.as_bytes()));
}

/// Reads what has come and closes for writing.
pub fn drain(stream: &mut TcpStream) {
    drop(stream.shutdown(std::net::Shutdown::Write));
    let mut chunk = [0; 4096];
    while stream.read(&mut chunk).is_ok_and(|read| read > 0) {}
}

/// Hands a connection over to another port of this computer, and its answer back.
pub fn forward(mut from: TcpStream, port: u16) {
    let mut to = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut back, mut there) = (to.try_clone().unwrap(), from.try_clone().unwrap());
    std::thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
    drop(std::io::copy(&mut back, &mut there));
    drop(there.shutdown(std::net::Shutdown::Both));
}
