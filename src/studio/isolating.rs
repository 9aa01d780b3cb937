//! Among which pictures a differing word is looked for, and what the pairs that isolate it say of themselves.

use super::Command;
use super::{Studio, Tone};
use crate::library::{Picture, PictureId, Run};
use crate::plan::{Isolated, Made, Pair};

impl Studio {
    /// Returns the compared pictures; with `wide` also the others of their runs, and the selected ones.
    pub fn candidates(&self, wide: bool) -> Vec<(PictureId, Made)> {
        let mut ids: Vec<PictureId> = self.compare.ids().to_vec();
        if wide {
            let compared = ids.clone();
            let runs = compared
                .iter()
                .filter_map(|id| self.collection.run_of(id))
                .filter_map(|run| self.collection.run(&run.id));
            ids.extend(runs.flat_map(|entry| &entry.pictures).map(|picture| picture.id.clone()));
            ids.extend(self.selection.in_order(&self.collection));
            let mut seen = std::collections::HashSet::new();
            ids.retain(|id| seen.insert(id.clone()));
        }
        let made = |id: PictureId| {
            let made = made(self.collection.picture(&id)?, self.collection.run_of(&id)?);
            Some((id, made))
        };
        ids.into_iter().filter_map(made).collect()
    }

    /// Compares two pictures and offers the way back to all that were compared before.
    pub(super) fn compare_pair(&mut self, pair: [PictureId; 2]) {
        let before = self.compare.ids().to_vec();
        if before.len() > 2 {
            let back = (format!("Back to all {}", before.len()), Command::Compare(before));
            self.notices.say(Tone::Info, "Two pictures are compared", Some(back));
        }
        self.lay_out(pair);
    }
}

/// What was asked for a picture, as far as it is known without reading its recipe.
fn made(picture: &Picture, run: &Run) -> Made {
    let rows = [
        ("Model", Some(run.model_name.clone())),
        ("Settings", Some(run.settings.clone()).filter(|text| !text.is_empty())),
        ("Seed", picture.seed.map(|seed| seed.to_string())),
    ];
    let settings = rows.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect();
    Made { prompt: picture.prompt(Some(run)).to_owned(), settings }
}

/// Says what the pairs are about, or that there are none.
pub fn isolated_text(isolated: &Isolated) -> String {
    let phrase = &isolated.phrase;
    match isolated.pairs.first().map(|pair| pair.beside) {
        None => "No two of these prompts differ in it".to_owned(),
        Some(0) => format!("“{phrase}” alone differs"),
        Some(1) => format!("“{phrase}” and one more word differ"),
        Some(count) => format!("“{phrase}” and {count} more words differ"),
    }
}

/// Says of a pair what stands in the place of the word, and which settings differ as well.
pub fn pair_text(pair: &Pair) -> (String, Option<String>) {
    let instead = if pair.instead.is_empty() { "left out".to_owned() } else { format!("“{}”", pair.instead) };
    let also = (!pair.also.is_empty()).then(|| format!("also differ: {}", pair.also.join(", ").to_lowercase()));
    (instead, also)
}

/// Returns the word of a text at a character, and nothing where there is none.
pub fn word_at(text: &str, place: usize) -> Option<&str> {
    let at = text.char_indices().nth(place).map_or(text.len(), |(at, _)| at);
    let is_break = |c: char| !(c.is_alphanumeric() || c == '\'' || c == '’' || c == '-');
    let start = text
        .get(..at)?
        .rfind(is_break)
        .map_or(0, |start| start + text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let end = text.get(at..)?.find(is_break).map_or(text.len(), |end| at + end);
    text.get(start..end).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_under_the_pointer_is_found() {
        for (place, word) in
            [(0, Some("film")), (3, Some("film")), (4, Some("film")), (5, Some("grün")), (9, Some("grün")), (10, None)]
        {
            assert_eq!(word_at("film grün, ", place), word, "{place}");
        }
        assert_eq!(word_at("", 0), None);
        assert_eq!(word_at("one", 99), Some("one"));
    }

    #[test]
    fn what_isolates_a_word_is_said() {
        let pair = |instead: &str, beside, also: &[&str]| Pair {
            with: 0,
            without: 1,
            instead: instead.into(),
            beside,
            also: also.iter().map(|label| (*label).to_owned()).collect(),
        };
        let isolated = |beside| Isolated { phrase: "red".into(), pairs: vec![pair("blue", beside, &[])] };
        assert_eq!(isolated_text(&isolated(0)), "“red” alone differs");
        assert_eq!(isolated_text(&isolated(1)), "“red” and one more word differ");
        assert_eq!(isolated_text(&isolated(3)), "“red” and 3 more words differ");
        assert_eq!(isolated_text(&Isolated::default()), "No two of these prompts differ in it");
        assert_eq!(pair_text(&pair("", 0, &[])), ("left out".to_owned(), None));
        let (instead, also) = pair_text(&pair("blue", 0, &["Seed", "Model"]));
        assert_eq!((instead.as_str(), also.as_deref()), ("“blue”", Some("also differ: seed, model")));
    }
}
