//! The colours of both themes.
//!
//! Pictures are the only colour of the window: grounds and text are neutral, one accent marks one thing at a time, and
//! a state never speaks by its colour alone.

use egui::Color32;

/// The colours of one theme.
#[derive(Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Where pictures lie.
    pub background: Color32,
    /// Left, right, top and bottom.
    pub panel: Color32,
    /// Fields, combo boxes, buttons, chips, selected rows.
    pub raised: Color32,
    /// Under the pointer.
    pub hover: Color32,
    /// The rail of a slider.
    pub track: Color32,
    /// Menus and dialogs, which lie over everything.
    pub menu: Color32,
    /// One point between panels and rows.
    pub line: Color32,
    /// Values.
    pub text: Color32,
    /// Labels.
    pub soft: Color32,
    /// Defaults and what is disabled; never for what must be read.
    pub faint: Color32,
    /// The main action, the active frame, the set value.
    pub accent: Color32,
    /// The main action under the pointer.
    pub accent_hover: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// Words in the colour of the accent, on any ground.
    pub accent_text: Color32,
    /// The ground of selected text and entries.
    pub accent_soft: Color32,
    pub good: Color32,
    pub bad: Color32,
    pub info: Color32,
    /// Grounds of words that one version has and the other has not.
    pub added: Color32,
    pub removed: Color32,
    /// The two squares under transparent pictures.
    pub checker: [Color32; 2],
    /// Around pictures when the artist wants it: neutral grey, black, white; the same in both themes.
    pub grounds: [Color32; 3],
    /// Lines between large pixels.
    pub pixel_line: Color32,
    /// Text over a picture, and the shade that carries it.
    pub on_picture: Color32,
    pub shade: Color32,
    /// Stars over a picture and in lists.
    pub star: Color32,
    /// The colour labels, red, yellow, green, blue and purple: in panels, and over pictures.
    pub labels: [Color32; 5],
    pub labels_on_picture: [Color32; 5],
    /// Under menus and dialogs.
    pub shadow: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// Middle grey is that of lightness 50.
const GROUNDS: [Color32; 3] = [rgb(0x77_77_77), rgb(0x00_00_00), rgb(0xff_ff_ff)];
/// Seen on any colour but its own, which is the middle one.
const PIXEL_LINE: Color32 = Color32::from_rgba_premultiplied(0x38, 0x38, 0x38, 0x70);

/// Bright enough for any picture, over the shade.
const LABELS: [Color32; 5] = [rgb(0xf0_65_5c), rgb(0xf2_c9_4c), rgb(0x5f_c2_7e), rgb(0x5a_a2_f0), rgb(0xb9_8a_f0)];

pub static DARK: Tokens = Tokens {
    background: rgb(0x16_16_17),
    panel: rgb(0x1e_1e_20),
    raised: rgb(0x28_28_2b),
    hover: rgb(0x31_31_35),
    track: rgb(0x36_36_3b),
    menu: rgb(0x23_23_26),
    line: rgb(0x33_33_37),
    text: rgb(0xe4_e4_e7),
    soft: rgb(0xa3_a3_ab),
    faint: rgb(0x76_76_7f),
    accent: rgb(0xe8_a3_3d),
    accent_hover: rgb(0xf0_b2_55),
    on_accent: rgb(0x1c_13_05),
    accent_text: rgb(0xe8_a3_3d),
    accent_soft: rgb(0x43_35_20),
    good: rgb(0x6c_c0_8b),
    bad: rgb(0xe5_71_6a),
    info: rgb(0x7f_b1_e8),
    added: rgb(0x2a_3d_31),
    removed: rgb(0x4a_2c_2c),
    checker: [rgb(0x24_24_26), rgb(0x2e_2e_31)],
    grounds: GROUNDS,
    pixel_line: PIXEL_LINE,
    on_picture: rgb(0xff_ff_ff),
    shade: Color32::from_black_alpha(170),
    star: rgb(0xf0_a8_3c),
    labels: LABELS,
    labels_on_picture: LABELS,
    shadow: Color32::from_black_alpha(110),
};

pub static LIGHT: Tokens = Tokens {
    background: rgb(0xd9_d9_db),
    panel: rgb(0xec_ec_ee),
    raised: rgb(0xfb_fb_fc),
    hover: rgb(0xff_ff_ff),
    track: rgb(0xcf_cf_d4),
    menu: rgb(0xf6_f6_f8),
    line: rgb(0xcb_cb_d0),
    text: rgb(0x1d_1d_20),
    soft: rgb(0x5a_5a_63),
    faint: rgb(0x78_78_81),
    accent: rgb(0xa8_66_00),
    accent_hover: rgb(0x98_5c_00),
    on_accent: rgb(0xff_ff_ff),
    accent_text: rgb(0x8a_52_00),
    accent_soft: rgb(0xf3_e3_c8),
    good: rgb(0x2a_86_57),
    bad: rgb(0xc2_3b_33),
    info: rgb(0x2f_6d_b3),
    added: rgb(0xcf_ea_d6),
    removed: rgb(0xf6_d5_d2),
    checker: [rgb(0xe4_e4_e6), rgb(0xf4_f4_f5)],
    grounds: GROUNDS,
    pixel_line: PIXEL_LINE,
    on_picture: rgb(0xff_ff_ff),
    shade: Color32::from_black_alpha(170),
    star: rgb(0xf0_a8_3c),
    labels: [rgb(0xc2_3b_33), rgb(0x93_70_00), rgb(0x2a_86_57), rgb(0x2f_6d_b3), rgb(0x84_4c_bd)],
    labels_on_picture: LABELS,
    shadow: Color32::from_black_alpha(50),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2: relative luminance and contrast ratio.
    fn luminance(c: Color32) -> f64 {
        let [r, g, b, _] = c.to_array().map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_stands_out_from_its_ground_in_both_themes() {
        for (theme, t) in [("dark", &DARK), ("light", &LIGHT)] {
            let grounds = [t.background, t.panel, t.raised, t.menu];
            let mut pairs = vec![
                ("on_accent", t.on_accent, t.accent, 4.5),
                ("on_accent, hover", t.on_accent, t.accent_hover, 4.5),
                ("accent_text, selected", t.accent_text, t.accent_soft, 4.5),
                ("text, added", t.text, t.added, 4.5),
                ("text, removed", t.text, t.removed, 4.5),
                ("text, hover", t.text, t.hover, 4.5),
                ("soft, hover", t.soft, t.hover, 4.5),
            ];
            for ground in grounds {
                pairs.extend([
                    ("text", t.text, ground, 4.5),
                    ("soft", t.soft, ground, 4.5),
                    ("accent_text", t.accent_text, ground, 4.5),
                    ("faint", t.faint, ground, 3.0),
                    ("accent", t.accent, ground, 3.0),
                    ("good", t.good, ground, 3.0),
                    ("bad", t.bad, ground, 3.0),
                    ("info", t.info, ground, 3.0),
                ]);
                pairs.extend(t.labels.map(|label| ("label", label, ground, 3.0)));
            }
            for (name, text, ground, least) in pairs {
                let ratio = contrast(text, ground);
                assert!(ratio >= least, "{theme} {name} on {ground:?}: {ratio:.2} instead of {least}");
            }
        }
    }
}
