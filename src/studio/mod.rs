//! What is on screen and what follows from each command and event. No drawing, no I/O, no waiting.
//!
//! May import `api`, `picture`, `plan`, `library` types and the engine's handle; of egui only geometry. The window
//! edits the draft and plain toggles in place; everything with a consequence is a [`Command`], applied between frames.

mod account;
mod applies;
mod apply;
mod browser;
mod cards;
mod collecting;
mod command;
mod common;
mod compare;
mod connections;
mod crashed;
mod draft;
pub mod editor;
mod elsewhere;
mod events;
mod export_names;
mod facts;
mod flagged;
mod fuzzy;
mod grid;
mod history;
mod import;
mod isolating;
mod kept;
mod keys;
mod layout;
mod lineage;
mod looking;
mod marking;
mod marquee;
mod model_facts;
mod name_template;
mod notices;
mod palette;
mod partials;
mod place;
mod reading;
mod row_steps;
mod saved;
mod search;
mod selection;
mod sheet;
mod shown;
mod shrink;
mod sums;
mod tallies;
mod tending;
mod turn;
mod typing;
mod undo;
pub mod view;
mod viewer;
mod walk;

pub use crate::library::{LibraryContents, RunEntry};
pub use account::{account_facts, account_lines, key_problem, store_text};
pub use browser::{Browser, entries_of};
pub use cards::{Card, CardIcon, Progress, card_of, elapsed, partial_text, progress_of};
pub use collecting::{Bin, Line, lines};
pub use command::{Command, Dialog, Effect, Screen};
pub use common::{Common, Held, Name, marks_text};
pub use compare::{Blink, Compare, CompareMode, Decision, How, Laid, Layer, Why, Wipe, excerpt, shown_rows};
pub use connections::{ConnectionEntry, connection_entries};
pub use crashed::CrashReport;
pub use draft::{NO_KEY, Readiness};
pub use elsewhere::{Waiting, Way as WayOut, all_here, waiting_of};
pub use export_names::{distinct, good_name, typed_path, typed_references, with_extension};
pub use facts::{facts, size_text};
pub use grid::{Grid, HEADER as HEADER_HEIGHT, Section, Tiles, place};
pub use history::History;
pub use import::told_rows;
pub use isolating::{isolated_text, pair_text, word_at};
pub use kept::Kept;
pub use keys::{Action, Chord, Group, KeyChoices, KeyRow, Keymap, Preset, is_held, keys_of, put_in_force, text_of};
pub use layout::{Layout, Second, Shelf, ThemeChoice, bytes_text, clock_text, seconds_text};
pub use lineage::KinLine;
pub use marking::best_of;
pub use marquee::Touched;
pub use model_facts::{Fact, ListNote, ability_facts, age_text, list_notes, month_text, price_facts, prices_note};
pub use name_template::{NameFacts, NameTemplate, TemplateError};
pub use notices::{Notices, Toast, Tone};
pub use palette::{Entry as PaletteEntry, ranked};
pub use partials::{part_of_step, step_at, step_text};
pub use row_steps::row_steps;
pub use saved::{copied_text, saved_text};
pub use search::Search;
pub use selection::Selection;
pub use sheet::sheet_words;
pub use shown::{Cell, Head, JobsByRun, Part, Shown, jobs_by_run, picture_of};
pub use sums::{cost_text, day_text, one_line, pictures_text, service_name, spending_text, when_text};
pub use tallies::{Tallies, suggestions, trash_text};
pub use tending::{FAR_DRIVE, is_mendable, report_text};
pub use turn::{Turn, TurnBy};
pub use typing::{Typing, random_seed};
pub use viewer::{Backdrop, Look, Viewer};

use crate::engine::{Order, Snapshot};
use crate::library::{PictureId, Recipe, RunId, UserLists};
use crate::plan::Draft;
use fuzzy::fuzzy;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use undo::{Step, Undo};

/// Everything the window shows.
pub struct Studio {
    /// The engine's newest state, taken once per frame.
    pub snapshot: Arc<Snapshot>,
    pub draft: Draft,
    /// Fields whose text is being typed, by request field.
    pub typing: BTreeMap<String, Typing>,
    pub collection: LibraryContents,
    /// Whether the collection is whole: before that, a picture it does not know may still come.
    pub all_loaded: bool,
    /// What the grid shows of the collection; brought up to date by `refresh_shown`.
    pub shown: Shown,
    pub search: Search,
    pub selection: Selection,
    pub screen: Screen,
    pub viewer: Viewer,
    pub compare: Compare,
    pub browser: Browser,
    pub layout: Layout,
    pub notices: Notices,
    pub dialog: Option<Dialog>,
    /// What is offered of a failure inside, until the artist closes it.
    pub crash: Option<CrashReport>,
    /// What only the window can do, for the window to take after each frame.
    pub effects: Vec<Effect>,
    recipes: HashMap<PictureId, Arc<Recipe>>,
    wanted_recipes: Vec<PictureId>,
    /// Asked for and not forgotten since, so that one that cannot be read is not asked for in every frame.
    asked_recipes: HashSet<PictureId>,
    /// Collections, saved searches and favourite prompts.
    pub shelves: UserLists,
    /// Runs that are the other way than `layout.stacked` says.
    pub open_stacks: HashSet<RunId>,
    /// What the keys mean; follows `layout.keys`.
    pub keymap: Arc<Keymap>,
    /// Keys are pressed to be bound and mean nothing else.
    pub recording_keys: bool,
    pub history: History,
    walk: walk::Walk,
    /// What another draft took the place of.
    former: Option<Draft>,
    wanted_draft: Option<(RunId, history::Wanted)>,
    trashed_by_run: Kept<u64, HashMap<RunId, Vec<PictureId>>>,
    /// What the engine is to be told before the next frame.
    due: Vec<Order>,
    lineages: lineage::Lineages,
    way: partials::Way,
    undo: Undo,
    chosen: Kept<(u64, u64), Common>,
    tallies: Kept<u64, Tallies>,
    /// The reference whose copy is being made, by its place in the draft.
    pub preparing: Option<usize>,
    /// Commands that wait for a recipe to be read.
    waiting: Vec<apply::Waiting>,
    /// Zoom wishes for whichever pane is on screen; it knows its own size.
    pub zooms: Vec<Action>,
    /// The picture alone on the whole screen; in the viewer and in compare.
    pub full_screen: bool,
    /// Whether the library is on a drive across a network or in user space.
    pub far_drive: bool,
    /// The one picture that a command is about, whatever is selected.
    about: Option<PictureId>,
    /// How many pictures further those above and below the active one lie; set by the grid and by compare, for the
    /// arrow keys.
    pub row_steps: [isize; 2],
    /// Points; set at every frame.
    pub window_width: f32,
    /// Tells the time and the time zone; tests set it to stand still.
    pub clock: fn() -> jiff::Zoned,
    saved: draft::Saved,
}

/// Recipes held in memory at most.
const RECIPES: usize = 256;

impl Studio {
    /// Starts from settings kept by an earlier session; anything missing or unreadable takes its default.
    pub fn new(snapshot: Arc<Snapshot>, settings: impl Fn(&str) -> Option<serde_json::Value>) -> Self {
        fn kept<T: serde::de::DeserializeOwned>(value: Option<serde_json::Value>) -> Option<T> {
            value.and_then(|value| serde_json::from_value(value).ok())
        }
        let draft = kept(settings(draft::DRAFT)).unwrap_or_else(draft::starter);
        let layout: Layout = kept(settings(draft::LAYOUT)).unwrap_or_default();
        let keymap = Arc::new(Keymap::of(&layout.keys));
        let browser = kept(settings(draft::BROWSER)).unwrap_or_default();
        let saved = draft::Saved::new(&draft, &layout, &browser);
        let place: place::Place = kept(settings(place::PLACE)).unwrap_or_default();
        let mut studio = Self {
            snapshot,
            draft,
            typing: BTreeMap::new(),
            collection: LibraryContents::default(),
            all_loaded: false,
            shown: Shown::default(),
            search: Search::default(),
            selection: Selection::default(),
            screen: Screen::Grid,
            viewer: Viewer::default(),
            compare: Compare::default(),
            browser,
            layout,
            notices: Notices::default(),
            dialog: None,
            crash: None,
            effects: Vec::new(),
            recipes: HashMap::new(),
            wanted_recipes: Vec::new(),
            asked_recipes: HashSet::new(),
            shelves: UserLists::default(),
            open_stacks: HashSet::new(),
            keymap,
            recording_keys: false,
            history: History::default(),
            walk: walk::Walk::default(),
            former: None,
            wanted_draft: None,
            trashed_by_run: Kept::default(),
            due: Vec::new(),
            lineages: lineage::Lineages::default(),
            way: partials::Way::default(),
            undo: Undo::default(),
            chosen: Kept::default(),
            tallies: Kept::default(),
            preparing: None,
            waiting: Vec::new(),
            zooms: Vec::new(),
            full_screen: false,
            far_drive: false,
            about: None,
            row_steps: [-1, 1],
            window_width: 1280.0,
            clock: jiff::Zoned::now,
            saved,
        };
        studio.go_to(place);
        studio.saved.mark = studio.place_mark();
        studio
    }

    /// Returns a picture's recipe when it has been read; otherwise asks for it, once.
    pub fn recipe(&mut self, id: &PictureId) -> Option<Arc<Recipe>> {
        let known = self.recipes.get(id).cloned();
        if known.is_none() && self.asked_recipes.insert(id.clone()) {
            self.wanted_recipes.push(id.clone());
        }
        known
    }

    /// Returns the picture `step` places further in what is shown; `None` at the ends.
    pub fn neighbour(&self, id: &PictureId, step: isize) -> Option<PictureId> {
        self.shown.neighbour(&self.collection, id, step)
    }

    /// Returns the first picture of what is shown.
    pub fn first(&self) -> Option<PictureId> {
        self.shown.first(&self.collection)
    }

    /// Returns the newest run that has something to show.
    pub fn last_run(&self) -> Option<&RunEntry> {
        let jobs = &self.snapshot.jobs;
        self.collection
            .runs()
            .find(|entry| !entry.pictures.is_empty() || jobs.iter().any(|job| job.run.id == entry.run.id))
    }

    /// Returns the selected pictures in the grid's order, and what their marks have in common.
    pub fn chosen(&mut self) -> Arc<Common> {
        let Self { chosen, selection, collection, .. } = self;
        chosen.get((selection.revision(), collection.revision()), || {
            let ids = selection.in_order(collection);
            Common::of(ids.iter().filter_map(|id| collection.picture(id)))
        })
    }

    /// Returns how many pictures are in each collection and have each tag, and what lies in the trash.
    pub fn tallies(&mut self) -> Arc<Tallies> {
        let Self { tallies, collection, .. } = self;
        tallies.get(collection.revision(), || Tallies::of(collection))
    }

    /// Brings the compared pictures in line with what has become of them: some leave, some come back.
    pub fn settle_table(&mut self) {
        let Self { compare, collection, .. } = self;
        compare.settle(|id| match collection.picture(id) {
            Some(picture) if picture.trashed_ms.is_none() => {
                (picture.marks.flag == Some(crate::plan::Flag::Reject)).then_some(Why::Rejected)
            }
            _ => Some(Why::Trashed),
        });
    }

    /// Returns the one picture that is looked at: of the active pane, else the selection's active one.
    pub fn looked_at(&self) -> Option<&PictureId> {
        match self.screen {
            Screen::Compare => self.compare.active(),
            _ => self.selection.active(),
        }
    }

    /// Returns the pictures a command is about: the selection, or the one the viewer or the active pane shows.
    pub fn subjects(&self) -> Vec<PictureId> {
        if let Some(about) = &self.about {
            return vec![about.clone()];
        }
        match self.screen {
            Screen::Compare => self.compare.active().cloned().into_iter().collect(),
            Screen::Viewer => self.selection.active().cloned().into_iter().collect(),
            _ => self.selection.in_order(&self.collection),
        }
    }
}
