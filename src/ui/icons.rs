//! Names for the icons of the bundled Phosphor font, and the text that draws one.
//!
//! The code points are those of Phosphor 2.1 and hold for the regular and the fill cut alike. Only icons listed in
//! `assets/fonts/build.py` are in the font; a test checks that every name here is.

use egui::{FontId, RichText};

use super::{fonts, theme};

macro_rules! icons {
    ($($name:ident = $code:literal),* $(,)?) => {
        $(pub const $name: char = $code;)*

        #[cfg(test)]
        pub(crate) const ALL: &[(&str, char)] = &[$((stringify!($name), $name)),*];
    };
}

icons! {
    ARCHIVE = '\u{e00c}',
    ARROW_BEND_UP_LEFT = '\u{e024}',
    ARROW_CLOCKWISE = '\u{e036}',
    ARROW_COUNTER_CLOCKWISE = '\u{e038}',
    ARROW_DOWN = '\u{e03e}',
    ARROW_LEFT = '\u{e058}',
    ARROW_RIGHT = '\u{e06c}',
    ARROW_SQUARE_OUT = '\u{e5de}',
    ARROW_U_UP_LEFT = '\u{e08a}',
    ARROW_U_UP_RIGHT = '\u{e08c}',
    ARROW_UP = '\u{e08e}',
    ARROWS_IN = '\u{e09a}',
    ARROWS_OUT = '\u{e0a2}',
    BOOKMARK_SIMPLE = '\u{e0ea}',
    BOOKS = '\u{e758}',
    BRACES = '\u{e860}',
    BROOM = '\u{ec54}',
    CARDS = '\u{e0f8}',
    CARET_DOWN = '\u{e136}',
    CARET_LEFT = '\u{e138}',
    CARET_RIGHT = '\u{e13a}',
    CARET_UP = '\u{e13c}',
    CARET_UP_DOWN = '\u{e140}',
    CHECK = '\u{e182}',
    CHECK_CIRCLE = '\u{e184}',
    CHECKERBOARD = '\u{e8c4}',
    CIRCLE = '\u{e18a}',
    CIRCLE_HALF = '\u{e18c}',
    CLIPBOARD = '\u{e196}',
    CLOCK = '\u{e19a}',
    CLOCK_COUNTER_CLOCKWISE = '\u{e1a0}',
    CODE = '\u{e1bc}',
    COINS = '\u{e78e}',
    COLUMNS = '\u{e546}',
    COMMAND = '\u{e1c4}',
    COPY = '\u{e1ca}',
    CORNERS_OUT = '\u{e1d0}',
    CORNERS_IN = '\u{e1ce}',
    CREDIT_CARD = '\u{e1d2}',
    CROSSHAIR = '\u{e1d6}',
    DICE_FIVE = '\u{e1ee}',
    DOTS_SIX_VERTICAL = '\u{eae2}',
    DOTS_THREE = '\u{e1fe}',
    DOWNLOAD_SIMPLE = '\u{e20c}',
    EXPORT = '\u{eaf0}',
    EYE = '\u{e220}',
    EYE_SLASH = '\u{e224}',
    FILE = '\u{e230}',
    FILE_SVG = '\u{ed08}',
    FILM_STRIP = '\u{e792}',
    FLAG = '\u{e244}',
    FLIP_HORIZONTAL = '\u{ed6a}',
    FLIP_VERTICAL = '\u{ed6c}',
    FLOPPY_DISK = '\u{e248}',
    FOLDER = '\u{e24a}',
    FOLDER_OPEN = '\u{e256}',
    FOLDER_PLUS = '\u{e258}',
    FRAME_CORNERS = '\u{e626}',
    FUNNEL = '\u{e266}',
    GEAR = '\u{e270}',
    GEAR_SIX = '\u{e272}',
    GIT_BRANCH = '\u{e278}',
    GRID_FOUR = '\u{e296}',
    HAND_GRABBING = '\u{e57c}',
    HAND_PALM = '\u{e57e}',
    HEART = '\u{e2a8}',
    HOURGLASS = '\u{e2b2}',
    IMAGE = '\u{e2ca}',
    IMAGE_BROKEN = '\u{e7a8}',
    IMAGE_SQUARE = '\u{e2cc}',
    IMAGES = '\u{e836}',
    INFO = '\u{e2ce}',
    KEY = '\u{e2d6}',
    KEYBOARD = '\u{e2d8}',
    LAYOUT = '\u{e6d6}',
    LIGHTNING = '\u{e2de}',
    LINK = '\u{e2e2}',
    LINK_BREAK = '\u{e2e4}',
    LIST = '\u{e2f0}',
    LOCK = '\u{e2fa}',
    LOCK_OPEN = '\u{e306}',
    LOCK_SIMPLE = '\u{e308}',
    LOCK_SIMPLE_OPEN = '\u{e30a}',
    MAGNIFYING_GLASS = '\u{e30c}',
    MAGNIFYING_GLASS_MINUS = '\u{e30e}',
    MAGNIFYING_GLASS_PLUS = '\u{e310}',
    MINUS = '\u{e32a}',
    MONITOR = '\u{e32e}',
    MOON = '\u{e330}',
    NOTE = '\u{e348}',
    PAINT_BRUSH = '\u{e6f0}',
    PALETTE = '\u{e6c8}',
    PAUSE = '\u{e39e}',
    PICTURE_IN_PICTURE = '\u{e64c}',
    PENCIL_SIMPLE = '\u{e3b4}',
    PLAY = '\u{e3d0}',
    PLUGS = '\u{eb56}',
    PLUS = '\u{e3d4}',
    PROHIBIT = '\u{e3de}',
    PUSH_PIN = '\u{e3e2}',
    QUESTION = '\u{e3e8}',
    QUEUE = '\u{e6ac}',
    RADIO_BUTTON = '\u{eb08}',
    ROWS = '\u{e5a2}',
    SELECTION = '\u{e69a}',
    SHUFFLE = '\u{e422}',
    SIDEBAR_SIMPLE = '\u{ec24}',
    SIGN_IN = '\u{e428}',
    SIGN_OUT = '\u{e42a}',
    SLIDERS_HORIZONTAL = '\u{e434}',
    SORT_ASCENDING = '\u{e444}',
    SORT_DESCENDING = '\u{e446}',
    SPARKLE = '\u{e6a2}',
    SPINNER = '\u{e66a}',
    SQUARE_SPLIT_HORIZONTAL = '\u{e870}',
    SQUARES_FOUR = '\u{e464}',
    STACK = '\u{e466}',
    STAR = '\u{e46a}',
    STOP = '\u{e46c}',
    SUN = '\u{e472}',
    TAG = '\u{e478}',
    TEXT_T = '\u{e48a}',
    TRASH = '\u{e4a6}',
    TREE_STRUCTURE = '\u{e67c}',
    UPLOAD_SIMPLE = '\u{e4c0}',
    USER = '\u{e4c2}',
    WALLET = '\u{e68a}',
    WARNING = '\u{e4e0}',
    WARNING_CIRCLE = '\u{e4e2}',
    WIFI_SLASH = '\u{e4f2}',
    X = '\u{e4f6}',
    X_CIRCLE = '\u{e4f8}',
}

/// An icon 16 points high, as text for any widget; give the widget a tooltip and an accessible name.
pub fn icon(icon: char) -> RichText {
    RichText::new(icon).font(icon_font(theme::ICON))
}

/// The filled cut of [`icon`].
pub fn icon_fill(icon: char) -> RichText {
    RichText::new(icon).font(FontId::new(theme::ICON, fonts::icons_fill()))
}

pub(crate) fn icon_font(size: f32) -> FontId {
    FontId::new(size, fonts::icons())
}
