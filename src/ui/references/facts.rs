//! What is said of references: how many of how many, how large, what is sent of each. Pure functions.

use crate::plan::{DraftReference, ReferenceFacts, ReferenceLimits, ReferenceSource};
use crate::studio::bytes_text;

/// Returns the note beside the section's name: `2 of 14 · 1.1 MB`. `None` for the limits: no model is known.
pub fn note(references: &[DraftReference], limits: Option<ReferenceLimits>) -> String {
    let count = references.len();
    let mut parts = vec![match limits {
        Some(ReferenceLimits { max: 0, .. }) if count == 0 => return String::new(),
        Some(ReferenceLimits { max: 0, .. }) => format!("{count}, not sent"),
        Some(ReferenceLimits { min, max }) if count == 0 && min > 0 && min == max => format!("needs {min}"),
        Some(ReferenceLimits { min, max }) if count == 0 && min > 0 => format!("needs {min} to {max}"),
        Some(ReferenceLimits { max, .. }) if count == 0 => format!("up to {max}"),
        Some(ReferenceLimits { max, .. }) => format!("{count} of {max}"),
        None if count == 0 => return String::new(),
        None => count.to_string(),
    }];
    let sent = references.iter().filter_map(|reference| match &reference.source {
        ReferenceSource::Stored { sent, .. } => Some(sent.bytes),
        ReferenceSource::Url(_) => None,
    });
    let sizes: Vec<u64> = sent.collect();
    if !sizes.is_empty() {
        parts.push(bytes_text(sizes.iter().sum()));
    }
    let mut text = parts.join(" · ");
    match count - sizes.len() {
        0 => {}
        1 => text.push_str(" + 1 address"),
        addresses => text.push_str(&format!(" + {addresses} addresses")),
    }
    text
}

/// Says what is wrong with the number of references, if anything is.
pub fn trouble(count: usize, limits: ReferenceLimits) -> Option<String> {
    let (min, max) = (limits.min as usize, limits.max as usize);
    match (count, max) {
        (0, 0) => Some("This model takes no references".to_owned()),
        (_, 0) => Some("This model takes no references; these are kept for one that does".to_owned()),
        _ if count > max => Some(format!("{} too many; remove some", count - max)),
        _ if count < min => Some(match min - count {
            1 => "One more is needed".to_owned(),
            missing => format!("{missing} more are needed"),
        }),
        _ => None,
    }
}

/// Returns the tooltip of a reference: its name, what it is and what is sent of it.
pub fn describe(reference: &DraftReference) -> String {
    match &reference.source {
        ReferenceSource::Url(url) => format!("{url}\nSent as an address; the service reads it itself"),
        ReferenceSource::Stored { original, sent, .. } => {
            let own = format!("{} {}, {}", pixels(original), kind(original), bytes_text(original.bytes));
            let sent = match sent {
                sent if sent == original => "sent as it is".to_owned(),
                sent if !reference.edit.is_empty() => {
                    let how = edited(reference);
                    format!("sent {how}, as {} {}, {}", pixels(sent), kind(sent), bytes_text(sent.bytes))
                }
                sent => format!("sent as {} {}, {}", pixels(sent), kind(sent), bytes_text(sent.bytes)),
            };
            format!("{}\n{own} → {sent}", reference.name)
        }
    }
}

/// Says what was done to the copy: `cropped`, `marked`, or both.
pub fn edited(reference: &DraftReference) -> &'static str {
    match (reference.edit.crop.is_some(), reference.edit.marks.is_empty()) {
        (true, true) => "cropped",
        (true, false) => "cropped and marked",
        (false, _) => "marked",
    }
}

/// Returns the host of an address, for its tile.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.rsplit('@').next().unwrap_or(host)
}

fn pixels(facts: &ReferenceFacts) -> String {
    format!("{} × {}", facts.size.width, facts.size.height)
}

fn kind(facts: &ReferenceFacts) -> &str {
    crate::picture::Format::from_media_type(&facts.media_type).map_or(&facts.media_type, |format| format.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Size;

    fn facts(media_type: &str, width: u32, height: u32, bytes: u64) -> ReferenceFacts {
        ReferenceFacts { media_type: media_type.to_owned(), size: Size { width, height }, bytes, hash: None }
    }

    fn stored(original: ReferenceFacts, sent: ReferenceFacts) -> DraftReference {
        let source = ReferenceSource::Stored { hash: "00".to_owned(), original, sent };
        DraftReference { source, name: "panda.png".to_owned(), picture: None, edit: Default::default() }
    }

    fn address(url: &str) -> DraftReference {
        let source = ReferenceSource::Url(url.to_owned());
        DraftReference { source, name: url.to_owned(), picture: None, edit: Default::default() }
    }

    #[test]
    fn note_counts_references_and_what_is_sent_of_them() {
        let small = facts("image/png", 512, 512, 550_000);
        let file = || stored(facts("image/png", 4000, 4000, 9_000_000), small.clone());
        let url = || address("https://example.org/a.png");
        let up_to = |min, max| Some(ReferenceLimits { min, max });
        for (references, limits, text) in [
            (vec![], up_to(0, 14), "up to 14"),
            (vec![], up_to(1, 10), "needs 1 to 10"),
            (vec![], up_to(1, 1), "needs 1"),
            (vec![], up_to(0, 0), ""),
            (vec![], None, ""),
            (vec![file(), file()], up_to(0, 14), "2 of 14 · 1.1 MB"),
            (vec![file(), url()], up_to(0, 14), "2 of 14 · 550 kB + 1 address"),
            (vec![url(), url()], up_to(0, 1), "2 of 1 + 2 addresses"),
            (vec![file()], up_to(0, 0), "1, not sent · 550 kB"),
            (vec![file()], None, "1 · 550 kB"),
        ] {
            assert_eq!(note(&references, limits), text);
        }
    }

    #[test]
    fn too_many_and_too_few_are_said_in_words() {
        let of = |count, min, max| trouble(count, ReferenceLimits { min, max });
        assert_eq!(of(2, 0, 14), None);
        assert_eq!(of(0, 1, 1).as_deref(), Some("One more is needed"));
        assert_eq!(of(1, 3, 4).as_deref(), Some("2 more are needed"));
        assert_eq!(of(16, 0, 14).as_deref(), Some("2 too many; remove some"));
        assert_eq!(of(0, 0, 0).as_deref(), Some("This model takes no references"));
        assert!(of(1, 0, 0).is_some_and(|text| text.contains("kept")));
    }

    #[test]
    fn tooltip_tells_what_becomes_of_a_reference() {
        let large = facts("image/png", 2560, 1440, 6_100_000);
        let scaled = stored(large.clone(), facts("image/jpeg", 2048, 1152, 410_000));
        assert_eq!(describe(&scaled), "panda.png\n2560 × 1440 PNG, 6.1 MB → sent as 2048 × 1152 JPEG, 410 kB");
        assert_eq!(describe(&stored(large.clone(), large)), "panda.png\n2560 × 1440 PNG, 6.1 MB → sent as it is");
        assert!(describe(&address("https://example.org/a.png")).starts_with("https://example.org/a.png\nSent as an"));
        for (url, expected) in [
            ("https://example.org/a.png", "example.org"),
            ("https://me:secret@example.org:8080?x", "example.org:8080"),
            ("example.org", "example.org"),
        ] {
            assert_eq!(host(url), expected);
        }
    }
}
