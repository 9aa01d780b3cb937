//! What the engine says when something happened.

use super::super::disk::DiskError;
use super::super::failure::Failure;
use super::super::service::KeyPlace;
use super::order::{Care, Cause, PromptQuestion};
use crate::library::{
    Changes, EditResult, JobId, LibraryContents, Lineage, Partials, Picture, PictureId, Rebuilt, Recipe, Run, RunId,
    SentPrompt, UserLists, VerifyReport,
};
use crate::plan::query::Vocabulary;
use crate::plan::{Draft, DraftReference};
use fixedbitset::FixedBitSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Says what happened, once. Small: ids and records, never pixels.
#[derive(Debug)]
pub enum Event {
    /// The library has been read.
    Loaded(Box<LibraryContents>),
    /// The newest of a large library, while the rest is still being read.
    Newest(Box<LibraryContents>),
    /// A run was journalled.
    RunAdded(Arc<Run>),
    /// A picture is on disk and indexed.
    Stored {
        picture: Box<Picture>,
        run: Arc<Run>,
    },
    /// A job has ended; `arrived` of `asked` pictures are stored.
    Ended {
        job: JobId,
        run: RunId,
        asked: u32,
        arrived: u32,
        failure: Option<Failure>,
    },
    Trashed(Vec<Picture>, Cause),
    Restored(Vec<Picture>, Cause),
    Edited(Box<EditResult>, Cause),
    /// More is known about these pictures than before.
    Updated(Vec<Picture>),
    /// The library has been read anew: this is all of it.
    Replaced(Box<LibraryContents>),
    /// Another Easel has changed the library that this one only reads.
    Changed(Box<Changes>),
    /// Collections, saved searches and favourite prompts as they were found at start.
    Shelves(Box<UserLists>),
    Emptied {
        count: usize,
        bytes: u64,
        /// Files that stayed in the trash folder, for they are not the pictures that were thrown away.
        kept: usize,
        /// Still in the trash: they could not be deleted.
        left: Vec<Picture>,
    },
    ReferenceAdded(DraftReference),
    /// What will be sent of these references has changed.
    ReferencesShrunk(Vec<DraftReference>),
    /// The copy is made, or why not, as a sentence.
    ReferenceEdited {
        place: usize,
        edited: Result<DraftReference, String>,
    },
    Recipe {
        id: PictureId,
        recipe: Arc<Recipe>,
    },
    /// The settings that a run was made with; `None`: not known.
    Draft {
        run: RunId,
        draft: Option<Box<Draft>>,
    },
    /// What the question to the prompt history that stands has found.
    FoundPrompts(Box<FoundPrompts>),
    Lineage {
        id: PictureId,
        lineage: Arc<Lineage>,
    },
    /// What came on the way to a picture.
    Partials {
        id: PictureId,
        partials: Arc<Partials>,
    },
    /// A partial is a picture of its own now.
    PartialKept(PictureId),
    /// A partial that was to become a picture is one already.
    PartialWasKept(PictureId),
    /// What the search that stands has found.
    Found(Box<Found>),
    /// Something to tell that belongs to no tile.
    Notice(Notice),
    Stopped,
}

/// A short message for the artist.
#[derive(Clone, Debug)]
pub enum Notice {
    ReferenceRefused {
        name: String,
        reason: String,
    },
    LibraryFailed(DiskError),
    KeyKept(KeyPlace),
    KeyNotKept {
        reason: String,
    },
    KeyForgotten,
    /// Another window chose another key, which is used here too now.
    KeyChangedElsewhere,
    /// Another window forgot the key, which is not used here any more.
    KeyForgottenElsewhere,
    /// Something else about keys went wrong: a sentence.
    KeyTrouble {
        text: String,
    },
    /// A connection could not be made, used or kept: a sentence.
    ConnectionTrouble {
        text: String,
    },
    /// The library is not put in order while pictures are on their way.
    NotTended,
    /// What a service sent could not be read this time either; why, as a phrase.
    StillUnread {
        reason: String,
    },
    /// An answer that could not be read is in this folder, with its request.
    SavedUnread {
        folder: PathBuf,
    },
    /// A partial that was to become a picture is not there, or nothing of it can be shown.
    PartialGone,
    /// An import has ended.
    Imported(Imported),
    /// What the library would not take is in this folder.
    SavedElsewhere {
        count: usize,
        folder: PathBuf,
    },
    /// Found after a crash.
    Recovered {
        stored: usize,
        unknown: usize,
        waiting: usize,
    },
}

impl Notice {
    /// Returns what is wrong with a key, as a sentence; `None`: it is about something else, or nothing is.
    pub fn key_trouble(&self) -> Option<String> {
        match self {
            Self::KeyNotKept { reason } => Some(format!("The key was not kept: {reason}")),
            Self::KeyTrouble { text } => Some(text.clone()),
            _ => None,
        }
    }
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Grows with every answer.
    pub number: u64,
    /// The question.
    pub text: String,
    /// Numbers of the pictures found, in the trash and out of it; `None`: everything was asked for.
    pub numbers: Option<Arc<FixedBitSet>>,
    /// How many of them are out of the trash.
    pub count: usize,
    /// What the whole library holds, for chips and completion.
    pub vocabulary: Arc<Vocabulary>,
}

/// The prompts that answer a question.
#[derive(Clone, Debug)]
pub struct FoundPrompts {
    pub question: PromptQuestion,
    /// Latest first.
    pub prompts: Arc<Vec<Arc<SentPrompt>>>,
    /// How many there are, whatever was asked for.
    pub all: usize,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    Checked(VerifyReport),
    Mended(VerifyReport),
    Rebuilt(Rebuilt),
    /// The artist stopped it; nothing was changed but what a mending had done so far.
    Stopped(Care),
    /// As a sentence.
    Failed(Care, String),
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Those that are in the library now, in the order in which they came.
    pub pictures: Vec<PictureId>,
    /// Already in the library.
    pub known: usize,
    /// No pictures, or not to be read or stored.
    pub refused: usize,
}
