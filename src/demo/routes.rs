//! The paths of the service and what each answers.
//!
//! Imports the other parts of `demo`. Discovery needs no key and ignores a bad one; everything else wants the demo key.

use super::answer::{Answer, Refusal, json_answer, put, with_type};
use super::check;
use super::choose::{Order, choose};
use super::doorway::Switch;
use super::faults::{self, Faults};
use super::models::Model;
use super::record::record;
use super::spoil::Delivered;
use super::stream::{self, Job};
use super::{KEY, work};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::{HeaderMap, Request};
use axum::routing::{get, post};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream as streams};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep_until};

/// Largest request body; larger ones are refused with 413.
pub const BODY_LIMIT: usize = 64 << 20;

pub struct Shared {
    pub table: Vec<Model>,
    pub pace: Duration,
    /// How often each fault that passes has been seen, by fault, session and prompt.
    pub seen: Mutex<HashMap<String, u32>>,
    /// What all generations so far would have cost.
    pub spent: Mutex<f64>,
    /// Codes of sign-ins that were not used yet.
    pub codes: Mutex<super::sign_in::Codes>,
}

pub type Hub = State<Arc<Shared>>;

pub fn router(shared: Arc<Shared>) -> Router {
    let paths = Router::new()
        .route("/images/models", get(models))
        .route("/images/models/{author}/{slug}/endpoints", get(endpoints))
        .route("/images", post(generate))
        .route("/images/generations", post(generate))
        .route("/models", get(all_models))
        .route("/key", get(key))
        .route("/credits", get(credits))
        .route("/auth/keys", super::sign_in::exchange());
    let missing = || async { Refusal::plain(404, "Not Found".to_owned()).into_answer() };
    let wrong_method = || async { Refusal::plain(405, "Method Not Allowed".to_owned()).into_answer() };
    let pages = super::sign_in::pages();
    let api = Router::new().nest("/api/v1", paths.method_not_allowed_fallback(wrong_method));
    api.merge(pages).fallback(missing).with_state(shared)
}

async fn models(State(shared): Hub) -> Answer {
    let list: Vec<Value> = shared.table.iter().map(Model::to_json).collect();
    json_answer(200, &json!({"data": list}))
}

async fn endpoints(State(shared): Hub, Path((author, slug)): Path<(String, String)>) -> Answer {
    let id = format!("{author}/{slug}");
    match shared.table.iter().find(|model| model.id == id) {
        Some(model) => json_answer(200, &model.endpoints_json()),
        None => Refusal::plain(404, format!("Model {id} not found")).into_answer(),
    }
}

async fn all_models(State(shared): Hub, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let mut modalities = query.split('&').filter_map(|pair| pair.strip_prefix("output_modalities="));
    let wanted = modalities.any(|list| list.replace("%2C", ",").split(',').any(|m| m == "image" || m == "all"));
    let list: Vec<Value> = shared.table.iter().filter(|_| wanted).map(Model::to_chat_json).collect();
    json_answer(200, &json!({"data": list}))
}

async fn key(State(shared): Hub, headers: HeaderMap) -> Answer {
    if let Err(refusal) = authorise(&headers) {
        return refusal.into_answer();
    }
    let spent = *shared.spent.lock().unwrap_or_else(PoisonError::into_inner);
    json_answer(
        200,
        &json!({"data": {"label": "demo", "limit": null, "limit_remaining": null, "limit_reset": null, "usage": spent,
            "usage_daily": spent, "usage_weekly": spent, "usage_monthly": spent, "byok_usage": 0, "byok_usage_daily": 0,
            "byok_usage_weekly": 0, "byok_usage_monthly": 0, "include_byok_in_limit": false, "is_free_tier": false,
            "is_management_key": false, "is_provisioning_key": false, "expires_at": null, "creator_user_id": "demo",
            "organization_id": null, "workspace_id": "demo", "allowed_data_regions": [],
            "free_model_daily_requests": {"used": 0, "limit": 1000, "remaining": 1000},
            "rate_limit": {"requests": -1, "interval": "10s", "note": "This field is deprecated"}}}),
    )
}

async fn credits(State(shared): Hub, headers: HeaderMap) -> Answer {
    if let Err(refusal) = authorise(&headers) {
        return refusal.into_answer();
    }
    let spent = *shared.spent.lock().unwrap_or_else(PoisonError::into_inner);
    json_answer(200, &json!({"data": {"total_credits": 100.0, "total_usage": spent}}))
}

async fn generate(
    State(shared): Hub,
    ConnectInfo(switch): ConnectInfo<Switch>,
    headers: HeaderMap,
    request: Request<Body>,
) -> Answer {
    match prepare(&shared, &headers, request.into_body()).await {
        Ok((order, faults)) => serve(&shared, order, faults, &switch).await,
        Err(answer) => answer,
    }
}

/// Key, body, schema, faults that refuse, choice of endpoint: everything before painting.
async fn prepare(shared: &Shared, headers: &HeaderMap, body: Body) -> Result<(Order, Faults), Answer> {
    authorise(headers).map_err(Refusal::into_answer)?;
    let body = read(body).await.map_err(Refusal::into_answer)?;
    // Others, such as tests of this server itself, may ask for anything.
    if headers.get("user-agent").is_some_and(|agent| agent.as_bytes().starts_with(b"easel/")) {
        record(&body);
    }
    let bad_json = |_| Refusal::plain(400, "Invalid JSON in request body".to_owned()).into_answer();
    let body: Value = serde_json::from_slice(&body).map_err(bad_json)?;
    let mut wishes = check::check(&body).map_err(|issues| Refusal::Schema(issues).into_answer())?;
    let unknown = |name| {
        let known: Vec<&str> = faults::FAULTS.iter().map(|(name, _)| *name).collect();
        Refusal::plain(400, format!("The demo knows no fault @@{name}; it knows {}", known.join(", "))).into_answer()
    };
    let (prompt, faults) = faults::take(&wishes.prompt).map_err(unknown)?;
    wishes.prompt = prompt;
    let order = choose(&wishes, &shared.table).map_err(Refusal::into_answer)?;
    let provider = endpoint_of(shared, &order).map_or("", |e| e.provider_name);
    let session = wishes.session.clone().or_else(|| headers.get("x-session-id")?.to_str().ok().map(str::to_owned));
    for name in faults.names() {
        if name.ends_with("-once") {
            let key = format!("{name}\n{}\n{}", session.as_deref().unwrap_or_default(), wishes.prompt);
            let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let times = seen.entry(key).or_insert(0);
            *times += 1;
            if *times > 1 {
                continue;
            }
        }
        if let Some(answer) = faults::refuse(name, &wishes.model, provider) {
            return Err(answer);
        }
    }
    Ok((order, faults))
}

fn endpoint_of<'s>(shared: &'s Shared, order: &Order) -> Option<&'s super::models::Endpoint> {
    shared.table.get(order.model)?.endpoints.get(order.endpoint)
}

async fn serve(shared: &Shared, order: Order, faults: Faults, switch: &Switch) -> Answer {
    let (Some(model), Some(endpoint)) = (shared.table.get(order.model), endpoint_of(shared, &order)) else {
        return Refusal::plain(500, "Internal Server Error".to_owned()).into_answer();
    };
    if faults.has("cut-before") {
        switch.throw();
        return with_type(200, "application/json", "");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let created = if model.timeless { 0 } else { now.as_secs() };
    let id = format!("gen-img-{}-{:012x}", now.as_secs(), fastrand::u64(..) >> 16);
    let works = work::plan(&order, model).await;
    let streams = order.stream;
    let asked = works.len() as u64;
    let delivered = if faults.has("fewer") { asked.saturating_sub(1) } else { asked };
    let delivered = if faults.has("empty") { 0 } else { delivered };
    let usage = Job::usage(&order, endpoint, &faults, if streams { 1 } else { delivered });
    let cost = usage["cost"].as_f64().unwrap_or(0.0) * if streams { delivered as f64 } else { 1.0 };
    *shared.spent.lock().unwrap_or_else(PoisonError::into_inner) += cost;
    let job = Job { order, works, faults, pace: shared.pace, created, usage };
    let mut answer = if streams { stream::answer(job) } else { buffered(job, delivered as usize).await };
    put(answer.headers_mut(), "x-generation-id", &id);
    put(answer.headers_mut(), "x-provider-name", endpoint.provider_name);
    answer
}

/// Paints everything, waits until as much time has passed as a real model takes, and answers in one piece.
async fn buffered(job: Job, delivered: usize) -> Answer {
    let began = Instant::now();
    let mut pictures: Vec<Delivered> = Vec::new();
    for work in job.works.iter().take(delivered) {
        pictures.push(work.finish(&job.faults).await);
    }
    let slowness = if job.faults.has("slow") { 4.0 } else { 1.0 };
    let total = work::duration(&job.order, job.pace).mul_f32(slowness * (1.0 + 0.35 * (delivered.max(1) - 1) as f32));
    sleep_until(began + total).await;
    if ["error-mid", "error-code-number"].iter().any(|name| job.faults.has(name)) {
        let error = json!({"code": 502, "message": "The provider failed while painting."});
        return json_answer(200, &json!({"error": error}));
    }
    let data: Vec<Value> = pictures.iter().map(|p| json!({"b64_json": p.b64, "media_type": p.media_type})).collect();
    let mut body = json!({"created": job.created, "data": data});
    if !job.usage.is_null() {
        body["usage"] = job.usage.clone();
    }
    if job.faults.has("unknown-events") {
        body["mood"] = json!({"unknown": [1, null, "field"]});
    }
    broken(&job.faults, body.to_string().into())
}

/// The body, whole or broken off in one of three ways.
fn broken(faults: &Faults, whole: Bytes) -> Answer {
    let half = whole.slice(..whole.len() / 2);
    let first = streams::iter([Ok::<Bytes, io::Error>(half)]);
    let body = if faults.has("cut") {
        Body::from_stream(first.chain(streams::once(stream::broken_off())))
    } else if faults.has("end-early") {
        Body::from_stream(first)
    } else if faults.has("stall") {
        Body::from_stream(first.chain(streams::pending()))
    } else {
        Body::from(whole)
    };
    with_type(200, "application/json", body)
}

fn authorise(headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match given.strip_prefix("Bearer ").map(str::trim) {
        Some(key) if key == KEY || key.starts_with("demo-") => Ok(()),
        Some(key) if !key.is_empty() => Err(Refusal::plain(401, "User not found.".to_owned())),
        _ => Err(Refusal::plain(401, "No cookie auth credentials found".to_owned())),
    }
}

/// Reads a body up to the limit. A larger one is still taken in, up to four times the limit, because a client that is
/// cut off while sending never sees the 413.
async fn read(body: Body) -> Result<Bytes, Refusal> {
    let mut whole = BytesMut::new();
    let mut total = 0;
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Refusal::plain(400, "The request body broke off".to_owned()))?;
        total += part.len();
        if total <= BODY_LIMIT {
            whole.extend_from_slice(&part);
        } else if total > 4 * BODY_LIMIT {
            break;
        } else {
            whole = BytesMut::new();
        }
    }
    if total > BODY_LIMIT {
        let metadata = json!({"error_type": "payload_too_large"});
        let message = format!("Request body too large: the limit is {} MiB", BODY_LIMIT >> 20);
        return Err(Refusal::Form1 { status: 413, message, metadata });
    }
    Ok(whole.freeze())
}
