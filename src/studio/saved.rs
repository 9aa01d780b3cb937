//! What is said when pictures have left the library, and when some had to go without their recipe.
//!
//! Pure.

use super::{Command, Dialog, Effect, Studio, Tone, pictures_text};
use crate::engine::{Carried, Saved};
use crate::library::PictureId;

/// Most files that are copied at once: more would keep the clipboard busy for long.
const COPIED: usize = 100;

impl Studio {
    /// Has the files of pictures put on the clipboard; of too many it offers to save them instead.
    pub(super) fn copy_files(&mut self, ids: Vec<PictureId>) {
        if ids.len() <= COPIED {
            return self.effects.push(Effect::CopyFiles(ids));
        }
        let text =
            format!("At most {COPIED} files are copied at once; save {} elsewhere instead", pictures_text(ids.len()));
        let save = Command::OpenDialog(Dialog::Export(ids));
        self.notices.say(Tone::Info, text, Some(("Save as…".to_owned(), save)));
    }
}

/// Returns what was saved: `Saved fox.png`, `3 pictures saved, 2 of them without the recipe: …`.
pub fn saved_text(saved: &[Saved]) -> (Tone, String) {
    let text = match saved {
        [one] => format!("Saved {}", one.path.file_name().unwrap_or_default().to_string_lossy()),
        saved => format!("{} saved", pictures_text(saved.len())),
    };
    with_recipes(text, saved)
}

/// Returns what is on the clipboard: `Copied 3 files: paste them where you want them`.
pub fn copied_text(copied: &[Saved]) -> (Tone, String) {
    let text = match copied.len() {
        1 => "Copied 1 file: paste it where you want it".to_owned(),
        count => format!("Copied {count} files: paste them where you want them"),
    };
    with_recipes(text, copied)
}

fn with_recipes(text: String, saved: &[Saved]) -> (Tone, String) {
    let refused = saved.iter().filter_map(|saved| match &saved.carried {
        Carried::Refused(why) => Some(why),
        Carried::Recipe | Carried::Nothing => None,
    });
    match (refused.clone().next(), refused.count()) {
        (None, _) => (Tone::Good, text),
        (Some(why), _) if saved.len() == 1 => (Tone::Info, format!("{text}, without its recipe: {why}")),
        (Some(why), count) => (Tone::Info, format!("{text}, {count} of them without the recipe: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn what_could_not_carry_its_recipe_is_told_plainly() {
        let saved = |carried| Saved { path: PathBuf::from("/x/fox.png"), carried };
        let refused = || saved(Carried::Refused("the picture is cut off".into()));
        for (list, tone, text, copied) in [
            (vec![saved(Carried::Recipe)], Tone::Good, "Saved fox.png", "Copied 1 file: paste it where you want it"),
            (vec![saved(Carried::Nothing)], Tone::Good, "Saved fox.png", "Copied 1 file: paste it where you want it"),
            (
                vec![refused()],
                Tone::Info,
                "Saved fox.png, without its recipe: the picture is cut off",
                "Copied 1 file: paste it where you want it, without its recipe: the picture is cut off",
            ),
            (
                vec![saved(Carried::Recipe), saved(Carried::Nothing)],
                Tone::Good,
                "2 pictures saved",
                "Copied 2 files: paste them where you want them",
            ),
            (
                vec![saved(Carried::Recipe), refused(), refused()],
                Tone::Info,
                "3 pictures saved, 2 of them without the recipe: the picture is cut off",
                "Copied 3 files: paste them where you want them, 2 of them without the recipe: the picture is cut off",
            ),
        ] {
            assert_eq!(saved_text(&list), (tone, text.to_owned()));
            assert_eq!(copied_text(&list), (tone, copied.to_owned()));
        }
    }
    #[test]
    fn too_many_files_are_offered_to_be_saved_instead() {
        let mut studio = Studio::new(crate::studio::shown::tests::nothing(), |_| None);
        let ids = |count: usize| vec![PictureId("a".into()); count];
        studio.copy_files(ids(100));
        assert_eq!(studio.effects, [Effect::CopyFiles(ids(100))]);
        studio.copy_files(ids(101));
        assert_eq!(studio.effects.len(), 1);
        let toast = studio.notices.iter().next().unwrap();
        assert_eq!(toast.text, "At most 100 files are copied at once; save 101 pictures elsewhere instead");
    }
}
