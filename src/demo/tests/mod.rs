//! The demo server over real HTTP: routes, validation, streams, faults.

mod faults;
mod routes;
mod schema;

use super::{KEY, Options, Server};
use base64::Engine as _;
use serde_json::{Value, json};
use std::time::Duration;

/// A running server and a client for it.
struct Bench {
    server: Server,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

/// An answer taken in whole; `whole` is false when it broke off.
struct Reply {
    status: u16,
    headers: reqwest::header::HeaderMap,
    bytes: Vec<u8>,
    whole: bool,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// The JSON of every event and `[DONE]` as a string, from a stream in the plain framing.
    fn events(&self) -> Vec<Value> {
        let text = self.text();
        let parse = |data: &str| serde_json::from_str(data).unwrap_or_else(|_| json!(data));
        text.split("\n\n").filter_map(|block| block.strip_prefix("data: ").map(parse)).collect()
    }

    fn picture(&self) -> Vec<u8> {
        decode(&self.json()["data"][0])
    }

    fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }
}

fn decode(entry: &Value) -> Vec<u8> {
    let text = entry["b64_json"].as_str().expect("a b64_json");
    base64::engine::general_purpose::STANDARD.decode(text).expect("valid base64")
}

fn bench() -> Bench {
    paced(Duration::ZERO)
}

fn paced(pace: Duration) -> Bench {
    // A second test in the same process finds it installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(Options { port: 0, pace })).unwrap();
    Bench { server, client: reqwest::Client::builder().no_proxy().build().unwrap(), runtime }
}

impl Bench {
    fn get(&self, path: &str, key: Option<&str>) -> Reply {
        let request = self.client.get(format!("{}{path}", self.server.base_url()));
        self.send(request, key).expect("an answer")
    }

    fn post(&self, body: &Value) -> Reply {
        self.try_post(body).expect("an answer")
    }

    fn try_post(&self, body: &Value) -> Result<Reply, reqwest::Error> {
        self.send(self.client.post(format!("{}/images", self.server.base_url())).json(body), Some(KEY))
    }

    fn send(&self, request: reqwest::RequestBuilder, key: Option<&str>) -> Result<Reply, reqwest::Error> {
        let request = match key {
            Some(key) => request.header("authorization", format!("Bearer {key}")),
            None => request,
        };
        self.runtime.block_on(async {
            let mut response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let mut bytes = Vec::new();
            let whole = loop {
                match response.chunk().await {
                    Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                    Ok(None) => break true,
                    Err(_) => break false,
                }
            };
            Ok(Reply { status, headers, bytes, whole })
        })
    }
}

/// A small request for a model, with more fields.
fn small(model: &str, prompt: &str, more: Value) -> Value {
    let mut body = json!({"model": format!("easel/{model}"), "prompt": prompt, "size": "64x48"});
    for (key, value) in more.as_object().cloned().unwrap_or_default() {
        body[key] = value;
    }
    body
}

/// A data URL of a one-colour PNG.
fn reference(colour: [u8; 3]) -> Value {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(16, 16, image::Rgb(colour)).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let data = base64::engine::general_purpose::STANDARD.encode(png.into_inner());
    json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{data}")}})
}
