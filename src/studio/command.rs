//! Everything the window can ask for that has a consequence.

use super::{Action, KeyChoices, Layer, PaletteEntry};
use crate::api::ModelId;
use crate::engine::{Care, Export, ReferenceInput, ServiceMark, ServiceOrder, SheetOrder, Told, WhichPartial};
use crate::library::{Edit, JobId, PictureId, RunId};
use crate::picture::ReferenceEdit;
use crate::plan::EndpointChoice;
use std::path::PathBuf;

/// What fills the centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Screen {
    #[default]
    Grid,
    Viewer,
    Compare,
    /// The model browser takes the whole window between the bars.
    Models,
}

/// A dialog over the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    Settings,
    /// Services by name.
    Connections,
    Keys,
    /// Every prompt ever sent.
    History,
    /// Everything that can be done.
    Palette,
    /// Save these pictures elsewhere.
    Export(Vec<PictureId>),
    /// Show these on contact sheets.
    ContactSheet(Vec<PictureId>),
    /// Type paths or addresses: where no file dialog can open, and for addresses.
    AddReference {
        why: Option<String>,
    },
    /// Crop and mark up the copy of a reference, by its place in the draft.
    EditReference(usize),
    EmptyTrash,
    /// Put these into collections and give them tags.
    Collect(Vec<PictureId>),
    /// Files were dropped on the window.
    Dropped(Vec<PathBuf>),
    /// Choose a folder for what the library would not take.
    SaveElsewhere(JobId),
    /// A part of Easel failed inside: what was written down.
    CrashReport,
    /// Something is under way, and the artist wants to close the window.
    Quit,
}

/// A wish with a consequence; applied between frames.
#[derive(Clone, Debug)]
pub enum Command {
    /// What a key or a menu line stands for.
    Do(Action),
    /// The same for one picture, whatever is selected.
    DoFor(PictureId, Action),
    ChooseModel(ModelId),
    ChooseEndpoint(EndpointChoice),
    ToggleFavourite(ModelId),
    /// Look at a model in the browser (loads its endpoints first).
    InspectModel(ModelId),
    Cancel(JobId),
    CancelRun(RunId),
    Retry(JobId),
    DismissJob(JobId),
    SaveAgain(JobId),
    /// Write what could not be stored into this folder.
    SaveElsewhere {
        job: JobId,
        folder: PathBuf,
    },
    /// Try once more to find pictures in an answer that could not be read.
    ReadUnread(JobId),
    /// Show this step of the way in the place of the picture; `None`: the picture itself.
    HoldPartial(Option<usize>),
    /// Make a partial a picture of its own.
    KeepPartial(WhichPartial),
    /// Take the prompt of a run into the panel.
    UsePrompt(RunId),
    /// Take the prompt of a run into the panel with all its settings and references.
    UsePromptSettings(RunId),
    /// Take the prompt of this picture's run into the panel.
    UsePromptOf(PictureId),
    /// Put back what another draft took the place of.
    PutBack,
    /// Take the job's draft back into the panel and put the cursor into the prompt.
    EditJob(JobId),
    /// Take the job's draft back into the panel and send its references half as large from now on.
    ShrinkReferences(JobId),
    /// Show the endpoints of the job's model.
    OtherEndpoint(JobId),
    /// Let waiting jobs of an earlier session go.
    Resume,
    /// Send jobs that wait for another service to the one in use instead, which is `to`.
    SendHere {
        jobs: Vec<JobId>,
        to: ServiceMark,
    },
    /// Take waiting jobs of an earlier session off the list, unsent.
    RemoveHeld,
    AddReferences(Vec<ReferenceInput>),
    RemoveReference(usize),
    /// Send the reference at this place cropped and marked like this from now on.
    EditReference {
        place: usize,
        edit: ReferenceEdit,
    },
    MoveReference {
        from: usize,
        to: usize,
    },
    Show(Screen),
    Open(PictureId),
    /// Plain click: this one alone.
    Select(PictureId),
    /// Ctrl-click.
    ToggleSelected(PictureId),
    /// Shift-click: from the last one to this one.
    SelectTo(PictureId),
    SelectNone,
    /// These and no others.
    SelectThese(Vec<PictureId>),
    /// Show all pictures of a run, or its best alone.
    ToggleStack(RunId),
    /// Put these side by side.
    Compare(Vec<PictureId>),
    /// Put these two side by side, with a way back to all that are compared now.
    ComparePair([PictureId; 2]),
    AddToCompare(PictureId),
    RemoveFromCompare(PictureId),
    /// Make this pane the active one.
    ActivatePane(usize),
    /// Of the two pictures over each other, lay the next one (1) or the one before (-1) below or above.
    LayNext(Layer, isize),
    /// Change ratings, tags, collections, saved searches.
    Edit(Edit),
    Trash(Vec<PictureId>),
    Restore(Vec<PictureId>),
    EmptyTrash,
    UseSettings(PictureId),
    UseAsReference(Vec<PictureId>),
    CopyPicture(PictureId),
    /// Put the files of these on the clipboard.
    CopyFiles(Vec<PictureId>),
    CopyPrompt(PictureId),
    /// Take the prompt that was sent into the panel.
    UseSentPrompt(PictureId),
    /// Choose a picture and bring it into view.
    GoTo(PictureId),
    /// Read a picture's recipe, to be shown.
    ReadRecipe(PictureId),
    OpenFolder(PictureId),
    /// Show the folder of a file outside the library's pictures.
    ShowFile(PathBuf),
    /// Files were dropped on the window.
    Dropped(Vec<PathBuf>),
    /// Take over the settings that a file tells.
    UseTold(Box<Told>),
    /// Copy these files and folders into the library.
    Import(Vec<PathBuf>),
    CancelImport,
    /// What is not deleted yet stays in the trash.
    StopEmptying,
    Export(Vec<Export>),
    MakeSheets(Box<SheetOrder>),
    OpenDialog(Dialog),
    CloseDialog,
    /// Ask something of the service in use, of its key, or of the connections.
    Service(ServiceOrder),
    /// Compare the library's index and folder, mend what can be, or make the index anew.
    Tend(Care),
    StopTending,
    /// Write to the library that this window only reads, if nobody else does any more.
    Claim,
    DismissNotice(u64),
    /// The artist has seen it, or does not want to: it is not offered again.
    CloseCrashReport,
    /// Let keys mean this from now on.
    SetKeys(KeyChoices),
    /// Do what a line of the palette says.
    RunEntry(Box<PaletteEntry>),
}

/// What only the window itself can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    FocusPrompt,
    FocusSearch,
    /// Go to the search of the drawing's source.
    SearchSource,
    CopyText(String),
    /// Open the native dialog for reference files.
    PickReferences,
    /// Read the clipboard for references.
    ReadClipboard,
    CopyPicture(PictureId),
    CopyFiles(Vec<PictureId>),
    OpenFolder(PictureId),
    ShowFile(PathBuf),
    Export(Vec<Export>),
    MakeSheets(Box<SheetOrder>),
    /// Bring this picture into view without moving more than needed.
    Reveal(PictureId),
    /// Remember that this report was seen.
    ForgetCrash(PathBuf),
    Quit,
}
