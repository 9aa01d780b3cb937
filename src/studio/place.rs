//! Where the artist was: kept from session to session, and through a crash.

use super::walk::Walk;
use super::{How, Laid, Screen, Studio};
use crate::library::PictureId;
use serde::{Deserialize, Serialize};

pub(super) const PLACE: &str = "place";
/// Chosen pictures that are remembered at most.
const CHOSEN: usize = 500;

/// Search, selection, screen, and how pictures are compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    search: String,
    chosen: Vec<PictureId>,
    active: Option<PictureId>,
    compared: Vec<PictureId>,
    laid: Laid,
    how: How,
    screen: Screen,
    /// Prompts that were typed, never sent, and are not in the panel.
    unsent: Vec<String>,
}

/// What tells cheaply whether the place has changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Mark {
    search: String,
    selection: u64,
    compared: Vec<PictureId>,
    laid: Laid,
    how: How,
    screen: Screen,
    walk: u64,
}

impl Studio {
    pub(super) fn place(&self) -> Place {
        Place {
            search: self.search.text().to_owned(),
            chosen: self.selection.some(CHOSEN),
            active: self.selection.active().cloned(),
            compared: self.compare.ids().to_vec(),
            laid: self.compare.laid().clone(),
            how: self.compare.how,
            screen: self.screen,
            unsent: self.walk.unsent(&self.draft.prompt).map(str::to_owned).collect(),
        }
    }

    pub(super) fn place_mark(&self) -> Mark {
        Mark {
            search: self.search.text().to_owned(),
            selection: self.selection.revision(),
            compared: self.compare.ids().to_vec(),
            laid: self.compare.laid().clone(),
            how: self.compare.how,
            screen: self.screen,
            walk: self.walk.revision(),
        }
    }

    /// Goes back to where the artist was. The browser is no place to come back to.
    pub(super) fn go_to(&mut self, place: Place) {
        let Place { search, chosen, active, compared, laid, how, screen, unsent } = place;
        self.walk = Walk::with_unsent(unsent);
        self.set_search(search);
        self.selection.set(chosen);
        if let Some(active) = active.filter(|active| self.selection.contains(active)) {
            self.selection.activate(active);
        }
        self.compare.how = how.bounded();
        if compared.len() > 1 {
            self.compare.set(compared);
            self.compare.set_laid(laid);
        }
        self.screen = match screen {
            Screen::Models => Screen::Grid,
            Screen::Compare if self.compare.ids().len() < 2 => Screen::Grid,
            Screen::Viewer if self.selection.active().is_none() => Screen::Grid,
            screen => screen,
        };
    }
}
