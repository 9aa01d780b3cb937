//! The service of the kill test: answers quickly with tiny pictures, and keeps a book of every request.
//!
//! A prompt is `m7-2-0 words…`: the marker that names the request, then how it is to be answered: `slow`, `cut`
//! (broken off in the middle), `fewer` (one picture less than asked), `refused` (for good), `wait` (429 the first time).

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use easel::library::content_hash;
use easel::picture::{Encoding, Pixels, Size, encode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the server knows of one marker.
#[derive(Debug, Default)]
pub struct Entry {
    /// The rounds in which a request was taken on: these would be billed.
    pub accepted: Vec<u32>,
    pub refused: u32,
    /// Content hashes of all pictures that were sent, or begun to be sent.
    pub hashes: BTreeSet<String>,
    /// Content hashes of all beginnings of those whose answer was broken off.
    pub beginnings: BTreeSet<String>,
}

impl Entry {
    /// Says whether a picture is one that was sent, or what came of one.
    pub fn knows(&self, hash: &str) -> bool {
        self.hashes.contains(hash) || self.beginnings.contains(hash)
    }
}

/// Something has happened.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    pub round: u32,
    /// The last byte of an answer went out: its pictures are about to be stored.
    pub answered: bool,
}

pub type Book = BTreeMap<String, Entry>;

/// The running server.
pub struct Server {
    address: std::net::SocketAddr,
    hub: Hub,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Clone)]
struct Hub {
    book: Arc<Mutex<Book>>,
    ticks: Sender<Tick>,
}

impl Server {
    pub fn start(ticks: Sender<Tick>) -> Self {
        let runtime = easel::engine::runtime().unwrap();
        let hub = Hub { book: Arc::default(), ticks };
        let router = axum::Router::new()
            .route("/{round}/api/v1/images", post(images))
            .route("/{round}/api/v1/images/models", get(|| async { r#"{"data":[]}"# }))
            .route("/{round}/api/v1/key", get(key))
            .with_state(hub.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, hub, _runtime: runtime }
    }

    /// The base address for one round: so it is known to which round a request belongs, however late it is read.
    pub fn base(&self, round: u32) -> String {
        format!("http://{}/{round}/api/v1", self.address)
    }

    pub fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.hub.book.lock().unwrap()
    }
}

/// The marker that a prompt begins with.
pub fn marker_of(prompt: &str) -> String {
    prompt.split(' ').next().unwrap().to_owned()
}

async fn key(State(hub): State<Hub>) -> String {
    let spent: usize = hub.book.lock().unwrap().values().map(|entry| entry.accepted.len()).sum();
    json!({"data": {"label": "kill", "usage": spent as f64 / 100.0}}).to_string()
}

async fn images(State(hub): State<Hub>, Path(round): Path<u32>, body: String) -> Response<Body> {
    easel::demo::record(body.as_bytes());
    let request: Value = serde_json::from_str(&body).unwrap();
    let prompt = request["prompt"].as_str().unwrap();
    let is = |word: &str| prompt.split(' ').any(|one| one == word);
    let count = request["n"].as_u64().unwrap_or(1) as usize - usize::from(is("fewer"));
    let pictures: Vec<Vec<u8>> = (0..count).map(|_| picture()).collect();
    {
        let mut book = hub.book.lock().unwrap();
        let entry = book.entry(marker_of(prompt)).or_default();
        if is("refused") || (is("wait") && entry.refused == 0) {
            entry.refused += 1;
            tick(&hub, round, false);
            return refusal(if is("refused") { 403 } else { 429 });
        }
        entry.accepted.push(round);
        entry.hashes.extend(pictures.iter().map(|bytes| content_hash(bytes)));
        if is("cut") {
            let beginnings = pictures.iter().flat_map(|bytes| (1..bytes.len()).map(|end| content_hash(&bytes[..end])));
            entry.beginnings.extend(beginnings);
        }
    }
    tick(&hub, round, false);
    let streamed = request["stream"] == true;
    let whole = if streamed { events(&pictures) } else { vec![buffered(&pictures)] };
    let steps = cut_up(whole, is("slow"), is("cut"));
    let pause = Duration::from_millis(if is("slow") { fastrand::u64(1..12) } else { 0 });
    let kind = if streamed { "text/event-stream" } else { "application/json" };
    let stream = futures_util::stream::unfold(steps.into_iter(), move |mut steps| {
        let hub = hub.clone();
        async move {
            let step = steps.next()?;
            tokio::time::sleep(pause).await;
            tick(&hub, round, steps.len() == 0);
            Some((step, steps))
        }
    });
    let answer = Response::builder().header("content-type", kind).header("x-generation-id", "gen-kill");
    answer.body(Body::from_stream(stream)).unwrap()
}

fn tick(hub: &Hub, round: u32, answered: bool) {
    hub.ticks.send(Tick { round, answered }).unwrap_or_default();
}

fn refusal(status: u16) -> Response<Body> {
    let body = json!({"error": {"code": status, "message": "not now"}}).to_string();
    let answer = Response::builder().status(StatusCode::from_u16(status).unwrap());
    answer.header("content-type", "application/json").header("retry-after-ms", "20").body(Body::from(body)).unwrap()
}

/// A picture of random colours that really decodes.
fn picture() -> Vec<u8> {
    let size = Size { width: fastrand::u32(3..9), height: fastrand::u32(3..9) };
    let rgba = (0..size.area() * 4).map(|_| fastrand::u8(..)).collect();
    encode(&Pixels::new(size, rgba).unwrap(), &Encoding::Png, [0; 3]).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn buffered(pictures: &[Vec<u8>]) -> String {
    let data: Vec<Value> = pictures.iter().map(|bytes| json!({"b64_json": base64(bytes)})).collect();
    json!({"created": 1, "data": data, "usage": {"cost": 0.01}}).to_string()
}

fn events(pictures: &[Vec<u8>]) -> Vec<String> {
    let event = |kind: &str, bytes: &[u8]| {
        let data =
            json!({"type": format!("image_generation.{kind}"), "b64_json": base64(bytes), "usage": {"cost": 0.01}});
        format!("data: {data}\n\n")
    };
    let mut events = vec![": hello\n\n".to_owned()];
    for bytes in pictures {
        events.push(event("partial_image", &picture()));
        events.push(event("completed", bytes));
    }
    events.push("data: [DONE]\n\n".to_owned());
    events
}

/// The pieces in which an answer goes out: halved when slow, and without its last part when cut.
fn cut_up(parts: Vec<String>, slow: bool, cut: bool) -> Vec<Result<Bytes, std::io::Error>> {
    let mut pieces = Vec::new();
    for part in parts {
        if slow || cut {
            let (first, second) = part.split_at(part.len() / 2);
            pieces.extend([first.to_owned(), second.to_owned()]);
        } else {
            pieces.push(part);
        }
    }
    if cut {
        pieces.truncate(fastrand::usize(1..pieces.len().max(2)));
    }
    let broken = cut.then(|| Err(std::io::ErrorKind::ConnectionReset.into()));
    pieces.into_iter().map(|piece| Ok(Bytes::from(piece))).chain(broken).collect()
}
