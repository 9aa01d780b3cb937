//! The demo models: what each declares, which endpoints serve it, what they cost, how it paints.
//!
//! Imports `models` and `paint`. Invariant: every id begins with `easel/`, the newest comes first, and between them the
//! models show every kind of control, price and answer of the contract.

use super::models::{Endpoint, Model, Output};
use super::paint::{Family, Manner};
use serde_json::{Map, Value, json};

const RATIOS: [&str; 15] =
    ["1:1", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "2:1", "1:2", "21:9", "9:21", "4:1", "auto"];

fn values(values: &[&str]) -> Value {
    json!({"type": "enum", "values": values})
}

fn range(min: u32, max: u32) -> Value {
    json!({"type": "range", "min": min, "max": max})
}

fn boolean() -> Value {
    json!({"type": "boolean"})
}

fn price(billable: &str, unit: &str, cost_usd: f64) -> Value {
    json!({"billable": billable, "unit": unit, "cost_usd": cost_usd})
}

fn tier(billable: &str, unit: &str, variant: &str, cost_usd: f64) -> Value {
    json!({"billable": billable, "unit": unit, "cost_usd": cost_usd, "variant": variant})
}

fn fields<const N: usize>(list: [(&str, Value); N]) -> Map<String, Value> {
    list.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// All demo models, newest first.
pub fn table() -> Vec<Model> {
    vec![atelier(), panorama(), engraver(), lantern(), botanica(), kaleido(), stencil(), sketch(), daydream()]
}

fn atelier() -> Model {
    Model {
        id: "easel/atelier",
        name: "Easel: Atelier",
        description: "The all-round painter of the demo: landscapes, skies, plants, cities and abstract pictures that refine \
                      themselves while you watch. It is a program on this computer, not a neural network: it reads subject and \
                      colour words, takes palette and composition from references, and costs nothing whatever the price line says.",
        created: 1_793_000_000,
        output: Output::Png,
        streams: true,
        manner: Manner::Painted,
        families: &[
            Family::Mountains,
            Family::Sea,
            Family::Forest,
            Family::Mountains,
            Family::Clouds,
            Family::Desert,
            Family::Aurora,
        ],
        timeless: false,
        endpoints: vec![Endpoint {
            provider_name: "Easel Studio",
            slug: "studio",
            tag: Some("studio"),
            parameters: fields([
                ("aspect_ratio", values(&RATIOS)),
                ("resolution", values(&["512", "1K", "2K", "4K"])),
                ("quality", values(&["auto", "low", "medium", "high"])),
                ("background", values(&["auto", "transparent", "opaque"])),
                ("output_format", values(&["png", "jpeg", "webp"])),
                ("output_compression", range(0, 100)),
                ("seed", boolean()),
                ("n", range(1, 10)),
                ("input_references", range(0, 16)),
            ]),
            passthrough: &["mist", "palette"],
            pricing: vec![
                price("output_image", "image", 0.04),
                tier("output_image", "image", "512", 0.02),
                tier("output_image", "image", "2k", 0.08),
                tier("output_image", "image", "4k", 0.16),
                price("input_reference", "image", 0.002),
            ],
        }],
    }
}

fn panorama() -> Model {
    let shared = |resolutions: &[&str]| {
        fields([
            ("aspect_ratio", values(&["1:1", "16:9", "9:16", "2:1", "21:9", "4:1", "1:4", "8:1", "1:8", "auto"])),
            ("resolution", values(resolutions)),
            ("seed", boolean()),
            ("n", range(1, 4)),
            ("input_references", range(0, 3)),
        ])
    };
    let mut large = shared(&["1K", "2K", "4K"]);
    large.insert("background".to_owned(), values(&["auto", "transparent", "opaque"]));
    large.insert("n".to_owned(), range(1, 1));
    Model {
        id: "easel/panorama",
        name: "Easel: Panorama",
        description: "Wide views from two providers that differ: the European one is cheaper and makes several at once, only \
                      the American one goes up to 4K and can leave the sky out. Painted on this computer by the demo.",
        created: 1_792_400_000,
        output: Output::Jpeg,
        streams: false,
        manner: Manner::Painted,
        families: &[Family::Mountains, Family::Sea, Family::Desert, Family::City],
        timeless: false,
        endpoints: vec![
            Endpoint {
                provider_name: "Easel Studio",
                slug: "studio/eu",
                tag: Some("studio/eu"),
                parameters: shared(&["512", "1K", "2K"]),
                passthrough: &["mist"],
                pricing: vec![price("output_image", "megapixel", 0.03), price("input_reference", "request", 0.005)],
            },
            Endpoint {
                provider_name: "Loft",
                slug: "loft/us-2",
                tag: Some("loft/us-2"),
                parameters: large,
                passthrough: &["mist", "palette"],
                pricing: vec![
                    price("output_image", "image", 0.06),
                    tier("output_image", "image", "high_resolution", 0.2),
                    price("input_image", "megapixel", 0.004),
                ],
            },
        ],
    }
}

fn engraver() -> Model {
    Model {
        id: "easel/engraver",
        name: "Easel: Engraver",
        description: "Draws in clean vector paths and lets you watch line by line: the SVG arrives as text. Subject and \
                      colour words count. Drawn on this computer by the demo.",
        created: 1_791_800_000,
        output: Output::Svg,
        streams: true,
        manner: Manner::Painted,
        families: &[Family::Shapes, Family::Flowers, Family::Mountains, Family::Tree],
        timeless: false,
        endpoints: vec![Endpoint {
            provider_name: "Easel Press",
            slug: "press",
            tag: Some("press"),
            parameters: fields([
                ("aspect_ratio", values(&["1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "auto"])),
                ("output_format", values(&["svg"])),
                ("background", values(&["auto", "transparent", "opaque"])),
                ("seed", boolean()),
                ("n", range(1, 4)),
                ("input_references", range(0, 4)),
            ]),
            passthrough: &["stroke_width", "palette"],
            pricing: vec![price("output_image", "image", 0.03), price("input_text", "token", 0.000_001)],
        }],
    }
}

fn lantern() -> Model {
    Model {
        id: "easel/lantern",
        name: "Easel: Lantern",
        description: "City lights, night skies and northern lights, glowing. One control and two price lines are of a kind \
                      nobody has seen before, to show that Easel copes. Painted on this computer by the demo.",
        created: 1_791_100_000,
        output: Output::WebP,
        streams: true,
        manner: Manner::Painted,
        families: &[Family::City, Family::City, Family::Aurora],
        timeless: false,
        endpoints: vec![Endpoint {
            provider_name: "Easel Studio",
            slug: "studio",
            tag: Some("studio"),
            parameters: fields([
                ("aspect_ratio", values(&["1:1", "16:9", "9:16", "3:2", "2:3", "21:9"])),
                ("quality", values(&["low", "medium", "high"])),
                ("style_strength", json!({"type": "curve", "points": 5, "domain": [0, 1]})),
                ("seed", boolean()),
                ("n", range(1, 2)),
            ]),
            passthrough: &["lit", "palette"],
            pricing: vec![
                tier("output_image", "image", "low_1k", 0.01),
                tier("output_image", "image", "medium_1k", 0.04),
                tier("output_image", "image", "high_1k", 0.13),
                price("output_image", "image", 0.04),
                price("output_glow", "lumen", 0.000_01),
                price("output_image", "candela", 0.001),
            ],
        }],
    }
}

fn botanica() -> Model {
    Model {
        id: "easel/botanica",
        name: "Easel: Botanica",
        description: "Flowers, ferns and trees on warm paper. Priced by the token, sized in pixels, answers without a date. \
                      Painted on this computer by the demo.",
        created: 1_790_500_000,
        output: Output::Png,
        streams: false,
        manner: Manner::Paper,
        families: &[Family::Flowers, Family::Fern, Family::Tree],
        timeless: true,
        endpoints: vec![Endpoint {
            provider_name: "Herbarium",
            slug: "herbarium",
            tag: Some("herbarium"),
            parameters: fields([
                ("size", boolean()),
                ("background", values(&["auto", "transparent", "opaque"])),
                ("output_format", values(&["png", "webp"])),
                ("n", range(1, 4)),
                ("input_references", range(0, 8)),
                ("seed", boolean()),
            ]),
            passthrough: &["palette"],
            pricing: vec![
                price("output_image", "token", 0.000_03),
                price("input_text", "token", 0.000_002),
                price("input_image", "token", 0.000_008),
            ],
        }],
    }
}

fn kaleido() -> Model {
    Model {
        id: "easel/kaleido",
        name: "Easel: Kaleido",
        description: "Abstract pictures only: flowing lines and soft shapes, turned about their middle if you like. Its price \
                      is not published. Painted on this computer by the demo.",
        created: 1_789_900_000,
        output: Output::Jpeg,
        streams: false,
        manner: Manner::Print,
        families: &[Family::Flow, Family::Shapes],
        timeless: false,
        endpoints: vec![Endpoint {
            provider_name: "Loft",
            slug: "loft/us-2",
            tag: Some("loft/us-2"),
            parameters: fields([
                ("aspect_ratio", values(&["1:1", "4:5", "5:4", "3:4", "4:3"])),
                ("resolution", values(&["1K", "2K"])),
                ("output_compression", range(40, 95)),
                ("seed", boolean()),
            ]),
            passthrough: &["symmetry", "stroke_width", "palette"],
            pricing: vec![],
        }],
    }
}

fn stencil() -> Model {
    Model {
        id: "easel/stencil",
        name: "Easel: Stencil",
        description: "Redraws the colours and masses of one to four of your pictures as a vector poster, whole in one answer. \
                      Needs a reference. Drawn on this computer by the demo.",
        created: 1_789_200_000,
        output: Output::Svg,
        streams: false,
        manner: Manner::Painted,
        families: &[Family::Shapes, Family::Mountains],
        timeless: false,
        endpoints: vec![Endpoint {
            provider_name: "Easel Press",
            slug: "press",
            tag: Some("press"),
            parameters: fields([
                ("aspect_ratio", values(&["1:1", "2:3", "3:2", "auto"])),
                ("n", range(1, 6)),
                ("input_references", range(1, 4)),
            ]),
            passthrough: &[],
            pricing: vec![price("output_image", "image", 0.05), price("input_reference", "image", 0.01)],
        }],
    }
}

fn sketch() -> Model {
    Model {
        id: "easel/sketch",
        name: "Easel: Sketch (free)",
        description: "Small quick pictures for nothing, from a provider without a tag, so it cannot be pinned. Painted on this \
                      computer by the demo.",
        created: 1_788_600_000,
        output: Output::Jpeg,
        streams: false,
        manner: Manner::Paper,
        families: &[Family::Mountains, Family::Tree, Family::Flowers, Family::Flow],
        timeless: false,
        endpoints: vec![Endpoint {
            provider_name: "Garret",
            slug: "garret",
            tag: None,
            parameters: fields([
                ("aspect_ratio", values(&["1:1", "3:2", "2:3"])),
                ("resolution", values(&["512", "1K"])),
                ("n", range(1, 1)),
            ]),
            passthrough: &[],
            pricing: vec![price("output_image", "image", 0.0)],
        }],
    }
}

fn daydream() -> Model {
    Model {
        id: "easel/daydream",
        name: "Easel: Daydream",
        description: "Announced, but nobody serves it yet: a model without endpoints.",
        created: 1_788_000_000,
        output: Output::Png,
        streams: false,
        manner: Manner::Painted,
        families: &[Family::Clouds],
        timeless: false,
        endpoints: vec![],
    }
}
