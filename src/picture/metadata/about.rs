//! What a file says of its frames and its colours, for people; read from the container without decoding a picture.
//!
//! Imports the containers of this room and moxcms. Invariant: what is not said, or cannot be read, is `None`.

use moxcms::{ColorProfile, ProfileText};

use super::super::Format;
use super::super::error::guarded;
use super::{gif, jpeg, png, webp};

/// Longest profile that is looked into, bytes; the largest there are have up to 3 MB.
const MAX_PROFILE: usize = 8 << 20;

/// Holds what a file says of itself besides words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Pictures in the file, 1 where it is no animation; as many as are there, whatever the header promises. `None`: a
    /// drawing, or no picture.
    pub frames: Option<u32>,
    /// The name of the colour profile, `sRGB` where the file says so, or the code points of `cICP`. `None`: not said.
    pub profile: Option<String>,
}

/// Reads it; works on damaged and cut-off files as far as they go.
pub fn about(bytes: &[u8]) -> About {
    let Some(format) = Format::sniff(bytes) else { return About::default() };
    // The format only names the error, which nobody sees.
    let read = guarded(format, || {
        Ok(match format {
            Format::Png => of_png(bytes),
            Format::Jpeg => About { frames: Some(1), profile: jpeg::profile(bytes).as_deref().and_then(name) },
            Format::WebP => {
                let frames = webp::chunks(bytes).filter(|chunk| chunk.id == *b"ANMF").count();
                About { frames: Some(at_least_one(frames)), profile: webp::parts(bytes).profile.and_then(name) }
            }
            Format::Gif => {
                let frames = gif::blocks(bytes).filter(|block| block.all.first() == Some(&0x2c)).count();
                About { frames: Some(at_least_one(frames)), profile: None }
            }
            Format::Svg => About::default(),
        })
    });
    read.unwrap_or_default()
}

fn of_png(bytes: &[u8]) -> About {
    let (mut frames, mut code_points, mut is_srgb) = (0, None, false);
    for chunk in png::chunks(bytes) {
        match (&chunk.kind, chunk.data) {
            (b"fcTL", _) => frames += 1,
            (b"cICP", [primaries, transfer, ..]) => code_points = Some(format!("cICP {primaries}/{transfer}")),
            (b"sRGB", _) => is_srgb = true,
            _ => {}
        }
    }
    let embedded = || png::seen(bytes, MAX_PROFILE).profile.as_deref().and_then(name);
    let profile = code_points.or_else(embedded).or_else(|| is_srgb.then(|| "sRGB".to_owned()));
    About { frames: Some(at_least_one(frames)), profile }
}

fn at_least_one(frames: usize) -> u32 {
    u32::try_from(frames).unwrap_or(u32::MAX).max(1)
}

/// Names a profile as it names itself.
fn name(icc: &[u8]) -> Option<String> {
    let profile = ColorProfile::new_from_slice(icc.get(..icc.len().min(MAX_PROFILE))?).ok()?;
    let text = match profile.description? {
        ProfileText::PlainString(text) => text,
        ProfileText::Localizable(texts) => {
            let english = texts.iter().find(|text| text.language.eq_ignore_ascii_case("en"));
            english.or(texts.first())?.value.clone()
        }
        ProfileText::Description(text) => text.ascii_string,
    };
    let text = text.trim_matches(['\0', ' ']).to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::super::tests::programs::png_with;
    use super::*;

    #[test]
    fn frames_are_counted_in_every_format() {
        for (format, bytes) in samples::all() {
            let frames = (format != Format::Svg).then_some(1);
            assert_eq!(about(&bytes), About { frames, profile: about(&bytes).profile }, "{format:?}");
            for cut in (0..bytes.len()).step_by(37) {
                let _some = about(&bytes[..cut]);
            }
        }
        let animated =
            png_with(&[(b"acTL", vec![0, 0, 0, 9, 0, 0, 0, 0]), (b"fcTL", vec![0; 26]), (b"fcTL", vec![0; 26])]);
        assert_eq!(about(&animated).frames, Some(2), "as many as there are, not as many as promised");
    }

    #[test]
    fn colours_are_named_as_the_file_names_them() {
        assert_eq!(about(&png_with(&[(b"sRGB", vec![0])])).profile.as_deref(), Some("sRGB"));
        let cicp = png_with(&[(b"sRGB", vec![0]), (b"cICP", vec![12, 13, 0, 1])]);
        assert_eq!(about(&cicp).profile.as_deref(), Some("cICP 12/13"), "which goes before");
        assert_eq!(about(&png_with(&[(b"iCCP", vec![1, 2, 3])])).profile, None);
        let icc = ColorProfile::new_display_p3().encode().unwrap();
        let written = name(&icc);
        assert!(written.is_none_or(|name| !name.contains('\0')));
    }
}
