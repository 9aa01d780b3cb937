//! What can be said to the engine, and what it says when something happened.

use super::{
    Care, Changes, ConnectionChoice, DiskError, Found, FoundPrompts, Imported, KeyPlace, Privacy, ServiceMark,
    WhichPartial,
};
use crate::api::{GenerationRequest, ModelId};
use crate::library::{
    Collection, Edit, Edited, JobId, Lineage, Partials, Picture, PictureId, Recipe, RecipeContext, Run, RunId, Shelves,
};
use crate::picture::{Flaw, ReferenceEdit};
use crate::plan::{Draft, DraftReference};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

/// Asks the engine to do something. Sending never waits.
#[derive(Debug)]
pub enum Order {
    /// Journal and queue the calls of one press of Generate.
    Submit(Box<Submission>),
    Cancel(JobId),
    CancelRun(RunId),
    CancelAll,
    /// Send the request of an ended job again, as a new job of the same run.
    Retry(JobId),
    /// Let a waiting job of an earlier session go.
    Resume,
    /// Send jobs that wait for another service to the one in use, also those of an earlier session; nothing is done
    /// when that is not `to` any more.
    SendHere {
        jobs: Vec<JobId>,
        to: ServiceMark,
    },
    /// Cancel the waiting jobs of an earlier session and take them off the list.
    RemoveHeld,
    /// Take ended jobs off the screen.
    Dismiss(Vec<JobId>),
    /// Store again what could not be written.
    SaveAgain(JobId),
    /// Write what could not be stored, with its recipes, into a folder outside the library.
    SaveElsewhere {
        job: JobId,
        folder: PathBuf,
    },
    /// Try once more to find pictures in an answer that could not be read.
    ReadUnread(JobId),
    /// Jobs on the wire at once.
    SetLimit(usize),
    /// Read the list of models anew.
    RefreshModels,
    /// Read one model's endpoints before the others.
    WantEndpoints(ModelId),
    /// Use this key from now on, and keep it where asked.
    Connect {
        key: Secret,
        place: KeyPlace,
    },
    /// Remove the key from wherever it is kept.
    ForgetKey,
    /// Use another service from now on; what waits for this one goes on when it is used again.
    UseConnection(ConnectionChoice),
    /// Make a connection and use it.
    AddConnection {
        name: String,
        base: String,
        /// Jobs at once; `None`: as the settings say.
        max_running: Option<usize>,
    },
    /// Take a connection away, and its key with it.
    RemoveConnection(String),
    /// Begin to sign in at the service's own page; a sign-in that is under way ends.
    SignIn {
        /// The page shows a code, which [`Order::PasteCode`] brings.
        by_code: bool,
        place: KeyPlace,
    },
    PasteCode(Secret),
    CancelSignIn,
    /// Let the key that waits for this yes go to its host unencrypted, now and later.
    AllowOpenHttp,
    /// Wait no longer for the secret store, or for that yes.
    GiveUpKey,
    /// Ask for the kept key again.
    ReadKeyAgain,
    /// Look whether another window has changed the key or the connections.
    LookAgain,
    /// Read balance and limits again.
    RefreshAccount,
    AddReferences(Vec<ReferenceInput>),
    /// What goes out beside the request itself, from now on.
    SetPrivacy(Privacy),
    /// Send these at most so long on a side (pixels) from now on; the originals stay as they are.
    ShrinkReferences {
        references: Vec<DraftReference>,
        max_side: u32,
    },
    /// Make the copy of a reference that is sent in its place; the original stays as it is. `place`: in the draft.
    EditReference {
        place: usize,
        reference: Box<DraftReference>,
        edit: ReferenceEdit,
    },
    Trash(Vec<PictureId>, Cause),
    Restore(Vec<PictureId>, Cause),
    EmptyTrash,
    /// Copy pictures from these files and folders into the library.
    Import(Vec<PathBuf>),
    CancelImport,
    /// Change ratings, tags, collections, saved searches.
    Edit(Edit, Cause),
    SaveSetting {
        key: &'static str,
        value: Value,
    },
    LoadRecipe(PictureId),
    /// Keep what was seen to be wrong with a picture's file.
    NoteFlaw(PictureId, Flaw),
    /// Look after the library; the snapshot tells how far it is and what came of it.
    Tend(Care),
    StopTending,
    /// Become the writer of a library that is open for reading only.
    Claim,
    /// Read the settings that a run was made with; [`Event::Draft`] answers.
    LoadDraft(RunId),
    /// Look what a picture was made from and what was made from it.
    LoadLineage(PictureId),
    /// Look what came on the way to a picture.
    LoadPartials(PictureId),
    /// Make a partial a picture of its own.
    KeepPartial(WhichPartial),
    /// Whether partials are kept from now on.
    SetKeepPartials(bool),
    Shutdown,
}

impl Order {
    /// Says whether it asks what the library's index holds of a picture or a run.
    pub(super) fn reads(&self) -> bool {
        matches!(
            self,
            Self::LoadRecipe(_)
                | Self::LoadDraft(_)
                | Self::LoadLineage(_)
                | Self::LoadPartials(_)
                | Self::NoteFlaw(..)
        )
    }

    /// Says whether carrying it out changes the library.
    pub(super) fn writes(&self) -> bool {
        match self {
            Self::Submit(_)
            | Self::Retry(_)
            | Self::Resume
            | Self::SendHere { .. }
            | Self::RemoveHeld
            | Self::Dismiss(_)
            | Self::SaveAgain(_)
            | Self::ReadUnread(_)
            | Self::AddReferences(_)
            | Self::EditReference { .. }
            | Self::Trash(..)
            | Self::Restore(..)
            | Self::EmptyTrash
            | Self::Import(_)
            | Self::Edit(..)
            | Self::KeepPartial(_)
            | Self::SaveSetting { .. } => true,
            Self::Cancel(_)
            | Self::CancelRun(_)
            | Self::CancelAll
            | Self::SaveElsewhere { .. }
            | Self::SetLimit(_)
            | Self::RefreshModels
            | Self::WantEndpoints(_)
            | Self::Connect { .. }
            | Self::ForgetKey
            | Self::UseConnection(_)
            | Self::AddConnection { .. }
            | Self::RemoveConnection(_)
            | Self::SignIn { .. }
            | Self::PasteCode(_)
            | Self::CancelSignIn
            | Self::AllowOpenHttp
            | Self::GiveUpKey
            | Self::ReadKeyAgain
            | Self::LookAgain
            | Self::RefreshAccount
            // These answer for themselves when what they make cannot be kept.
            | Self::ShrinkReferences { .. }
            | Self::CancelImport
            | Self::LoadRecipe(_)
            | Self::LoadDraft(_)
            | Self::LoadLineage(_)
            | Self::LoadPartials(_)
            // In a library that is only looked at it is not kept.
            | Self::NoteFlaw(..)
            | Self::SetKeepPartials(_)
            | Self::SetPrivacy(_)
            | Self::Tend(_)
            | Self::StopTending
            | Self::Claim
            | Self::Shutdown => false,
        }
    }
}

/// Why something is changed: comes back with the event, so that undo and redo find their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Asked,
    Undone,
    Redone,
}

/// A key as it was typed, on its way to where it is kept. Nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Everything one press of Generate asks for.
#[derive(Debug)]
pub struct Submission {
    pub run: Run,
    /// One per HTTP call; without references, which `references` names for all of them.
    pub requests: Vec<GenerationRequest>,
    pub references: Vec<DraftReference>,
    pub context: RecipeContext,
}

/// Something the artist wants as a reference.
#[derive(Clone, Debug)]
pub enum ReferenceInput {
    File(PathBuf),
    Url(String),
    /// Pixels from the clipboard: width, height, straight RGBA.
    Pixels(Arc<crate::picture::Pixels>),
    /// A whole picture file written as text; decoded off the window's thread.
    DataUrl(DataUrl),
    Picture(PictureId),
}

/// A `data:image/…;base64,…` address. Its `Debug` prints the length only.
#[derive(Clone)]
pub struct DataUrl(Arc<str>);

impl DataUrl {
    /// Wraps an address that starts like one of a picture; whether it can be decoded shows later.
    pub fn new(text: &str) -> Option<Self> {
        let head = text.get(..5 + 6).filter(|head| head.eq_ignore_ascii_case("data:image/"));
        let is_base64 = text.split_once(',').is_some_and(|(head, _)| head.ends_with(";base64"));
        (head.is_some() && is_base64).then(|| Self(text.into()))
    }

    /// Returns the bytes it stands for; `None` when it is damaged or empty.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        crate::api::decode_base64(&self.0).filter(|found| found.whole).map(|found| found.bytes)
    }
}

impl std::fmt::Debug for DataUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DataUrl({} bytes)", self.0.len())
    }
}

/// Says what happened, once. Small: ids and records, never pixels.
#[derive(Debug)]
pub enum Event {
    /// The library has been read.
    Loaded(Box<Collection>),
    /// The newest of a large library, while the rest is still being read.
    Newest(Box<Collection>),
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
        failure: Option<super::Failure>,
    },
    Trashed(Vec<Picture>, Cause),
    Restored(Vec<Picture>, Cause),
    Edited(Box<Edited>, Cause),
    /// More is known about these pictures than before.
    Updated(Vec<Picture>),
    /// The library has been read anew: this is all of it.
    Replaced(Box<Collection>),
    /// Another Easel has changed the library that this one only reads.
    Changed(Box<Changes>),
    /// Collections, saved searches and favourite prompts as they were found at start.
    Shelves(Box<Shelves>),
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
