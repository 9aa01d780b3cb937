//! Finished pictures as they go over the wire, and what the faults do to them.
//!
//! Imports `faults`. The bomb and the hostile SVG are real files a careless decoder would fall for.

use super::faults::Faults;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A picture ready to be sent.
#[derive(Clone, Debug)]
pub struct Delivered {
    pub b64: String,
    pub media_type: &'static str,
}

impl Delivered {
    pub fn new(bytes: &[u8], media_type: &'static str) -> Delivered {
        Delivered { b64: STANDARD.encode(bytes), media_type }
    }
}

/// Whether a fault asks for JPEG bytes under a PNG name.
pub fn wants_wrong_type(faults: &Faults) -> bool {
    faults.has("wrong-type")
}

/// Encodes a picture and spoils it as the faults ask.
pub fn deliver(bytes: &[u8], media_type: &'static str, faults: &Faults) -> Delivered {
    if faults.has("corrupt") {
        let mut whole = Delivered::new(bytes, media_type);
        whole.b64.insert_str(whole.b64.len() / 2, "%%not base64%%");
        return whole;
    }
    if faults.has("garbage") {
        let noise: Vec<u8> = blake3::hash(bytes).as_bytes().repeat(32);
        return Delivered::new(&noise, media_type);
    }
    if faults.has("bomb") {
        return Delivered::new(&bomb(), "image/png");
    }
    if faults.has("truncated") {
        return Delivered::new(bytes.get(..bytes.len() / 2).unwrap_or_default(), media_type);
    }
    if faults.has("svg-hostile") {
        return Delivered::new(hostile_svg().as_bytes(), "image/svg+xml");
    }
    if wants_wrong_type(faults) {
        return Delivered::new(bytes, "image/png");
    }
    Delivered::new(bytes, media_type)
}

/// A valid, tiny PNG whose header claims 60000 x 60000 pixels of 16-bit RGBA: 29 GB when decoded.
pub fn bomb() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(60_000u32.to_be_bytes());
    header.extend(60_000u32.to_be_bytes());
    header.extend([16, 6, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &header);
    // One stored deflate block with a few zero bytes: valid zlib, far too little data.
    let data = [0x78, 0x01, 0x01, 0x04, 0x00, 0xFB, 0xFF, 0, 0, 0, 0, 0x00, 0x04, 0x00, 0x01];
    chunk(&mut png, b"IDAT", &data);
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let mut body = kind.to_vec();
    body.extend(data);
    png.extend(&body);
    png.extend(crc32(&body).to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

fn hostile_svg() -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"256\" height=\"256\" \
         onload=\"alert(1)\">\n<script>fetch('http://127.0.0.1:9/stolen')</script>\n\
         <image href=\"file:///etc/passwd\" width=\"64\" height=\"64\"/>\n\
         <image xlink:href=\"http://127.0.0.1:9/tracker.png\" width=\"64\" height=\"64\"/>\n\
         <style>@import url('http://127.0.0.1:9/style.css');</style>\n\
         <rect width=\"256\" height=\"256\" fill=\"#8a4fbf\"/>\n",
    );
    svg.push_str(&"<g>".repeat(3000));
    svg.push_str("<circle cx=\"128\" cy=\"128\" r=\"60\" fill=\"#f2b053\"/>");
    svg.push_str(&"</g>".repeat(3000));
    svg.push_str("\n</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bomb_is_small_and_claims_to_be_huge() {
        let bytes = bomb();
        assert!(bytes.len() < 200);
        let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
        assert_eq!(reader.into_dimensions().unwrap(), (60_000, 60_000));
    }
}
