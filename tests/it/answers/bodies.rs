//! The parts that answers are made of.

use base64::Engine as _;
use easel::picture::{Encoding, Pixels, Size, encode};
use serde_json::json as value;

/// One event of a stream.
#[derive(Clone, Debug)]
pub enum Piece {
    Data(String),
    /// A result whose picture cannot be read.
    Broken,
    /// Lines that mean nothing.
    Rubbish,
}

/// A picture that really decodes, one for each number.
pub fn picture(number: u8) -> Vec<u8> {
    let size = Size { width: 4 + u32::from(number), height: 5 };
    let rgba = (0..size.area() * 4).map(|at| (at as u8).wrapping_mul(number)).collect();
    encode(&Pixels::new(size, rgba).unwrap(), &Encoding::Png, [0; 3]).unwrap()
}

pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// An entry of a buffered answer's list.
pub fn data(number: u8) -> String {
    value!({ "b64_json": base64(&picture(number)) }).to_string()
}

pub fn list(entries: &[String]) -> String {
    format!("\"data\":[{}]", entries.join(","))
}

/// A buffered answer with one member more.
pub fn json(entries: &[String], more: &str) -> String {
    let comma = if more.is_empty() { "" } else { "," };
    format!("{{\"created\":1,{},\"usage\":{{\"cost\":0.03}}{comma}{more}}}", list(entries))
}

pub fn partial(number: u8) -> Piece {
    event("partial_image", number)
}

pub fn completed(number: u8) -> Piece {
    event("completed", number)
}

fn event(kind: &str, number: u8) -> Piece {
    let kind = format!("image_generation.{kind}");
    Piece::Data(value!({ "type": kind, "b64_json": base64(&picture(number)) }).to_string())
}

pub fn error_event() -> Piece {
    Piece::Data(value!({ "type": "error", "error": { "message": "Slow down", "code": 429 } }).to_string())
}

pub fn done() -> Piece {
    Piece::Data("[DONE]".to_owned())
}

/// The text of a stream.
pub fn stream(events: &[Piece]) -> String {
    let one = |piece: &Piece| match piece {
        Piece::Data(text) => format!("data: {text}\n\n"),
        Piece::Broken => "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"!!!\"}\n\n".to_owned(),
        Piece::Rubbish => "nonsense\ndata: {\"type\":\"moon\"}\n\ndata: <p>\n\n: \n\n".to_owned(),
    };
    events.iter().map(one).collect()
}
