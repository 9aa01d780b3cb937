//! What a picture file says about how it was made: written in without touching a pixel, and read out of any file.
//!
//! Imports this layer, roxmltree through resvg, serde_json, flate2, kamadak-exif and md-5. Writing goes through the containers
//! alone: every byte that is not metadata of the same name stays as it is, and what others have put into the XMP stays
//! beside ours. Reading trusts nothing: texts are counted against one limit per file, whatever is cut off or breaks the
//! rules is passed over, and no input ends in a panic.
//!
//! Where it stands, so that other programs find it:
//!
//! ```text
//! PNG    iTXt XML:com.adobe.xmp, Description, Comment, Software      GIF  application extension XMP DataXMP
//! JPEG   APP1 with XMP, long parts in APP1 with Extended XMP         SVG  <metadata> first in the root
//! WebP   chunk "XMP ", made into the extended form where it is not
//! ```
//!
//! Begin with [`embed`] and [`read`]; the packet itself is in `xmp.rs`, what other programs write in `foreign.rs`.

mod about;
mod exif;
mod foreign;
mod gif;
mod jpeg;
mod png;
mod strip;
mod svg;
mod webp;
mod xmp;

#[cfg(test)]
mod tests;

use super::{Error, Format, Size};
pub use about::{About, about};
pub(super) use gif::has_end as gif_has_end;
pub(super) use png::seen as png_chunks;
pub(super) use webp::{parts as webp_parts, without_claims as webp_without_claims};

/// Most text that is taken out of one file, in bytes, decompressed.
const MAX_TEXT: usize = 16 << 20;

/// Holds what is to be written into a file. Empty texts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embedded {
    /// In plain language, where other programs look for a description.
    pub prompt: String,
    /// The model's name for people.
    pub model: String,
    /// The settings for people: `16:9 · 2K`.
    pub settings: String,
    /// The program that writes, with its version.
    pub software: String,
    /// Our own recipe as JSON; not looked into here. Given back as the same text by [`read`], noncharacters escaped.
    pub recipe: String,
}

/// Holds what a file says about how it was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The JSON that [`embed`] was given; `None`: Easel has put none in. It may come from anybody all the same.
    pub ours: Option<String>,
    /// What the file says in words of its own or of another program; also there beside `ours`.
    pub foreign: Option<Foreign>,
}

/// Tells in whose way a file says it, and so how far `prompt` can be trusted to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `parameters` as text: AUTOMATIC1111, Forge, SD.Next and many others.
    Automatic1111,
    InvokeAi,
    /// A graph of nodes, of which what leads to the picture was read.
    ComfyUi,
    SwarmUi,
    /// JSON with common names, such as Fooocus and NovelAI write.
    Json,
    /// A chunk of text for each setting.
    Chunks,
    /// XMP that names the prompt as such, ours or IPTC's.
    Xmp,
    /// A description or title, which may be a prompt or not.
    Description,
}

/// Holds what others, or XMP, say about how a picture was made. `None` and empty: not said.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    pub notation: Notation,
    /// The program's name, with its version where it is told.
    pub program: Option<String>,
    pub prompt: Option<String>,
    pub negative_prompt: Option<String>,
    pub model: Option<String>,
    /// A whole number, digit for digit as it is written; some programs have more digits than 64 bits hold.
    pub seed: Option<String>,
    /// As it was asked for; the picture may have another one.
    pub size: Option<Size>,
    /// Everything else as the program writes it, names and values: `("Steps", "30")`. Whole graphs and what nobody
    /// understands too. A name may come more than once; at most a thousand.
    pub fields: Vec<(String, serde_json::Value)>,
}

/// Says in texts what a file holds, before anybody asks who wrote them.
#[derive(Debug, Default)]
struct Texts {
    /// By the name that the format gives them, such as `parameters` or `UserComment`; in the order of the file.
    pairs: Vec<(String, String)>,
    xmp: xmp::Said,
}

impl Texts {
    /// Gives the texts of this name.
    fn all(&self, key: &'static str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(name, _)| name == key).map(|(_, text)| text.as_str())
    }
}

/// Writes the recipe into a picture of this format; one that Easel put in earlier is replaced.
///
/// The picture itself is not encoded again. Of other metadata only the description, the comment and the program's name
/// are replaced. Errors: [`Error::Truncated`] and [`Error::Damaged`] when the container cannot be followed.
pub fn embed(bytes: &[u8], format: Format, embedded: &Embedded) -> Result<Vec<u8>, Error> {
    match format {
        Format::Png => png::write(bytes, embedded),
        Format::Jpeg => jpeg::write(bytes, embedded),
        Format::WebP => webp::write(bytes, embedded),
        Format::Gif => gif::write(bytes, embedded),
        Format::Svg => svg::write(bytes, embedded),
    }
}

/// Returns the file without what says anything but the picture: location, camera, prompts, comments. Pixels, colours and
/// which way is up stay. `None`: a drawing, or a container that cannot be followed to its end.
pub fn strip(bytes: &[u8], format: Format) -> Option<Vec<u8>> {
    strip::strip(bytes, format)
}

/// Reads what a file says about how it was made; empty for a file that says nothing or is no picture.
///
/// Works on damaged and cut-off files as far as they go. It does not decode the picture, but reads through the whole
/// file: not for the window's thread.
pub fn read(bytes: &[u8]) -> Found {
    let texts = match Format::sniff(bytes) {
        Some(Format::Png) => png::read(bytes),
        Some(Format::Jpeg) => jpeg::read(bytes),
        Some(Format::WebP) => webp::read(bytes),
        Some(Format::Gif) => gif::read(bytes),
        Some(Format::Svg) => svg::read(bytes),
        None => Texts::default(),
    };
    Found { foreign: foreign::recognise(&texts), ours: texts.xmp.recipe }
}
