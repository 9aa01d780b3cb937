//! What contact sheets say under each picture.
//!
//! Pure. Invariant: what is not known is left out, or said as unknown.

use super::sums::cost_text;
use crate::library::{Picture, Run};
use crate::plan::Captions;

/// Lines that a prompt gets at most.
const PROMPT_LINES: u32 = 2;

/// Returns the texts under a picture, each with the most lines it gets. `run`: `None` when it is not known.
pub fn sheet_words(picture: &Picture, run: Option<&Run>, captions: Captions) -> Vec<(String, u32)> {
    let name = picture.file.rsplit('/').next().unwrap_or_default();
    let of_run = |wanted: bool, text: fn(&Run) -> &str| run.filter(|_| wanted).map_or("", text);
    let stars = if captions.stars { "★".repeat(usize::from(picture.marks.stars)) } else { String::new() };
    let cost = if captions.cost { cost_text([picture]) } else { String::new() };
    let last: Vec<&str> = [stars.as_str(), cost.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
    let texts = [
        (if captions.name { name } else { "" }, 1),
        // Names of models begin with their maker.
        (of_run(captions.model, |run| run.model_name.rsplit(": ").next().unwrap_or_default()), 1),
        (if captions.prompt { picture.prompt(run) } else { "" }, PROMPT_LINES),
        (of_run(captions.settings, |run| &run.settings), 1),
        (&last.join(" · "), 1),
    ];
    texts.into_iter().filter(|(text, _)| !text.is_empty()).map(|(text, lines)| (text.to_owned(), lines)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing;

    #[test]
    fn each_caption_is_said_where_it_is_known() {
        let mut picture = testing::picture(1, 0);
        (picture.file, picture.marks.stars, picture.cost) = ("pictures/2026-11/a fox.png".into(), 3, Some(0.04));
        let mut run = testing::run(1);
        (run.model_name, run.prompt, run.settings) = ("Demo: Fox".into(), "a red fox".into(), "16:9".into());
        let none = Captions { name: false, model: false, prompt: false, settings: false, cost: false, stars: false };
        let said = |captions| {
            sheet_words(&picture, Some(&run), captions).into_iter().map(|(text, _)| text).collect::<Vec<_>>()
        };
        for (captions, texts) in [
            (none, vec![]),
            (Captions { name: true, ..none }, vec!["a fox.png"]),
            (Captions { model: true, prompt: true, settings: true, ..none }, vec!["Fox", "a red fox", "16:9"]),
            (Captions { stars: true, ..none }, vec!["★★★"]),
            (Captions { stars: true, cost: true, ..none }, vec!["★★★ · $0.04"]),
        ] {
            assert_eq!(said(captions), texts, "{captions:?}");
        }
        (picture.cost, picture.marks.stars) = (None, 0);
        let all = Captions { name: false, model: true, prompt: true, settings: true, cost: true, stars: true };
        assert_eq!(sheet_words(&picture, None, all), [("price unknown".to_owned(), 1)]);
    }
}
