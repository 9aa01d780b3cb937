//! Every colour, size and kind of type of the interface, dark and light; nothing else names one.
//!
//! [`install`] also teaches egui's own widgets the same look, so that a plain button, combo box, field, menu or tooltip
//! needs no styling where it is used. The invariant, tested: text on its ground has a contrast of at least 4.5 : 1,
//! faint text and marks at least 3 : 1.

mod tokens;

use egui::epaint::Shadow;
use egui::style::{HandleShape, ScrollStyle, Selection, WidgetVisuals};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, RichText, Stroke, Style, TextStyle, Theme, Ui, vec2,
};

pub use tokens::{DARK, LIGHT, Tokens};

use super::fonts;

/// Distances, all on a grid of 4.
pub const GAP: f32 = 4.0;
pub const TILE_GAP: f32 = 8.0;
pub const PANE_GAP: f32 = 6.0;
pub const PADDING: f32 = 12.0;
/// Heights.
pub const FIELD: f32 = 26.0;
pub const RATIO_BUTTON: f32 = 34.0;
pub const ROW: f32 = 32.0;
pub const TOP_BAR: f32 = 40.0;
pub const MAIN_BUTTON: f32 = 44.0;
pub const BOTTOM_STRIP: f32 = 48.0;
/// Side of an icon.
pub const ICON: f32 = 16.0;
/// Width of the column of settings labels.
pub const LABEL_COLUMN: f32 = 112.0;
/// Widths of the panels: default, least, most; the centre keeps at least `CENTRE_MIN`.
pub const LEFT_PANEL: [f32; 3] = [344.0, 300.0, 480.0];
pub const RIGHT_PANEL: [f32; 3] = [288.0, 240.0, 420.0];
pub const CENTRE_MIN: f32 = 480.0;
/// Corners of fields and tiles; of the main button and the prompt; of badges.
pub const RADIUS: u8 = 6;
pub const RADIUS_LARGE: u8 = 8;
pub const RADIUS_SMALL: u8 = 4;
/// Seconds of a fade.
pub const FADE: f32 = 0.12;

/// The kinds of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Body,
    /// Names and headings inside a line of body text.
    Strong,
    /// Notes and tables.
    Note,
    Badge,
    /// Text that is markup; every letter is as wide as any other.
    Code,
    /// Headers of sections.
    Section,
    Prompt,
    MainButton,
    /// One per view.
    Title,
}

impl Type {
    pub fn font(self) -> FontId {
        let regular = |size| FontId::new(size, FontFamily::Proportional);
        let semibold = |size| FontId::new(size, fonts::semibold());
        match self {
            Self::Body => regular(13.0),
            Self::Strong => semibold(13.0),
            Self::Note => regular(12.0),
            Self::Badge => regular(11.0),
            Self::Code => FontId::new(12.0, FontFamily::Monospace),
            Self::Section => semibold(11.0),
            Self::Prompt => regular(14.0),
            Self::MainButton => semibold(15.0),
            Self::Title => semibold(20.0),
        }
    }

    /// This kind of type as text for any widget.
    pub fn text(self, text: impl Into<String>) -> RichText {
        RichText::new(text).font(self.font())
    }
}

/// The colours of the theme that `ui` is drawn in.
pub fn tokens(ui: &Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// A colour of a picture: red, green, blue and alpha as its file has them.
pub fn pixel([r, g, b, a]: [u8; 4]) -> Color32 {
    Color32::from_rgba_unmultiplied(r, g, b, a)
}

/// Installs the fonts and both themes; call once, before the first frame.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    ctx.style_mut_of(Theme::Dark, |style| apply(style, &DARK));
    ctx.style_mut_of(Theme::Light, |style| apply(style, &LIGHT));
}

/// Gives the entries of a menu or a list their room; call first inside the menu.
pub fn menu_entries(ui: &mut Ui) {
    ui.spacing_mut().button_padding = vec2(TILE_GAP, 5.0);
    ui.spacing_mut().item_spacing.y = 0.0;
}

/// Switches all fades off, or on again.
pub fn set_reduced_motion(ctx: &Context, reduced: bool) {
    ctx.all_styles_mut(|style| {
        style.animation_time = if reduced { 0.0 } else { FADE };
        style.scroll_animation =
            if reduced { egui::style::ScrollAnimation::none() } else { egui::style::ScrollAnimation::default() };
    });
}

fn apply(style: &mut Style, t: &Tokens) {
    style.text_styles = [
        (TextStyle::Small, Type::Note.font()),
        (TextStyle::Body, Type::Body.font()),
        (TextStyle::Button, Type::Body.font()),
        (TextStyle::Heading, Type::Title.font()),
        (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
    ]
    .into();
    style.animation_time = FADE;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;

    let spacing = &mut style.spacing;
    // Fields of 26 stand in rows of 32.
    spacing.item_spacing = vec2(TILE_GAP, ROW - FIELD);
    // A line of text is 16 high: the field around it 26.
    spacing.button_padding = vec2(10.0, 5.0);
    spacing.interact_size = vec2(FIELD, FIELD);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(4);
    spacing.menu_spacing = GAP;
    spacing.combo_width = FIELD;
    spacing.combo_height = 320.0;
    spacing.icon_width = ICON;
    spacing.icon_width_inner = 8.0;
    spacing.icon_spacing = TILE_GAP;
    spacing.slider_rail_height = 4.0;
    spacing.text_edit_width = 160.0;
    spacing.tooltip_width = 320.0;
    spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        foreground_color: false,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        interact_handle_opacity: 1.0,
        ..ScrollStyle::floating()
    };
    visuals(&mut style.visuals, t);
}

fn visuals(v: &mut egui::Visuals, t: &Tokens) {
    let widget = |fill: Color32, text: Color32, outline: Stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: outline,
        corner_radius: CornerRadius::same(RADIUS),
        fg_stroke: Stroke::new(1.5, text),
        expansion: 0.0,
    };
    let line = Stroke::new(1.0, t.line);
    v.widgets.noninteractive = widget(t.panel, t.text, line);
    v.widgets.inactive = widget(t.raised, t.text, Stroke::NONE);
    v.widgets.hovered = widget(t.hover, t.text, Stroke::NONE);
    v.widgets.open = widget(t.hover, t.text, Stroke::NONE);
    // egui draws a pressed widget and one with keyboard focus alike: this outline is the focus ring.
    v.widgets.active = widget(t.hover, t.text, Stroke::new(1.5, t.accent));
    v.selection = Selection { bg_fill: t.accent_soft, stroke: Stroke::new(1.0, t.accent_text) };

    v.override_text_color = None;
    v.weak_text_color = Some(t.faint);
    v.hyperlink_color = t.info;
    v.faint_bg_color = t.raised;
    v.extreme_bg_color = t.raised;
    v.text_edit_bg_color = Some(t.raised);
    v.code_bg_color = t.raised;
    v.warn_fg_color = t.accent_text;
    v.error_fg_color = t.bad;
    v.panel_fill = t.panel;
    v.window_fill = t.menu;
    v.window_stroke = line;
    v.window_corner_radius = CornerRadius::same(RADIUS_LARGE);
    v.menu_corner_radius = CornerRadius::same(RADIUS_LARGE);
    v.window_shadow = Shadow { offset: [0, 12], blur: 32, spread: 0, color: t.shadow };
    v.popup_shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: t.shadow };
    v.text_cursor.stroke = Stroke::new(1.5, t.text);
    v.handle_shape = HandleShape::Circle;
    v.slider_trailing_fill = true;
    v.indent_has_left_vline = false;
    v.striped = false;
    v.disabled_alpha = 0.45;
}
