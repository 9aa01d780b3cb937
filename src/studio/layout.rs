//! What the window remembers of itself.

use super::{KeyChoices, Look, Screen};
use crate::engine::Privacy;
use crate::plan::SheetStyle;
use std::path::PathBuf;

/// Panels, sizes and switches; kept in the library's settings.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Layout {
    pub left_open: bool,
    /// `None`: open unless the window is narrow.
    pub right_open: Option<bool>,
    pub strip_open: bool,
    /// Points.
    pub left_width: f32,
    pub right_width: f32,
    /// Wished side of a square tile, points.
    pub tile: f32,
    pub theme: ThemeChoice,
    /// No fades and no gliding.
    pub reduced_motion: bool,
    pub shelf: Shelf,
    /// Whether each run shows only its best picture.
    pub stacked: bool,
    /// How pictures are looked at.
    pub look: Look,
    pub second: Second,
    /// Information beside the viewer.
    pub info_open: bool,
    /// The viewer shows the text of a drawing in its place.
    pub source_open: bool,
    /// MiB of textures.
    pub texture_budget: u32,
    /// Jobs on the wire at once.
    pub max_running: u32,
    /// Inner size of the window, points.
    pub window: [f32; 2],
    pub maximized: bool,
    /// Reference files are sent with what they say beside the picture.
    pub keep_metadata: bool,
    /// Services are not told which program asks.
    pub anonymous: bool,
    /// What comes on the way to a picture is kept.
    pub keep_partials: bool,
    /// Keep the seed from run to run; otherwise a new one is drawn after each press of Generate.
    pub seed_locked: bool,
    /// Where pictures were saved to last.
    pub export_folder: Option<PathBuf>,
    /// Template of the names of several pictures; `None`: the usual one.
    pub export_name: Option<String>,
    /// Whether pictures that leave the library carry their recipe inside.
    pub export_recipe: bool,
    /// How contact sheets looked last.
    pub sheet: SheetStyle,
    /// Which keys do what.
    pub keys: KeyChoices,
    /// What the palette did last, latest first.
    pub palette_recent: Vec<String>,
    #[serde(skip)]
    pub before: Option<Screen>,
}

/// The second window: whether it is open, and where it stands or stood.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Second {
    pub open: bool,
    /// Left upper corner on the desktop, points; `None`: never told.
    pub corner: Option<[f32; 2]>,
    /// Inner size, points.
    pub size: [f32; 2],
    pub maximized: bool,
    pub full_screen: bool,
}

impl Default for Second {
    fn default() -> Self {
        Self { open: false, corner: None, size: [960.0, 720.0], maximized: false, full_screen: false }
    }
}

/// Which part of the library the grid shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Shelf {
    #[default]
    All,
    LastRun,
    Trash,
}

/// Which theme the artist wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ThemeChoice {
    #[default]
    System,
    Dark,
    Light,
}

impl Layout {
    pub const TILE: std::ops::RangeInclusive<f32> = 96.0..=480.0;
    pub const BUDGET: std::ops::RangeInclusive<u32> = 64..=4096;

    /// Returns what goes out beside requests.
    pub fn privacy(&self) -> Privacy {
        Privacy { keep_metadata: self.keep_metadata, anonymous: self.anonymous }
    }

    /// Says whether the right panel is shown in a window of this width (points).
    pub fn right_shown(&self, window_width: f32) -> bool {
        self.right_open.unwrap_or(window_width >= 1400.0)
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            left_open: true,
            right_open: None,
            strip_open: true,
            left_width: 344.0,
            right_width: 288.0,
            tile: 188.0,
            theme: ThemeChoice::System,
            reduced_motion: false,
            shelf: Shelf::All,
            stacked: false,
            look: Look::default(),
            second: Second::default(),
            info_open: false,
            source_open: false,
            texture_budget: 512,
            max_running: 4,
            keep_metadata: false,
            anonymous: false,
            keep_partials: true,
            window: [1440.0, 900.0],
            maximized: false,
            seed_locked: false,
            export_folder: None,
            export_name: None,
            export_recipe: true,
            sheet: SheetStyle::default(),
            keys: KeyChoices::default(),
            palette_recent: Vec::new(),
            before: None,
        }
    }
}

/// Returns a number of bytes for people: `4.1 MB`.
pub fn bytes_text(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// Returns a length of time for people: `16.2 s` below a minute, `1:34` above.
pub fn seconds_text(seconds: f64) -> String {
    if seconds < 59.95 { format!("{seconds:.1} s") } else { clock_text(seconds as u64) }
}

/// Returns a running time: `0:14`.
pub fn clock_text(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_written_for_people() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (4_120_000, "4.1 MB"),
            (41_200_000, "41 MB"),
            (999_600, "1.0 MB"),
        ] {
            assert_eq!(bytes_text(bytes), text);
        }
        assert_eq!(seconds_text(16.21), "16.2 s");
        assert_eq!(seconds_text(59.96), "0:59");
        assert_eq!(seconds_text(94.0), "1:34");
        assert_eq!(clock_text(14), "0:14");
    }

    #[test]
    fn the_right_panel_starts_closed_in_a_narrow_window() {
        let layout = Layout::default();
        assert!(!layout.right_shown(1280.0));
        assert!(layout.right_shown(1920.0));
    }
}
