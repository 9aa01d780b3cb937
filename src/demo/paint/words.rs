//! What the words of a prompt ask for: a subject family, a palette, and a few particulars.
//!
//! Imports nothing. Pure. Unknown words decide nothing; what is left open is chosen from the seed.

/// The kinds of picture the painter knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Mountains,
    Forest,
    Desert,
    Sea,
    Clouds,
    Aurora,
    Flowers,
    Fern,
    Tree,
    City,
    Flow,
    Shapes,
}

/// Families with the words that ask for them (matched as the start of a word, so that plurals count).
const SUBJECTS: [(Family, &[&str]); 12] = [
    (Family::Aurora, &["aurora", "northern", "stars", "starry", "galax", "milky", "cosmos", "comet"]),
    (
        Family::City,
        &[
            "city",
            "cities",
            "skyline",
            "street",
            "urban",
            "tokyo",
            "downtown",
            "skyscraper",
            "lights",
            "traffic",
            "tower",
        ],
    ),
    (Family::Fern, &["fern", "frond", "leaf", "leaves", "jungle", "monstera", "palm"]),
    (
        Family::Flowers,
        &[
            "flower", "botanic", "poppy", "poppies", "rose", "daisy", "daisies", "bouquet", "petal", "tulip", "garden",
            "meadow", "bloom", "lavender",
        ],
    ),
    (Family::Tree, &["tree", "oak", "sakura", "cherry", "willow", "bonsai", "maple", "orchard"]),
    (Family::Forest, &["forest", "wood", "pine", "fir", "spruce", "taiga", "fog"]),
    (Family::Desert, &["desert", "dune", "sand", "sahara", "oasis", "mars", "canyon"]),
    (Family::Sea, &["sea", "ocean", "beach", "coast", "wave", "harbo", "sail", "boat", "ship", "island"]),
    (Family::Clouds, &["cloud", "sky", "skies", "storm", "weather", "heaven", "airship", "balloon"]),
    (
        Family::Flow,
        &["abstract", "flow", "swirl", "marbl", "fluid", "silk", "smoke", "generative", "pattern", "fractal"],
    ),
    (
        Family::Shapes,
        &[
            "geometric",
            "bauhaus",
            "shape",
            "circle",
            "poster",
            "composition",
            "minimal",
            "suprematis",
            "cubis",
            "logo",
            "icon",
        ],
    ),
    (
        Family::Mountains,
        &[
            "mountain",
            "alp",
            "peak",
            "ridge",
            "landscape",
            "valley",
            "hill",
            "lake",
            "river",
            "glacier",
            "fjord",
            "volcano",
        ],
    ),
];

const COLOURS: [(&str, &[&str]); 14] = [
    ("ember", &["ember", "copper", "orange", "fire", "autumn", "rust", "amber", "terracotta"]),
    ("noir", &["noir", "black", "monochrome", "grey", "gray", "charcoal", "ink"]),
    ("neon", &["neon", "cyberpunk", "synthwave", "vapor", "electric"]),
    ("pastel", &["pastel", "soft", "gentle", "candy", "watercolo"]),
    ("crimson", &["crimson", "red", "scarlet", "blood", "ruby", "vermilion"]),
    ("teal", &["teal", "turquoise", "cyan", "aqua", "petrol"]),
    ("gold", &["gold", "yellow", "honey", "ochre", "wheat", "savanna"]),
    ("meadow", &["green", "emerald", "spring", "moss", "jade", "summer"]),
    ("rose", &["pink", "rosy", "rose", "blush", "coral", "salmon"]),
    ("violet", &["violet", "purple", "lilac", "lavender", "indigo", "magenta"]),
    ("ice", &["ice", "icy", "blue", "winter", "snow", "frost", "arctic", "azure", "cobalt"]),
    ("dawn", &["dawn", "sunrise", "morning"]),
    ("dusk", &["dusk", "sunset", "evening", "twilight"]),
    ("night", &["night", "midnight", "moon", "nocturn"]),
];

/// Palettes named after an hour of the day give way to those named after a colour.
const HOURS: [&str; 3] = ["dawn", "dusk", "night"];

/// What was found in a prompt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub family: Option<Family>,
    pub palette: Option<&'static str>,
    /// Still water that mirrors the land.
    pub water: bool,
    /// A moon and stars rather than a sun.
    pub night: bool,
    pub snow: bool,
    pub mist: bool,
}

/// Reads a prompt; the first subject and the first colour that occur win, an hour only where no colour is named.
pub fn read(prompt: &str) -> Reading {
    let lower = prompt.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let has = |stems: &[&str]| words.iter().any(|word| stems.iter().any(|stem| starts(word, stem)));
    let family = words.iter().find_map(|word| {
        SUBJECTS.iter().find(|(_, stems)| stems.iter().any(|stem| starts(word, stem))).map(|(family, _)| *family)
    });
    let colour = |word: &&str| {
        COLOURS.iter().find(|(_, stems)| stems.iter().any(|stem| starts(word, stem))).map(|(name, _)| *name)
    };
    let found: Vec<&'static str> = words.iter().filter_map(colour).collect();
    let palette = found.iter().find(|name| !HOURS.contains(name)).or(found.first()).copied();
    Reading {
        family,
        palette,
        water: has(&["lake", "river", "water", "reflect", "mirror", "fjord", "harbo"]),
        night: has(&["night", "midnight", "moon", "star", "aurora", "nocturn"]),
        snow: has(&["snow", "winter", "glacier", "alp", "ice", "frost"]),
        mist: has(&["mist", "fog", "haze", "hazy", "smok"]),
    }
}

/// Short stems must be the whole word (or its plural), so that `sea` is not found in `season`.
fn starts(word: &str, stem: &str) -> bool {
    match word.strip_prefix(stem) {
        Some(rest) => stem.len() > 4 || rest.is_empty() || rest == "s" || rest == "y" || rest == "es",
        None => false,
    }
}

/// The palettes that suit a family when the words leave the colour open.
pub fn fitting(family: Family, night: bool) -> &'static [&'static str] {
    match family {
        _ if night && family != Family::Aurora => &["night", "violet", "teal", "dusk"],
        Family::Mountains => &["dawn", "dusk", "teal", "rose", "ember", "ice", "violet"],
        Family::Forest => &["teal", "meadow", "dawn", "ice", "gold"],
        Family::Desert => &["ember", "gold", "dusk", "rose", "crimson"],
        Family::Sea => &["dusk", "teal", "dawn", "ice", "rose", "gold"],
        Family::Clouds => &["dawn", "rose", "ice", "dusk", "gold"],
        Family::Aurora => &["night", "night", "violet", "teal"],
        Family::Flowers => &["pastel", "rose", "meadow", "crimson", "dawn", "violet"],
        Family::Fern => &["meadow", "teal", "gold", "meadow"],
        Family::Tree => &["rose", "ember", "meadow", "dawn", "pastel"],
        Family::City => &["dusk", "night", "neon", "violet", "teal", "ember"],
        Family::Flow => &["teal", "neon", "ember", "violet", "rose", "ice", "dusk"],
        Family::Shapes => &["ember", "teal", "pastel", "crimson", "gold", "dawn", "noir"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose_subject_and_colour() {
        let cases: [(&str, Option<Family>, Option<&str>); 8] = [
            ("A copper mountain at night", Some(Family::Mountains), Some("ember")),
            ("poppies, crimson", Some(Family::Flowers), Some("crimson")),
            ("neon Tokyo street in the rain", Some(Family::City), Some("neon")),
            ("a season of reading", None, None),
            ("the sea at dusk", Some(Family::Sea), Some("dusk")),
            ("the sea at night, crimson", Some(Family::Sea), Some("crimson")),
            ("an astronaut panda", None, None),
            ("ABSTRACT teal flow", Some(Family::Flow), Some("teal")),
        ];
        for (prompt, family, palette) in cases {
            let reading = read(prompt);
            assert_eq!((reading.family, reading.palette), (family, palette), "{prompt}");
        }
    }
}
