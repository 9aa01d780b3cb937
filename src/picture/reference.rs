//! Makes pictures fit to be sent along with a request.
//!
//! Imports this layer only. Services take PNG, JPEG, WebP and GIF, and requests have a limit: what fits goes as it
//! is, without what it says beside the picture; what is too large is scaled and written anew; drawings become PNG. The
//! original is never changed, and what was written anew is upright sRGB, with no EXIF or profile left.

use super::edited::draw_marks;
use super::metadata::strip;
use super::{
    Drawing, Encoding, Error, Format, Info, Limits, Pixels, ReferenceEdit, Size, View, apply_edit, decode,
    decode_flawed, encode, fit, probe,
};

/// Bounds what is sent as one reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrepareLimits {
    /// Longest side in pixels; 2,048 by default.
    pub max_side: u32,
    /// Size of the file in bytes, before base64; 4 MiB by default.
    pub max_bytes: usize,
    /// Location, prompts and whatever else a file says beside the picture is sent too; not by default.
    pub keep_metadata: bool,
}

impl Default for PrepareLimits {
    fn default() -> Self {
        PrepareLimits { max_side: 2048, max_bytes: 4 << 20, keep_metadata: false }
    }
}

/// Holds a reference ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Prepared {
    pub bytes: Vec<u8>,
    /// Media type of `bytes`, such as `image/png`.
    pub media_type: &'static str,
    /// Upright size of what is sent.
    pub size: Size,
    /// What the given file was.
    pub original: Info,
    /// False when `bytes` are those that were given.
    pub changed: bool,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Prepared { bytes, media_type, size, original, changed } = self;
        let length = bytes.len();
        write!(f, "Prepared({size}, {media_type}, {length} bytes, changed: {changed}, from {original:?})")
    }
}

/// JPEG qualities tried in turn before the picture is made smaller.
const QUALITIES: [u8; 3] = [90, 80, 70];
/// No side is made smaller than this to fit.
const MIN_SIDE: u32 = 16;

/// Prepares a picture for sending: untouched when it fits, else scaled and written anew.
///
/// With transparency it becomes PNG, else JPEG; drawings become PNG with their longer side at the limit. Errors as
/// [`decode()`], or [`Error::Encode`] when even a tiny copy exceeds `max_bytes`.
pub fn prepare(bytes: &[u8], limits: &PrepareLimits) -> Result<Prepared, Error> {
    let decoding = Limits::default();
    if Format::sniff(bytes) == Some(Format::Svg) {
        return prepare_edited(bytes, &ReferenceEdit::default(), limits);
    }
    let original = probe(bytes, &decoding)?;
    // A service would refuse what is cut off or damaged.
    let (mut pixels, flaw) = decode_flawed(bytes, &decoding)?;
    if original.size.longer_side() <= limits.max_side && bytes.len() <= limits.max_bytes && flaw.is_none() {
        let kept = if limits.keep_metadata { Some(bytes.to_vec()) } else { strip(bytes, original.format) };
        // A container that cannot be followed is written anew, so that nothing in it goes along.
        if let Some(kept) = kept {
            let (changed, media_type) = (kept != bytes, original.format.media_type());
            return Ok(Prepared { bytes: kept, media_type, size: original.size, original, changed });
        }
    }
    if pixels.size.longer_side() > limits.max_side {
        pixels = fit(&pixels, limits.max_side);
    }
    if pixels.is_opaque() {
        write_to_fit(pixels, &QUALITIES.map(|quality| Encoding::Jpeg { quality }), original, limits)
    } else {
        write_to_fit(pixels, &[Encoding::Png], original, limits)
    }
}

/// Prepares the edited copy of a picture for sending; an empty edit is none, as [`prepare`].
///
/// It becomes PNG where that fits, or JPEG where the original is one and nothing is transparent. Errors as [`prepare`].
pub fn prepare_edited(bytes: &[u8], edit: &ReferenceEdit, limits: &PrepareLimits) -> Result<Prepared, Error> {
    let decoding = Limits::default();
    if Format::sniff(bytes) == Some(Format::Svg) {
        let drawing = Drawing::parse(bytes, &decoding)?;
        let original = Info { format: Format::Svg, size: drawing.natural_size(), has_alpha: true };
        return prepare_drawing(original, edit, limits, |view| drawing.draw(view));
    }
    if edit.is_empty() {
        return prepare(bytes, limits);
    }
    let original = probe(bytes, &decoding)?;
    let copy = apply_edit(&decode(bytes, &decoding)?, original.size, edit)?;
    let copy = if copy.size.longer_side() > limits.max_side { fit(&copy, limits.max_side) } else { copy };
    let photo = QUALITIES.map(|quality| Encoding::Jpeg { quality });
    let [best, good, fair] = photo;
    match (copy.is_opaque(), original.format) {
        (true, Format::Jpeg) => write_to_fit(copy, &photo, original, limits),
        (true, _) => write_to_fit(copy, &[Encoding::Png, best, good, fair], original, limits),
        (false, _) => write_to_fit(copy, &[Encoding::Png], original, limits),
    }
}

/// Prepares a drawing of which `original` is known, and which somebody else draws. Errors as [`prepare`] and theirs.
pub fn prepare_drawing(
    original: Info,
    edit: &ReferenceEdit,
    limits: &PrepareLimits,
    draw: impl FnOnce(View) -> Result<Pixels, Error>,
) -> Result<Prepared, Error> {
    if edit.is_empty() {
        let pixels = draw(View::Whole { max_side: limits.max_side })?;
        return write_to_fit(pixels, &[Encoding::Png], original, limits);
    }
    let part = edit.left_of(original.size);
    let scale = limits.max_side as f32 / part.size().longer_side() as f32;
    let region = [part.x, part.y, part.width, part.height].map(|number| number as f32);
    let mut copy = draw(View::Region { scale, region })?;
    let [left, top, ..] = region;
    draw_marks(&mut copy, &edit.marks, scale, [left * scale, top * scale])?;
    write_to_fit(fit(&copy, limits.max_side), &[Encoding::Png], original, limits)
}

/// Tries the encodings in turn, then smaller and smaller copies of the same pixels.
fn write_to_fit(
    pixels: Pixels,
    encodings: &[Encoding],
    original: Info,
    limits: &PrepareLimits,
) -> Result<Prepared, Error> {
    let mut side = pixels.size.longer_side();
    let mut copy = pixels;
    loop {
        let mut smallest = usize::MAX;
        for encoding in encodings {
            let bytes = encode(&copy, encoding, [255; 3])?;
            if bytes.len() <= limits.max_bytes {
                let media_type = encoding.format().media_type();
                return Ok(Prepared { bytes, media_type, size: copy.size, original, changed: true });
            }
            smallest = smallest.min(bytes.len());
        }
        if side <= MIN_SIDE {
            let format = encodings.first().map_or(Format::Png, |encoding| encoding.format());
            return Err(Error::encode(format, format!("it does not fit into {} bytes", limits.max_bytes)));
        }
        // Bytes go with the area, roughly: aim a little below, but never by less than a tenth or more than a half.
        let ratio = (limits.max_bytes as f64 / smallest as f64).sqrt() * 0.95;
        side = ((f64::from(side) * ratio.clamp(0.5, 0.9)) as u32).max(MIN_SIDE);
        copy = fit(&copy, side);
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn limits(max_side: u32, max_bytes: usize) -> PrepareLimits {
        PrepareLimits { max_side, max_bytes, keep_metadata: false }
    }

    fn noise(side: u32, alpha: u8) -> Pixels {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let rgba = (0..side * side).flat_map(|_| [next(), next(), next(), alpha]).collect();
        Pixels::new(Size { width: side, height: side }, rgba).unwrap()
    }

    #[test]
    fn what_fits_goes_untouched() {
        for (format, bytes) in samples::all().into_iter().filter(|(format, _)| *format != Format::Svg) {
            let prepared = prepare(&bytes, &PrepareLimits::default()).unwrap();
            assert!(prepared.bytes == bytes && !prepared.changed, "{format:?}");
            assert_eq!((prepared.media_type, prepared.size), (format.media_type(), samples::SIZE));
        }
    }

    #[test]
    fn too_large_sides_are_scaled() {
        let bytes = samples::png(image::ColorType::Rgb8);
        let prepared = prepare(&bytes, &limits(50, 4 << 20)).unwrap();
        assert_eq!((prepared.media_type, prepared.size), ("image/jpeg", samples::SIZE.fitted(50)));
        assert_eq!((prepared.original.format, prepared.original.size), (Format::Png, samples::SIZE));
        assert!(prepared.changed);
        assert_eq!(decode(&prepared.bytes, &Limits::default()).unwrap().size, prepared.size);
    }

    #[test]
    fn heavy_files_become_lighter_until_they_fit() {
        for (alpha, media_type, max_bytes) in [(255, "image/jpeg", 30_000), (90, "image/png", 30_000)] {
            let heavy = samples::png_of(&noise(160, alpha));
            assert!(heavy.len() > 60_000);
            let prepared = prepare(&heavy, &limits(2048, max_bytes)).unwrap();
            assert!(prepared.bytes.len() <= max_bytes, "{} bytes", prepared.bytes.len());
            assert_eq!(prepared.media_type, media_type);
            assert!(prepared.size.width >= 60, "it is not made needlessly small: {}", prepared.size);
            let has_alpha = !decode(&prepared.bytes, &Limits::default()).unwrap().is_opaque();
            assert_eq!(has_alpha, alpha < 255);
        }
    }

    #[test]
    fn quality_goes_before_size() {
        let heavy = samples::png_of(&noise(160, 255));
        let at_90 = encode(&noise(160, 255), &Encoding::Jpeg { quality: 90 }, [0; 3]).unwrap().len();
        let prepared = prepare(&heavy, &limits(2048, at_90 - 1)).unwrap();
        assert_eq!(prepared.size, Size { width: 160, height: 160 });
    }

    #[test]
    fn rotated_photo_comes_out_upright() {
        let photo = samples::jpeg_of(&samples::scene(Size { width: 400, height: 300 }));
        let prepared = prepare(&samples::with_orientation(&photo, 6), &limits(200, 4 << 20)).unwrap();
        assert_eq!(prepared.original.size, Size { width: 300, height: 400 });
        let sent = decode(&prepared.bytes, &Limits::default()).unwrap();
        assert_eq!((sent.size, prepared.size), (Size { width: 150, height: 200 }, sent.size));
        let turned = image::RgbaImage::from_raw(400, 300, decode(&photo, &Limits::default()).unwrap().rgba).unwrap();
        let turned = image::imageops::rotate90(&turned).into_raw();
        let expected = fit(&Pixels::new(Size { width: 300, height: 400 }, turned).unwrap(), 200);
        assert!(samples::psnr(&sent, &expected) > 30.0);
    }

    #[test]
    fn drawing_becomes_a_png_at_the_limit() {
        let prepared = prepare(&samples::svg(), &limits(640, 4 << 20)).unwrap();
        assert_eq!((prepared.media_type, prepared.size.longer_side()), ("image/png", 640));
        assert_eq!(prepared.original.format, Format::Svg);
        assert!(prepared.changed);
        let small = prepare(&samples::svg(), &limits(640, 3_000)).unwrap();
        assert!(small.bytes.len() <= 3_000 && small.size.longer_side() < 640);
    }

    fn crop(x: u32, y: u32, width: u32, height: u32) -> ReferenceEdit {
        ReferenceEdit { crop: Some(super::super::Crop { x, y, width, height }), marks: vec![] }
    }

    #[test]
    fn an_edited_copy_is_cropped_before_it_is_made_to_fit() {
        let photo = samples::jpeg_of(&samples::scene(Size { width: 400, height: 300 }));
        let prepared = prepare_edited(&photo, &crop(100, 50, 80, 60), &limits(200, 4 << 20)).unwrap();
        assert_eq!((prepared.media_type, prepared.size), ("image/jpeg", Size { width: 80, height: 60 }));
        assert_eq!(prepared.original.size, Size { width: 400, height: 300 });
        let png = prepare_edited(&samples::png_of(&noise(160, 255)), &crop(0, 0, 160, 80), &limits(100, 4 << 20));
        let png = png.unwrap();
        assert_eq!((png.media_type, png.size, png.changed), ("image/png", Size { width: 100, height: 50 }, true));
        let heavy = prepare_edited(&samples::png_of(&noise(160, 255)), &crop(0, 0, 160, 150), &limits(200, 30_000));
        assert_eq!(heavy.unwrap().media_type, "image/jpeg");
    }

    #[test]
    fn a_crop_of_a_photo_that_lies_on_its_side_is_meant_upright() {
        let photo = samples::jpeg_of(&samples::scene(Size { width: 400, height: 300 }));
        let turned = samples::with_orientation(&photo, 6);
        let sent = prepare_edited(&turned, &crop(0, 0, 300, 100), &limits(2048, 4 << 20)).unwrap();
        assert_eq!(sent.size, Size { width: 300, height: 100 });
    }

    #[test]
    fn a_part_of_a_drawing_is_as_sharp_as_the_limit_allows_and_carries_its_marks() {
        let drawing = samples::svg();
        let size = Drawing::parse(&drawing, &Limits::default()).unwrap().natural_size();
        let mut edit = crop(size.width / 2, size.height / 2, size.width / 4, size.height / 4);
        let (x, y) = (size.width as f32 * 0.625, size.height as f32 * 0.625);
        edit.marks.push(super::super::Mark {
            shape: super::super::Shape::Stroke(vec![[x, y]]),
            color: [1, 254, 3],
            width: size.width as f32 / 20.0,
        });
        let sent = prepare_edited(&drawing, &edit, &limits(640, 4 << 20)).unwrap();
        assert_eq!((sent.media_type, sent.size.longer_side()), ("image/png", 640));
        let pixels = decode(&sent.bytes, &Limits::default()).unwrap();
        let middle = (pixels.size.height / 2 * pixels.size.width + pixels.size.width / 2) as usize;
        assert_eq!(pixels.rgba.as_chunks::<4>().0[middle], [1, 254, 3, 255]);
    }

    #[test]
    fn without_an_edit_it_is_prepared_as_ever() {
        let photo = samples::jpeg();
        let prepared = prepare_edited(&photo, &ReferenceEdit::default(), &PrepareLimits::default()).unwrap();
        assert!(!prepared.changed && prepared.bytes == photo);
    }

    #[test]
    fn impossible_limit_is_an_error() {
        let result = prepare(&samples::jpeg(), &limits(2048, 20));
        assert!(matches!(result, Err(Error::Encode { .. })), "{result:?}");
    }

    #[test]
    fn debug_does_not_print_the_bytes() {
        let prepared = prepare(&samples::jpeg(), &PrepareLimits::default()).unwrap();
        assert!(format!("{prepared:?}").len() < 200);
    }
}
