//! Answers in the service's own forms: errors of form 1 and form 2, and the headers every generation carries.
//!
//! Imports only axum and serde_json. Invariant: the code in a form 1 body is the HTTP status.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

pub type Answer = Response<Body>;

/// Why a request is not served.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// `{error: {code, message, metadata}}`
    Form1 { status: u16, message: String, metadata: Value },
    /// A list of Zod issues, status 400.
    Schema(Vec<Value>),
}

impl Refusal {
    pub fn plain(status: u16, message: String) -> Refusal {
        Refusal::Form1 { status, message, metadata: Value::Null }
    }

    pub fn into_answer(self) -> Answer {
        match self {
            Refusal::Form1 { status, message, metadata } => {
                let mut error = json!({"code": status, "message": message});
                if !metadata.is_null() {
                    error["metadata"] = metadata;
                }
                json_answer(status, &json!({"error": error}))
            }
            Refusal::Schema(issues) => {
                let message = serde_json::to_string_pretty(&issues).unwrap_or_default();
                json_answer(400, &json!({"success": false, "error": {"name": "ZodError", "message": message}}))
            }
        }
    }
}

/// A JSON answer; an impossible status becomes 500.
pub fn json_answer(status: u16, body: &Value) -> Answer {
    with_type(status, "application/json", body.to_string())
}

pub fn with_type(status: u16, content_type: &'static str, body: impl Into<Body>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// Adds a header if its value can be one.
pub fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
