//! Which words of the prompt a moderation has flagged, as long as a card on screen says so.
//!
//! Pure. Invariant: what is marked is in the prompt as it is now; what was changed away is marked no more.

use super::Studio;
use crate::engine::{Failure, Phase};
use std::ops::Range;

/// Places that are marked at most.
const MOST: usize = 50;
/// What is shorter stands anywhere.
const SHORTEST: usize = 2;

impl Studio {
    /// Returns where in the prompt flagged words stand, in bytes, in order and apart.
    pub fn flagged_in_prompt(&self) -> Vec<Range<usize>> {
        let jobs = self.snapshot.jobs.iter().filter_map(|job| match &job.phase {
            Phase::Failed(Failure { record, .. }) => record.flagged.as_deref(),
            _ => None,
        });
        places(&self.draft.prompt, jobs)
    }
}

fn places<'a>(prompt: &str, flagged: impl Iterator<Item = &'a str>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    // Of the same length in bytes as the prompt.
    let mut lower = None;
    for words in flagged {
        // The service cuts long ones off.
        let words = words.trim().trim_end_matches(['…', '.']).to_ascii_lowercase();
        if words.chars().count() < SHORTEST {
            continue;
        }
        let lower: &String = lower.get_or_insert_with(|| prompt.to_ascii_lowercase());
        found.extend(lower.match_indices(&words).take(MOST).map(|(start, found)| start..start + found.len()));
    }
    found.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found.into_iter().take(MOST) {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flagged_words_are_found_wherever_they_stand_now() {
        for (prompt, flagged, expected) in [
            ("a Nebula Weapon, nebula weapon", &["nebula weapon"][..], vec!["Nebula Weapon", "nebula weapon"]),
            ("a nebula", &["nebula weapon"], vec![]),
            ("a fox with a knife…", &["fox with", "with a knife and…"], vec!["fox with"]),
            ("a fox with a knife", &["fox with", "with a kn…"], vec!["fox with a kn"]),
            ("größe und GRÖSSE ß", &["größe"], vec!["größe"]),
            ("aaaa", &["a", "", " … "], vec![]),
        ] {
            let found: Vec<&str> = places(prompt, flagged.iter().copied()).into_iter().map(|at| &prompt[at]).collect();
            assert_eq!(found, expected, "{prompt}");
        }
        let many = "ab ".repeat(10_000);
        assert_eq!(places(&many, ["ab"].into_iter()).len(), MOST);
    }
}
