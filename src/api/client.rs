//! The client: one base address, one key, six calls.
//!
//! May import the types of `api` only. Invariants: the key goes to the configured host alone, and only with the calls
//! that need it; redirects are not followed and nothing is repeated here, for a repeated `POST` may be paid twice.

use super::loose::member;
use super::network::moved;
use super::readable::clip;
use super::reply;
use super::response::{Form, instead_of_json};
use super::transport::{
    Deadline, Identity, LIST_CAP, body_cap, host_of, http_client, parse_base, read_body, send_error, too_large,
};
use super::{
    ApiKey, Credits, Endpoint, Error, EventStream, GenerationRequest, GenerationResponse, KeyInfo, ModelId, ModelList,
    Refusal, Reply, ReplyBody, Timeouts, json, parse_endpoints, parse_models,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{RequestBuilder, Response, Url};
use serde_json::Value;
use std::sync::Arc;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// Speaks to one service. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Arc<Url>,
    key: Option<ApiKey>,
    timeouts: Timeouts,
}

impl Client {
    /// Prepares a client; nothing is sent yet. Without a key, calls that need one are refused by the service.
    ///
    /// Fails with `Unsendable` when the base address is not an http(s) URL, or holds credentials, a query or a
    /// fragment, or when the system's certificates cannot be loaded.
    pub fn new(base_url: &str, key: Option<ApiKey>, timeouts: Timeouts) -> Result<Self, Error> {
        Self::with_identity(base_url, key, timeouts, Identity::App)
    }

    /// The same, and says whether the service is told which program asks.
    ///
    /// # Errors
    /// As for [`Client::new`].
    pub fn with_identity(
        base_url: &str,
        key: Option<ApiKey>,
        timeouts: Timeouts,
        identity: Identity,
    ) -> Result<Self, Error> {
        let base = parse_base(base_url)?;
        let http = http_client(&base, &timeouts, identity)?;
        Ok(Self { http, base: Arc::new(base), key, timeouts })
    }

    /// Returns the base address, without a slash at its end and without credentials.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Lists the image models; where `/images/models` is not there (404), by the general model list.
    pub async fn models(&self) -> Result<ModelList, Error> {
        let missing = match self.get("/images/models", false).await {
            Err(Error::Refused(refusal)) if refusal.status == Some(404) => Error::Refused(refusal),
            answer => return parse_models(&answer?),
        };
        match self.get("/models?output_modalities=image", false).await {
            Err(Error::Refused(refusal)) if refusal.status == Some(404) => Err(missing),
            answer => parse_models(&answer?),
        }
    }

    /// Returns the endpoints of a model and the answer as received, for a cache. An unknown model is `NotFound`.
    pub async fn endpoints(&self, model: &ModelId) -> Result<(Vec<Endpoint>, Value), Error> {
        let parts = [model.author(), model.slug()];
        if parts.iter().any(|part| matches!(*part, "." | "..")) || model.slug().is_empty() {
            return Err(Error::Unsendable { reason: "the model's id is not usable in an address".to_owned() });
        }
        let path: String =
            parts.iter().filter(|part| !part.is_empty()).map(|part| format!("/{}", encoded(part))).collect();
        let raw = self.get(&format!("/images/models{path}/endpoints"), false).await?;
        Ok((parse_endpoints(&raw)?, raw))
    }

    /// Says what the key may do; the check whether it is good.
    pub async fn key_info(&self) -> Result<KeyInfo, Error> {
        let mut info = KeyInfo::parse(&self.get("/key", true).await?);
        if let (Some(key), Some(label)) = (&self.key, &mut info.label) {
            key.hide(label);
        }
        Ok(info)
    }

    /// Returns the account's credits; `None` when this key may not see them (403) or the answer does not say.
    pub async fn credits(&self) -> Result<Option<Credits>, Error> {
        match self.get("/credits", true).await {
            Err(Error::Refused(refusal)) if refusal.status == Some(403) => Ok(None),
            answer => Ok(Credits::parse(&answer?)),
        }
    }

    /// Sends one generation and returns the answer, whole or as a stream, as its content type says.
    ///
    /// Fails as [`Client::begin`] does. Dropping the future cancels the call.
    pub async fn generate(&self, request: &GenerationRequest) -> Result<Reply, Error> {
        Ok(self.begin(request).await?.read().await)
    }

    /// Sends one generation and returns as soon as the service begins to answer it with success, or has answered with
    /// pictures whatever it calls them.
    ///
    /// A failure means that no answer of success had begun; `Unreachable`, that nothing was sent. Dropping the future
    /// cancels the call.
    pub async fn begin(&self, request: &GenerationRequest) -> Result<Answer, Error> {
        let deadline = Deadline::after(self.timeouts.whole);
        let call = self
            .http
            .post(self.url("/images")?)
            .header(ACCEPT, if request.stream { EVENTS } else { JSON })
            .header(CONTENT_TYPE, JSON)
            .body(request.to_body());
        let response = self.send(self.with_key(call)?, &deadline).await?;
        let header = |name: &str| {
            let mut text = clip(response.headers().get(name)?.to_str().ok()?, 200);
            self.key.iter().for_each(|key| key.hide(&mut text));
            Some(text)
        };
        let (generation_id, provider) = (header("x-generation-id"), header("x-provider-name"));
        let media_type = media_type(&response);
        let cap = body_cap(request.parameters.get("n").and_then(Value::as_u64).unwrap_or(1));
        let source = if response.status().is_success() {
            Source::Open(response)
        } else {
            Source::Read(Box::new(self.refused(response, &media_type, &deadline, cap).await?))
        };
        Ok(Answer { generation_id, provider, client: self.clone(), media_type, source, deadline, cap })
    }

    pub(super) async fn get(&self, path: &str, needs_key: bool) -> Result<Value, Error> {
        let deadline = Deadline::after(self.timeouts.silence.min(self.timeouts.whole));
        let call = self.http.get(self.url(path)?).header(ACCEPT, JSON);
        self.ask(if needs_key { self.with_key(call)? } else { call }, &deadline).await
    }

    /// Sends a small call that no key goes with.
    pub(super) async fn post_without_key(&self, path: &str, body: &Value) -> Result<Value, Error> {
        let deadline = Deadline::after(self.timeouts.silence.min(self.timeouts.whole));
        let call = self.http.post(self.url(path)?).header(ACCEPT, JSON).header(CONTENT_TYPE, JSON);
        self.ask(call.body(body.to_string()), &deadline).await
    }

    /// Sends a small call and reads its answer.
    async fn ask(&self, call: RequestBuilder, deadline: &Deadline) -> Result<Value, Error> {
        let response = self.send(call, deadline).await?;
        let (media_type, status, headers) = (media_type(&response), response.status(), response.headers().clone());
        let asked = response.url().clone();
        // Nothing is paid for here, so nobody waits for what will not be read.
        if response.content_length().is_some_and(|announced| announced > LIST_CAP as u64) {
            return Err(too_large(LIST_CAP));
        }
        let (body, ended) = read_body(response, deadline, LIST_CAP).await;
        if !status.is_success() {
            return Err(self.without_key(self.refusal(status.as_u16(), &headers, &body, &asked)));
        }
        ended.map_or(Ok(()), Err)?;
        parse_json(&media_type, &body).map_err(|error| match error {
            Error::Refused(refusal) => self.without_key(*refusal),
            other => other,
        })
    }

    async fn send(&self, call: RequestBuilder, deadline: &Deadline) -> Result<Response, Error> {
        let sent = deadline.run(call.send()).await?;
        sent.map_err(|error| send_error(&error, &host_of(&self.base), &self.timeouts))
    }

    /// Reads an answer's own error.
    fn refusal(&self, status: u16, headers: &HeaderMap, body: &[u8], asked: &Url) -> Refusal {
        let mut refusal = Refusal::parse(status, headers, body);
        let location = (300..400).contains(&status).then(|| headers.get(LOCATION)?.to_str().ok()).flatten();
        if let Some(location) = location {
            refusal.message = moved(asked, &self.base, location);
        }
        refusal
    }

    /// Reads an answer whose status says that it failed; it may hold pictures all the same.
    async fn refused(
        &self,
        response: Response,
        media_type: &str,
        deadline: &Deadline,
        cap: usize,
    ) -> Result<GenerationResponse, Error> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let asked = response.url().clone();
        // How the body ends does not matter: the status says what happened.
        let (body, _) = read_body(response, deadline, cap).await;
        let mut refusal = self.refusal(status, &headers, &body, &asked);
        let whole = reply::read_body(media_type, body, None, self.key.as_ref());
        if whole.images.is_empty() {
            return Err(self.without_key(refusal));
        }
        self.key.iter().for_each(|key| key.hide_in(&mut refusal));
        Ok(GenerationResponse { error: Some(Box::new(refusal)), ..whole })
    }

    fn with_key(&self, call: RequestBuilder) -> Result<RequestBuilder, Error> {
        let Some(key) = &self.key else { return Ok(call) };
        let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
            .map_err(|_| Error::Unsendable { reason: "the key cannot be sent".to_owned() })?;
        value.set_sensitive(true);
        Ok(call.header(AUTHORIZATION, value))
    }

    fn without_key(&self, mut refusal: Refusal) -> Error {
        self.key.iter().for_each(|key| key.hide_in(&mut refusal));
        Error::Refused(Box::new(refusal))
    }

    fn url(&self, path: &str) -> Result<Url, Error> {
        Url::parse(&format!("{}{path}", self.base()))
            .map_err(|_| Error::Unsendable { reason: "the address of the call is not usable".to_owned() })
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { base, key, timeouts, http: _ } = self;
        f.debug_struct("Client")
            .field("base", &base.as_str())
            .field("key", key)
            .field("timeouts", timeouts)
            .finish_non_exhaustive()
    }
}

/// An answer whose first bytes have come, and which is one of success or holds pictures; dropping it closes the
/// connection.
#[derive(Debug)]
pub struct Answer {
    /// `X-Generation-Id`, under which the service keeps its record.
    pub generation_id: Option<String>,
    /// `X-Provider-Name`: who makes the picture.
    pub provider: Option<String>,
    client: Client,
    media_type: String,
    source: Source,
    deadline: Deadline,
    /// The most bytes that a buffered answer may have.
    cap: usize,
}

#[derive(Debug)]
enum Source {
    Open(Response),
    /// It was called a failure.
    Read(Box<GenerationResponse>),
}

impl Answer {
    /// Reads a whole answer to its end, or hands out the stream that is to be read.
    ///
    /// Whatever came is in it, however it ended and whatever else it says: see [`GenerationResponse`].
    pub async fn read(self) -> Reply {
        let Self { generation_id, provider, client, media_type, source, deadline, cap } = self;
        let body = match source {
            Source::Read(whole) => ReplyBody::Whole(whole),
            Source::Open(response) if media_type == EVENTS => {
                let stream = EventStream::new(response, client.key, &client.timeouts, deadline);
                ReplyBody::Stream(Box::new(stream))
            }
            Source::Open(response) => {
                let (body, ended) = read_body(response, &deadline, cap).await;
                if Form::of(&media_type, &body) == Form::Events {
                    ReplyBody::Stream(Box::new(EventStream::of_body(&body, ended, client.key, deadline)))
                } else {
                    ReplyBody::Whole(Box::new(reply::read_body(&media_type, body, ended, client.key.as_ref())))
                }
            }
        };
        Reply { generation_id, provider, body }
    }
}

/// Returns the content type without its parameters, in lower case; empty when there is none.
fn media_type(response: &Response) -> String {
    let header = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn parse_json(media_type: &str, body: &[u8]) -> Result<Value, Error> {
    let unreadable = |reason: String| Error::Unreadable { reason };
    let parsed = json::parse(body).ok_or_else(|| unreadable(instead_of_json(media_type, body)))?;
    if parsed.cut {
        return Err(unreadable("its JSON is cut off".to_owned()));
    }
    match member(&parsed.value, "error") {
        Some(_) => Err(Error::Refused(Box::new(Refusal::from_answer(&parsed.value)))),
        None => Ok(parsed.value),
    }
}

/// Percent-encodes one part of a path: everything but letters, digits and `-._~`.
fn encoded(part: &str) -> String {
    part.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
