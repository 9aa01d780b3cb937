//! What kind of letters a family has, as far as its name tells, and what stands in for it.
//!
//! Imports nothing. The tables follow fontconfig's own (30-metric-aliases, 45-latin, 60-latin).

/// A kind of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sans,
    Serif,
    Mono,
}

/// Families with serifs that models and programs name.
const SERIF: &[&str] = &[
    "times",
    "times new roman",
    "georgia",
    "garamond",
    "eb garamond",
    "palatino",
    "palatino linotype",
    "book antiqua",
    "bookman",
    "bookman old style",
    "cambria",
    "constantia",
    "century",
    "century schoolbook",
    "baskerville",
    "didot",
    "bodoni",
    "bodoni mt",
    "rockwell",
    "hoefler text",
    "charter",
    "utopia",
    "minion pro",
    "playfair display",
    "lora",
    "merriweather",
    "cormorant",
    "cormorant garamond",
    "crimson text",
    "libre baskerville",
    "perpetua",
    "ui-serif",
    "new york",
    "nimbus roman",
    "tinos",
];
/// Families whose letters are all as wide as each other.
const MONO: &[&str] = &[
    "courier",
    "courier new",
    "consolas",
    "menlo",
    "monaco",
    "andale mono",
    "lucida console",
    "sf mono",
    "inconsolata",
    "fira code",
    "source code pro",
    "jetbrains mono",
    "cascadia code",
    "hack",
    "cousine",
    "terminal",
    "fixed",
    "ui-monospace",
    "nimbus mono",
];

/// Families that were made to the same measure.
const ALIKE: &[(&[&str], &[&str])] = &[
    (&["arial"], &["Liberation Sans", "Arimo", "Albany AMT", "Arial"]),
    (
        &["helvetica", "helvetica neue"],
        &["Nimbus Sans", "TeX Gyre Heros", "Helvetica", "Liberation Sans", "Arimo", "Arial"],
    ),
    (&["times new roman"], &["Liberation Serif", "Tinos", "Thorndale AMT", "Times New Roman"]),
    (&["times"], &["Nimbus Roman", "TeX Gyre Termes", "Times", "Liberation Serif", "Tinos", "Times New Roman"]),
    (&["courier new"], &["Liberation Mono", "Cousine", "Cumberland AMT", "Courier New"]),
    (&["courier"], &["Nimbus Mono PS", "TeX Gyre Cursor", "Courier", "Liberation Mono", "Cousine", "Courier New"]),
    (&["calibri"], &["Carlito"]),
    (&["cambria"], &["Caladea"]),
    (&["georgia"], &["Gelasio"]),
    (&["palatino", "palatino linotype", "book antiqua"], &["P052", "TeX Gyre Pagella", "URW Palladio L"]),
    (&["century schoolbook"], &["C059", "TeX Gyre Schola"]),
    (&["bookman", "bookman old style"], &["URW Bookman", "TeX Gyre Bonum"]),
    (&["comic sans ms"], &["Comic Neue"]),
];

impl Kind {
    /// Reads the names that programs give to a kind beside those of CSS.
    pub(super) fn generic(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "sans" | "system-ui" | "ui-sans-serif" | "ui-rounded" | "-apple-system" | "blinkmacsystemfont" => {
                Some(Self::Sans)
            }
            "ui-serif" => Some(Self::Serif),
            "mono" | "ui-monospace" => Some(Self::Mono),
            _ => None,
        }
    }

    /// Judges a family by its name; what tells nothing is without serifs.
    pub(super) fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let is = |list: &[&str]| list.contains(&name.as_str());
        let has = |word: &str| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == word);
        if is(MONO) || has("mono") || has("monospace") || has("code") || has("typewriter") {
            Self::Mono
        } else if has("sans") {
            Self::Sans
        } else if is(SERIF) || has("serif") || has("roman") || has("slab") || has("antiqua") {
            Self::Serif
        } else {
            Self::Sans
        }
    }

    /// Lists good families of this kind, the best first.
    pub(super) fn preferred(self) -> &'static [&'static str] {
        match self {
            Self::Sans => &[
                "DejaVu Sans",
                "Noto Sans",
                "Liberation Sans",
                "Arial",
                "Helvetica",
                "Helvetica Neue",
                "Segoe UI",
                "Verdana",
                "Nimbus Sans",
                "Roboto",
                "Ubuntu",
                "Cantarell",
                "FreeSans",
            ],
            Self::Serif => &[
                "DejaVu Serif",
                "Noto Serif",
                "Liberation Serif",
                "Times New Roman",
                "Times",
                "Georgia",
                "Nimbus Roman",
                "FreeSerif",
            ],
            Self::Mono => &[
                "DejaVu Sans Mono",
                "Noto Sans Mono",
                "Liberation Mono",
                "Courier New",
                "Courier",
                "Menlo",
                "Consolas",
                "Nimbus Mono PS",
                "Ubuntu Mono",
                "FreeMono",
            ],
        }
    }
}

/// Lists families that were made to the same measure as this one, the likest first.
pub(super) fn alike(name: &str) -> impl Iterator<Item = &'static str> + use<> {
    let name = name.to_ascii_lowercase();
    let found = ALIKE.iter().find(|(names, _)| names.contains(&name.as_str()));
    found.map_or(&[] as &[&str], |(_, alike)| alike).iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_kind() {
        for (name, kind) in [
            ("Noto Serif Display", Kind::Serif),
            ("PT Sans", Kind::Sans),
            ("DejaVu Sans Mono", Kind::Mono),
            ("Fira Code", Kind::Mono),
            ("Roboto Slab", Kind::Serif),
            ("Inter", Kind::Sans),
            ("GEORGIA", Kind::Serif),
        ] {
            assert_eq!(Kind::of(name), kind, "{name}");
        }
        assert_eq!(alike("ARIAL").next(), Some("Liberation Sans"));
        assert_eq!(alike("Inter").next(), None);
    }
}
