//! Signing in: the page in the browser, the codes it gives, and the keys that these become.
//!
//! Imports only axum and what makes a challenge. Invariants: a code is good once, for ten minutes, and only for whoever
//! knows the verifier of its challenge; the page goes back to loopback alone.

use super::answer::{Answer, Refusal, json_answer, put, with_type};
use super::routes::{Hub, Shared};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// How long a code is good.
const GOOD_FOR: Duration = Duration::from_secs(600);

/// A code that was given out and not used yet.
pub struct Issued {
    challenge: String,
    is_expired: bool,
    at: Instant,
}

pub type Codes = HashMap<String, Issued>;

/// The pages; the exchange is among the paths of the API.
pub fn pages() -> Router<Arc<Shared>> {
    Router::new()
        .route("/auth", get(page))
        .route("/auth/allow", get(allow))
        .route("/auth/allow-expired", get(allow_expired))
        .route("/auth/refuse", get(refuse))
}

pub fn exchange() -> axum::routing::MethodRouter<Arc<Shared>> {
    post(keys)
}

/// What the address of the page asks for.
struct Asked {
    query: String,
    challenge: String,
    callback: Option<String>,
    state: Option<String>,
}

impl Asked {
    fn read(RawQuery(query): RawQuery) -> Result<Self, Box<Answer>> {
        let query = query.unwrap_or_default();
        let value = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.map(decoded).filter(|value| !value.is_empty())
        };
        let wrong = |why: &str| Box::new(with_type(400, "text/plain; charset=utf-8", why.to_owned()));
        let challenge = value("code_challenge").ok_or_else(|| wrong("code_challenge is required"))?;
        if value("code_challenge_method").as_deref() != Some("S256") {
            return Err(wrong("code_challenge_method must be S256"));
        }
        let callback = value("callback_url");
        let is_local = |url: &String| ["http://127.0.0.1:", "http://localhost:"].iter().any(|at| url.starts_with(at));
        if callback.as_ref().is_some_and(|url| !is_local(url)) {
            return Err(wrong("the demo goes back to this computer alone"));
        }
        let state = value("state");
        Ok(Self { query, challenge, callback, state })
    }
}

async fn page(query: RawQuery) -> Answer {
    let Asked { query, .. } = match Asked::read(query) {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    let link = |path: &str, text: &str| format!("<p><a href=\"/auth/{path}?{}\">{text}</a></p>", attribute(&query));
    let links = [
        link("allow", "Allow Easel to use this demo"),
        link("refuse", "Refuse"),
        link("allow-expired", "Allow, with a code that has expired"),
    ];
    html(&format!("<h1>Sign in to the demo</h1>{}", links.concat()))
}

async fn allow(State(shared): Hub, query: RawQuery) -> Answer {
    answer(&shared, query, false)
}

async fn allow_expired(State(shared): Hub, query: RawQuery) -> Answer {
    answer(&shared, query, true)
}

fn answer(shared: &Shared, query: RawQuery, is_expired: bool) -> Answer {
    let asked = match Asked::read(query) {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    let code = format!("code-{:032x}", fastrand::u128(..));
    let issued = Issued { challenge: asked.challenge, is_expired, at: Instant::now() };
    shared.codes.lock().unwrap_or_else(PoisonError::into_inner).insert(code.clone(), issued);
    match asked.callback {
        Some(callback) => {
            let state = asked.state.map_or_else(String::new, |state| format!("&state={}", encoded(&state)));
            back(&format!("{callback}?code={code}{state}"))
        }
        None => html(&format!("<h1>Your code</h1><p><code>{code}</code></p>")),
    }
}

async fn refuse(query: RawQuery) -> Answer {
    match Asked::read(query) {
        Ok(Asked { callback: Some(callback), .. }) => back(&format!("{callback}?error=access_denied")),
        Ok(_) => html("<h1>Refused</h1>"),
        Err(answer) => *answer,
    }
}

async fn keys(State(shared): Hub, body: Bytes) -> Answer {
    let refuse = |status, why: &str| Refusal::plain(status, why.to_owned()).into_answer();
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return refuse(400, "Invalid JSON in request body");
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("code_challenge_method") != "S256" {
        return refuse(400, "Invalid code_challenge_method");
    }
    // Whatever becomes of it, it was used.
    let issued = shared.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(text("code"));
    let Some(issued) = issued else { return refuse(400, "Invalid code") };
    if issued.is_expired || issued.at.elapsed() > GOOD_FOR {
        return refuse(403, "The code has expired");
    }
    let digest = ring::digest::digest(&ring::digest::SHA256, text("code_verifier").as_bytes());
    if URL_SAFE_NO_PAD.encode(digest) != issued.challenge {
        return refuse(403, "Invalid code_verifier");
    }
    json_answer(200, &json!({"key": format!("demo-{:032x}", fastrand::u128(..)), "user_id": "demo"}))
}

fn html(body: &str) -> Answer {
    let page = format!("<!doctype html><meta charset=\"utf-8\"><title>Easel demo</title>{body}");
    with_type(200, "text/html; charset=utf-8", page)
}

fn back(address: &str) -> Answer {
    let mut answer = with_type(302, "text/plain; charset=utf-8", String::new());
    put(answer.headers_mut(), "location", address);
    answer
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        rest = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                after.get(2..).unwrap_or_default()
            }
            (b'+', ..) => {
                bytes.push(b' ');
                after
            }
            (other, ..) => {
                bytes.push(*other);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_browsers_write_them() {
        assert_eq!(decoded("http%3A%2F%2F127.0.0.1%3A1%2Fx%20y+z%"), "http://127.0.0.1:1/x y z%");
        assert_eq!(encoded("a b/~ü"), "a%20b%2F~%C3%BC");
        assert_eq!(attribute("a\"<&"), "a&quot;&lt;&amp;");
    }

    #[test]
    fn only_s256_and_this_computer_are_taken() {
        let read = |query: &str| Asked::read(RawQuery(Some(query.to_owned()))).is_ok();
        let s256 = "code_challenge=x&code_challenge_method=S256";
        assert!(read(s256));
        assert!(read(&format!("{s256}&callback_url=http%3A%2F%2F127.0.0.1%3A5%2Fa")));
        assert!(!read(&format!("{s256}&callback_url=https%3A%2F%2Fevil.example%2F")));
        assert!(!read("code_challenge=x&code_challenge_method=plain"));
        assert!(!read("code_challenge=x") && !read("code_challenge_method=S256") && !read(""));
    }
}
