//! Embedded colour profiles: what a file means by its numbers becomes sRGB.
//!
//! Imports moxcms, image's buffers, and zune-jpeg for the inks of print files, which image gives away. A profile that
//! is broken, absurd or of another kind than the pixels is passed over, as browsers do: the numbers are then taken as
//! sRGB. One that is sRGB in all but name changes no pixel.

mod cmyk;

use std::sync::Arc;

use super::error::caught;
use image::DynamicImage;
use moxcms::{
    Chromaticity, CicpProfile, CmsError, ColorPrimaries, ColorProfile, DataColorSpace, Layout, MatrixCoefficients,
    ToneReprCurve, Transform8BitExecutor, TransformExecutor, TransformOptions,
};

pub(super) use cmyk::decode as decode_cmyk;

/// Larger profiles are passed over; those of print, the largest there are, have up to 3 MB.
pub(super) const MAX_BYTES: usize = 8 << 20;
/// White, red, green and blue of sRGB, each x and y.
const SRGB_POINTS: [f32; 8] = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
/// Steps per channel of the colours on which a profile is tried out.
const STEPS: usize = 17;

/// Tells how the numbers of a file are meant.
pub(super) struct Profile {
    profile: ColorProfile,
}

impl Profile {
    /// Reads an ICC profile; `None` where there is nothing to convert by it: it is sRGB, broken, too large, or of a
    /// colour space that pictures are not stored in.
    pub(super) fn read(icc: &[u8]) -> Option<Profile> {
        if icc.len() > MAX_BYTES {
            log::warn!("a colour profile of {} bytes is passed over", icc.len());
            return None;
        }
        Profile::guarded(|| ColorProfile::new_from_slice(icc))
    }

    /// Makes the profile that code points of ITU-T H.273 name; `None` as for [`Profile::read`].
    pub(super) fn of_code(primaries: u8, transfer: u8, full_range: bool) -> Option<Profile> {
        Profile::guarded(|| {
            let mut profile = ColorProfile::new_srgb();
            profile.update_rgb_colorimetry_from_cicp(CicpProfile {
                color_primaries: primaries.try_into()?,
                transfer_characteristics: transfer.try_into()?,
                matrix_coefficients: MatrixCoefficients::Identity,
                full_range,
            });
            // Without a name for it, the curves are what counts.
            profile.cicp = None;
            Ok(profile)
        })
    }

    /// Makes the profile of a file that says the exponent of its numbers alone, and perhaps its white, red, green and
    /// blue; `None` as for [`Profile::read`], and where that is sRGB but for rounding.
    pub(super) fn of_gamma(gamma: f32, points: Option<[[f32; 2]; 4]>) -> Option<Profile> {
        // As libpng does: less than a twentieth is no difference.
        let is_usual = (gamma * 2.2 - 1.0).abs() < 0.05;
        let points = points.filter(|points| {
            points.as_flattened().iter().zip(SRGB_POINTS).any(|(one, srgb)| (one - srgb).abs() > 0.002)
        });
        if (is_usual && points.is_none()) || !(0.05..=20.0).contains(&gamma) {
            return None;
        }
        Profile::guarded(|| {
            let mut profile = ColorProfile::new_srgb();
            profile.cicp = None;
            if let Some(points) = points {
                let [white, red, green, blue] = points.map(|[x, y]| Chromaticity::new(x, y));
                profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
            }
            if !is_usual {
                let curve = ToneReprCurve::Parametric(vec![1.0 / gamma]);
                profile.red_trc = Some(curve.clone());
                profile.green_trc = Some(curve.clone());
                profile.blue_trc = Some(curve);
            }
            Ok(profile)
        })
    }

    /// Makes a profile and tries it out. The crate works on hostile numbers; whatever it does costs the profile only.
    fn guarded(make: impl FnOnce() -> Result<ColorProfile, CmsError>) -> Option<Profile> {
        match caught(|| make().and_then(Profile::tried)) {
            Some(Ok(profile)) => profile,
            Some(Err(error)) => {
                log::warn!("a colour profile is passed over: {error:?}");
                None
            }
            None => {
                log::warn!("a colour profile is passed over: it cannot be read");
                None
            }
        }
    }

    /// Converts a few colours with a profile.
    fn tried(profile: ColorProfile) -> Result<Option<Profile>, CmsError> {
        let profile = Profile { profile };
        let (layout, colours) = match profile.profile.color_space {
            DataColorSpace::Rgb => (Layout::Rgb, lattice()),
            DataColorSpace::Gray => (Layout::Gray, (0..=u8::MAX).collect()),
            DataColorSpace::Cmyk => (Layout::Rgba, [0, 255].repeat(2)),
            _ => return Err(CmsError::UnsupportedProfileConnection),
        };
        let transform = profile.to_rgba(layout)?;
        let channels = layout.channels();
        let mut converted = vec![0; colours.len() / channels * 4];
        transform.transform(&colours, &mut converted)?;
        let is_same = |(from, to): (&[u8], &[u8])| {
            let at = |channel: usize| from.get(channel % channels).copied().unwrap_or_default();
            to.iter().take(3).enumerate().all(|(channel, to)| to.abs_diff(at(channel)) <= 1)
        };
        let is_srgb = channels < 4 && colours.chunks(channels).zip(converted.chunks(4)).all(is_same);
        Ok((!is_srgb).then_some(profile))
    }

    /// Tells whether the file's numbers are amounts of printing inks.
    pub(super) fn is_cmyk(&self) -> bool {
        self.profile.color_space == DataColorSpace::Cmyk
    }

    fn to_rgba(&self, layout: Layout) -> Result<Arc<Transform8BitExecutor>, CmsError> {
        let srgb = ColorProfile::new_srgb();
        self.profile.create_transform_8bit(layout, &srgb, Layout::Rgba, TransformOptions::default())
    }

    fn to_rgba16(&self, layout: Layout) -> Result<Arc<dyn TransformExecutor<u16> + Send + Sync>, CmsError> {
        let srgb = ColorProfile::new_srgb();
        self.profile.create_transform_16bit(layout, &srgb, Layout::Rgba, TransformOptions::default())
    }
}

/// Every colour of a coarse grid.
fn lattice() -> Vec<u8> {
    let step = |index: usize| (index * 255 / (STEPS - 1)) as u8;
    let colour = |n: usize| [step(n / STEPS / STEPS), step(n / STEPS % STEPS), step(n % STEPS)];
    (0..STEPS * STEPS * STEPS).flat_map(colour).collect()
}

/// Converts a picture to sRGB with 8 bits per channel, straight alpha; `None` when the profile does not go with its
/// channels or fails on them, and the picture is lost.
///
/// 16 bits are converted before they are cut to 8. No more is allocated than for the same picture without a profile,
/// but for 8-bit RGBA a second buffer of two rows.
pub(super) fn to_srgb(picture: DynamicImage, profile: &Profile) -> Option<Vec<u8>> {
    match caught(|| convert(picture, profile)) {
        Some(Ok(rgba)) => Some(rgba),
        Some(Err(error)) => {
            log::warn!("a colour profile is passed over: {error:?}");
            None
        }
        None => {
            log::warn!("a colour profile is passed over: it fails on the pixels");
            None
        }
    }
}

fn convert(picture: DynamicImage, profile: &Profile) -> Result<Vec<u8>, CmsError> {
    let width = picture.width() as usize;
    // Grey files are often given the RGB profile of their editor.
    let is_grey_as_rgb = profile.profile.color_space == DataColorSpace::Rgb && !picture.color().has_color();
    match picture {
        picture if is_grey_as_rgb => in_place(picture.into_rgba8().into_raw(), width, profile),
        DynamicImage::ImageRgba8(image) => in_place(image.into_raw(), width, profile),
        DynamicImage::ImageRgb8(image) => rows8(image.as_raw(), width, Layout::Rgb, profile),
        DynamicImage::ImageLuma8(image) => rows8(image.as_raw(), width, Layout::Gray, profile),
        DynamicImage::ImageLumaA8(image) => rows8(image.as_raw(), width, Layout::GrayAlpha, profile),
        DynamicImage::ImageRgba16(image) => rows16(image.as_raw(), width, Layout::Rgba, profile),
        DynamicImage::ImageRgb16(image) => rows16(image.as_raw(), width, Layout::Rgb, profile),
        DynamicImage::ImageLuma16(image) => rows16(image.as_raw(), width, Layout::Gray, profile),
        DynamicImage::ImageLumaA16(image) => rows16(image.as_raw(), width, Layout::GrayAlpha, profile),
        _ => Err(CmsError::InvalidLayout),
    }
}

fn rows8(samples: &[u8], width: usize, layout: Layout, profile: &Profile) -> Result<Vec<u8>, CmsError> {
    let transform = profile.to_rgba(layout)?;
    let row = width * layout.channels();
    let mut rgba = vec![0; samples.len() / layout.channels() * 4];
    for (from, to) in samples.chunks_exact(row).zip(rgba.chunks_exact_mut(width * 4)) {
        transform.transform(from, to)?;
    }
    Ok(rgba)
}

/// Four channels become four in their own memory.
fn in_place(mut rgba: Vec<u8>, width: usize, profile: &Profile) -> Result<Vec<u8>, CmsError> {
    let transform = profile.to_rgba(Layout::Rgba)?;
    let mut from = vec![0; width * 4];
    for row in rgba.chunks_exact_mut(width * 4) {
        from.copy_from_slice(row);
        transform.transform(&from, row)?;
    }
    Ok(rgba)
}

fn rows16(samples: &[u16], width: usize, layout: Layout, profile: &Profile) -> Result<Vec<u8>, CmsError> {
    let transform = profile.to_rgba16(layout)?;
    let mut line = vec![0_u16; width * 4];
    let mut rgba = Vec::with_capacity(samples.len() / layout.channels() * 4);
    for row in samples.chunks_exact(width * layout.channels()) {
        transform.transform(row, &mut line)?;
        rgba.extend(line.iter().map(|value| ((u32::from(*value) * 255 + 32_767) / 65_535) as u8));
    }
    Ok(rgba)
}

#[cfg(test)]
mod tests;
