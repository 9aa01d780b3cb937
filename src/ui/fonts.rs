//! The bundled fonts: Inter for text, Phosphor for icons.
//!
//! Inter comes first everywhere; what it lacks is drawn from Phosphor (icons inside a sentence), then from egui's own
//! fonts, then from the fonts of the system (eframe's `system_fonts`). Files and licences are in `assets/fonts`.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontTweak};

/// The regular cut, as a file: drawings that name no known font are set in it too.
pub const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");

/// Inter SemiBold; ordinary text is the proportional family.
pub fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Phosphor regular, centred on its em box.
pub fn icons() -> FontFamily {
    FontFamily::Name("icons".into())
}

/// Phosphor fill: the same code points as [`icons`], filled.
pub fn icons_fill() -> FontFamily {
    FontFamily::Name("icons-fill".into())
}

/// Icons sit on the em box, letters on the baseline: this lowers an icon to the middle of the capitals beside it.
const ICON_DROP_IN_TEXT: f32 = 0.07;

pub(crate) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let regular = REGULAR;
    let bold = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");
    let icon = include_bytes!("../../assets/fonts/Phosphor.ttf");
    let icon_fill = include_bytes!("../../assets/fonts/Phosphor-Fill.ttf");

    let mut add = |name: &str, data: FontData| {
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    add("inter", FontData::from_static(regular));
    add("inter-semibold", FontData::from_static(bold));
    add("phosphor", FontData::from_static(icon));
    add("phosphor-fill", FontData::from_static(icon_fill));
    let in_text = FontTweak { y_offset_factor: ICON_DROP_IN_TEXT, ..Default::default() };
    add("phosphor-in-text", FontData::from_static(icon).tweak(in_text));

    let mut fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    // Hack has shapes and box lines that neither Inter nor egui's first font draws.
    fallback.push("Hack".to_owned());
    let family = |first: &[&str]| -> Vec<String> {
        first.iter().map(ToString::to_string).chain(fallback.iter().cloned()).collect()
    };
    let text = family(&["inter", "phosphor-in-text"]);
    let strong = family(&["inter-semibold", "phosphor-in-text", "inter"]);
    fonts.families.insert(semibold(), strong);
    fonts.families.insert(icons(), family(&["phosphor", "inter"]));
    fonts.families.insert(icons_fill(), family(&["phosphor-fill", "phosphor", "inter"]));
    if let Some(monospace) = fonts.families.get_mut(&FontFamily::Monospace) {
        monospace.extend(text.iter().take(2).cloned());
    }
    fonts.families.insert(FontFamily::Proportional, text);
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::FontId;

    fn with_fonts<R>(run: impl FnOnce(&mut egui::epaint::text::FontsView<'_>) -> R) -> R {
        let mut fonts = egui::epaint::text::Fonts::new(Default::default(), definitions());
        run(&mut fonts.with_pixels_per_point(1.0))
    }

    #[test]
    fn figures_are_of_equal_width_in_both_weights() {
        for family in [FontFamily::Proportional, semibold()] {
            let font = FontId::new(13.0, family);
            let widths = with_fonts(|f| ('0'..='9').map(|c| f.glyph_width(&font, c)).collect::<Vec<_>>());
            assert!(widths.iter().all(|w| *w == widths[0]), "{widths:?}");
            assert!(widths[0] > 0.0);
        }
    }

    #[test]
    fn text_of_the_interface_has_its_glyphs_without_system_fonts() {
        let text = "Aa Żółw Ωμέγα Жук … – — “ ” × · ≤ ≥ ≈ ½ → ← ↑ ↓ ⏎ ⌘ ⇧ ★ ☆ ● € ∞ µ ° −";
        for family in [FontFamily::Proportional, semibold()] {
            let font = FontId::new(13.0, family);
            let missing: String = with_fonts(|f| text.chars().filter(|c| !f.has_glyph(&font, *c)).collect());
            assert_eq!(missing, "");
        }
    }

    #[test]
    fn every_named_icon_is_in_both_icon_fonts() {
        for family in [icons(), icons_fill()] {
            let font = FontId::new(16.0, family);
            with_fonts(|f| {
                for (name, icon) in super::super::icons::ALL {
                    assert!(f.has_glyph(&font, *icon), "{name}");
                }
            });
        }
    }
}
