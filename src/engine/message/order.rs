//! What can be said to the engine.

use super::super::service::ServiceMark;
use super::service_order::ServiceOrder;
use crate::api::GenerationRequest;
use crate::library::{Edit, JobId, PictureId, RecipeContext, Run, RunId};
use crate::picture::{Flaw, ReferenceEdit};
use crate::plan::DraftReference;
use serde_json::Value;
use std::collections::BTreeSet;
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
    /// What is asked of the service in use, of its key, or of the connections.
    Service(ServiceOrder),
    AddReferences(Vec<ReferenceInput>),
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
    /// Delete what is in the trash now.
    EmptyTrash,
    /// What is not deleted yet stays in the trash.
    StopEmptying,
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

/// What an order needs of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// Its index, for what it holds of a picture or a run.
    Read,
    /// To change it.
    Write,
    /// Itself: which Easel writes it, and whether it is in order. Waits until it has been read, and for nothing else.
    Whole,
}

impl Order {
    /// Returns what carrying it out needs of the library.
    pub fn needs(&self) -> Needs {
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
            | Self::SaveSetting { .. } => Needs::Write,
            Self::LoadRecipe(_)
            | Self::LoadDraft(_)
            | Self::LoadLineage(_)
            | Self::LoadPartials(_)
            // In a library that is only looked at it is not kept.
            | Self::NoteFlaw(..) => Needs::Read,
            Self::Tend(_) | Self::Claim => Needs::Whole,
            Self::Cancel(_)
            | Self::CancelRun(_)
            | Self::CancelAll
            | Self::SaveElsewhere { .. }
            | Self::SetLimit(_)
            | Self::Service(_)
            // These answer for themselves when what they make cannot be kept.
            | Self::ShrinkReferences { .. }
            | Self::CancelImport
            | Self::StopEmptying
            | Self::SetKeepPartials(_)
            | Self::StopTending
            | Self::Shutdown => Needs::Nothing,
        }
    }

    /// Says whether it brings pictures into the trash or out of it.
    pub(in crate::engine) fn moves(&self) -> bool {
        matches!(self, Self::Trash(..) | Self::Restore(..) | Self::EmptyTrash)
    }

    /// Says whether jobs are sent because of it.
    pub(in crate::engine) fn starts(&self) -> bool {
        matches!(self, Self::Submit(_) | Self::Retry(_) | Self::Resume | Self::SendHere { .. })
    }
}

/// Why something is changed: comes back with the event, so that undo and redo find their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Asked,
    Undone,
    Redone,
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

/// What is done for the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Compare index and folder.
    Check,
    /// The same, and set right what can be.
    Mend,
    /// Make the index anew from the folder.
    Rebuild,
}

/// Names a partial that is to become a picture of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichPartial {
    /// One that came on the way to this picture, by its place among them.
    Of { picture: PictureId, step: usize },
    /// The last one of a job that brought no picture, or not all.
    Last(JobId),
}

/// What is asked of the prompt history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptQuestion {
    /// In the language of the search field.
    pub text: String,
    /// Only these; `None`: all.
    pub favourites: Option<BTreeSet<RunId>>,
}
