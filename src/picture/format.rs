//! Recognises picture formats by their first bytes.

use serde::{Deserialize, Serialize};

/// Names a picture format Easel can show. `Gif` is accepted as a reference only (first frame shown).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Png,
    Jpeg,
    WebP,
    Gif,
    Svg,
}
