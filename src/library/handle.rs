//! The open library: its folder, its index, its lock, and the list of what can be done with it.
//!
//! One line each: what happens, and the promise in full, stands at the function of the room, which is handed no more
//! than it may touch: `&Connection` reads the index, `&mut Connection` and `Commit` change it, `&Path` looks at the
//! folder, `&Folder` writes into it. Imports the rooms, which do not know it. Invariants: only here has a library
//! methods; one that is not read only is the only writer of its folder.

use super::error::Result;
use super::folder::lock::{self, FolderLock};
use super::folder::partials::{self, PartialsOnDisk, Piece};
use super::folder::root::Folder;
use super::folder::{paths, references};
use super::index::in_flight::{self, InFlight, KeyUsage};
use super::index::pictures::{self, Spent};
use super::index::read_only::Identity;
use super::index::{drive, jobs, marks, settings};
use super::ingest::{self, NewPicture, StagedPicture};
use super::lineage::{self, Lineage};
use super::model::context::RecipeContext;
use super::model::id::{JobId, PictureId, RunId};
use super::model::job::{FailureRecord, Job, JobState, Run};
use super::model::lists::{Edit, EditResult, UserLists};
use super::model::picture::Picture;
use super::model::recipe::Recipe;
use super::open::{self, Opened};
use super::purge::PurgeSummary;
use super::rebuild::online::{self, OnlineRebuild};
use super::rebuild::{self, Progress, Rebuilt};
use super::recover::{self, Recovered};
use super::unread::{self, UnreadAnswer};
use super::verify::{self, Repair, VerifyReport};
use super::{journal, orphaned_partials, sample_library, sidecar_sync, trash};
use crate::api::{GenerationRecord, ModelId};
use crate::picture::{Flaw, Format, Size};
use crate::plan::Draft;
use rusqlite::Connection;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Why a library is open for reading only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// Another Easel has it.
    InUse,
    /// Its folder cannot be written.
    Folder,
    /// It was asked for.
    Asked,
    /// For a while: it is being mended, or its index made anew.
    Maintenance,
}

/// Holds an open library. Lives on one thread; dropping it lets go of the lock.
///
/// One that was opened by [`Library::open_read_only`] answers every writing method with [`super::Error::ReadOnly`].
#[derive(Debug)]
pub struct Library {
    pub(super) folder: Folder,
    pub(super) db: Connection,
    /// Moved to or from the trash, and not yet told by [`Library::drain_moved`].
    moved: Vec<PictureId>,
    /// The last sidecar that [`Library::sync_sidecars`] tried in this round; empty: a round begins.
    sidecars_tried: String,
    pub(super) read_only: Option<ReadOnly>,
    /// Of a reader: which file has the name of the index.
    identity: Option<Identity>,
    /// A reader's copy of the index, where the folder lets no index be opened.
    _copy: Option<tempfile::TempDir>,
    /// Last, so that the lock outlives the database; a reader has none.
    pub(super) lock: Option<FolderLock>,
}

impl Library {
    /// Opens the library in a folder, or makes a new one there.
    ///
    /// Call [`Library::recover`] next. Errors: [`super::Error::CannotWrite`] and [`super::Error::Full`] when the folder
    /// cannot be used, [`super::Error::Locked`], [`super::Error::NewerVersion`], [`super::Error::Database`] when the
    /// index is broken.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Self::of(open::open(dir)?, None))
    }

    /// Opens the library in a folder for reading only; another Easel may be writing.
    ///
    /// Errors: [`super::Error::NoLibrary`], [`super::Error::NewerVersion`], [`super::Error::OlderVersion`],
    /// [`super::Error::OtherIndex`], [`super::Error::Database`] when the index is broken.
    pub fn open_read_only(dir: &Path, why: ReadOnly) -> Result<Self> {
        Ok(Self::of(open::open_read_only(dir)?, Some(why)))
    }

    fn of(opened: Opened, read_only: Option<ReadOnly>) -> Self {
        let Opened { folder, db, lock, identity, copy } = opened;
        let (moved, sidecars_tried) = (Vec::new(), String::new());
        Self { folder, db, moved, sidecars_tried, read_only, identity, _copy: copy, lock }
    }

    /// Becomes the writer of a library that was open for reading only. After an error it is as it was.
    ///
    /// Call [`Library::recover`] next. Errors: as for [`Library::open`].
    pub fn become_writer(&mut self) -> Result<()> {
        if self.read_only.is_some() {
            *self = Self::open(&self.folder.dir)?;
        }
        Ok(())
    }

    /// Opens the index of a reader again where another one has taken its place; says whether that was so.
    ///
    /// Errors: as for [`Library::open_read_only`]; the library is then as it was.
    pub(super) fn follow_index(&mut self) -> Result<bool> {
        match self.read_only {
            Some(why) if open::is_replaced(&self.folder.dir, self.identity) => {
                *self = Self::open_read_only(&self.folder.dir, why)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Says whether a folder holds a library's index.
    pub fn is_there(dir: &Path) -> bool {
        open::is_there(dir)
    }

    /// Says whether a folder holds pictures of a library, with an index or without one.
    pub fn has_pictures(dir: &Path) -> bool {
        open::has_pictures(dir)
    }

    /// Says what is wrong with a folder in which a library is expected: nothing is made there.
    pub fn expect_there(dir: &Path) -> Result<()> {
        open::expect_there(dir)
    }

    /// Says whether somebody has the library in a folder open for writing; false also when that cannot be told.
    pub fn is_in_use(dir: &Path) -> bool {
        lock::is_held(dir)
    }

    /// Returns the absolute path of the library folder.
    pub fn dir(&self) -> &Path {
        &self.folder.dir
    }

    /// Says whether its drive is across a network or in user space, so that its index is kept without a log.
    pub fn is_on_far_drive(&self) -> bool {
        drive::is_far(&self.folder.dir)
    }

    /// Returns what stands in the lock of this library, whose writer this is; `None`: it is only looked at.
    pub fn token(&self) -> Option<&str> {
        self.lock.as_ref().map(|lock| lock.token())
    }

    /// Says why nothing can be written; `None`: this is the library's writer.
    pub fn read_only(&self) -> Option<ReadOnly> {
        self.read_only
    }

    /// Returns a number that is another one after somebody else has changed the library.
    pub fn version(&self) -> Result<i64> {
        Ok(self.db.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Lets a test make the disk fail, from wherever it is.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> super::Faults {
        self.folder.storage.faults.clone()
    }

    /// Writes a run and its jobs to the journal, all or nothing.
    pub fn add_run(&mut self, run: &Run, jobs: &[Job]) -> Result<()> {
        journal::add_run(&mut self.db, &self.folder, run, jobs)
    }

    /// Writes a retry to the journal: the new job, and the old one of the same run off the list, all or nothing.
    pub fn replace_job(&mut self, old: &JobId, ended: &JobState, run: &Run, job: &Job) -> Result<()> {
        journal::replace_job(&mut self.db, &self.folder, old, ended, run, job)
    }

    /// Writes the next state of a job to the journal.
    pub fn set_job_state(&mut self, job: &JobId, state: &JobState) -> Result<()> {
        jobs::set_job_state(&mut self.db, &self.folder.storage, job, state)
    }

    /// Writes the states of several jobs in one transaction.
    pub fn set_job_states(&mut self, states: &[(JobId, JobState)]) -> Result<()> {
        jobs::set_job_states(&mut self.db, &self.folder.storage, states)
    }

    /// Writes that a job is about to be sent, with what the key had spent when that was last read (`None`: never).
    pub fn mark_sent(&mut self, job: &JobId, before: Option<&KeyUsage>) -> Result<()> {
        jobs::mark_sent(&mut self.db, &self.folder.storage, job, before)
    }

    /// Writes for which service jobs are now that are not stored and have not ended, all or nothing.
    pub fn readdress_jobs(&mut self, jobs: &[(JobId, RecipeContext)]) -> Result<()> {
        jobs::readdress_jobs(&mut self.db, &self.folder.storage, jobs)
    }

    /// Takes failed, cancelled or unknown jobs off the list for good, in one transaction; their journal entries stay.
    pub fn dismiss_jobs(&mut self, jobs: &[(JobId, JobState)]) -> Result<()> {
        jobs::dismiss_jobs(&mut self.db, &self.folder.storage, jobs)
    }

    /// Returns every job that is not stored and not dismissed, with its run, oldest first.
    pub fn open_jobs(&self) -> Result<Vec<(Run, Job)>> {
        jobs::open_jobs(&self.db)
    }

    /// Returns the draft that made a run, also when its jobs and pictures are gone.
    pub fn draft_of(&self, run: &RunId) -> Result<Option<Draft>> {
        jobs::draft_of(&self.db, run)
    }

    /// Returns all runs, newest first, also those whose pictures are gone.
    pub fn runs(&self) -> Result<Vec<Run>> {
        jobs::runs(&self.db)
    }

    /// Returns a run; `None` when the library does not know it.
    pub fn run(&self, id: &RunId) -> Result<Option<Run>> {
        jobs::run(&self.db, id)
    }

    /// Returns what was known of a job when it was sent last; `None` when it was not sent, or its outcome is known.
    pub fn in_flight(&self, job: &JobId) -> Result<Option<InFlight>> {
        in_flight::in_flight(&self.db, job)
    }

    /// Writes down under which name the service keeps its record of a job that is on the wire.
    pub fn note_generation(&mut self, job: &JobId, generation: &str) -> Result<()> {
        in_flight::note_generation(&mut self.db, &self.folder.storage, job, generation)
    }

    /// Writes down what the service said later of a job whose outcome is unknown.
    pub fn note_record(&mut self, job: &JobId, record: &GenerationRecord) -> Result<()> {
        in_flight::note_record(&mut self.db, &self.folder.storage, job, record)
    }

    /// Writes down what became known later of a job that failed.
    pub fn note_failure(&mut self, job: &JobId, failure: &FailureRecord) -> Result<()> {
        in_flight::note_failure(&mut self.db, &self.folder.storage, job, failure)
    }

    /// Carries out an edit, all or nothing, and returns what is different now.
    pub fn edit(&mut self, edit: &Edit) -> Result<EditResult> {
        marks::edit(&mut self.db, &self.folder.storage, edit)
    }

    /// Returns collections, saved searches and favourite prompts.
    pub fn shelves(&self) -> Result<UserLists> {
        marks::shelves(&self.db)
    }

    /// Returns a setting; `None` when it was never set.
    pub fn setting(&self, key: &str) -> Result<Option<Value>> {
        settings::setting(&self.db, key)
    }

    /// Sets a setting; on disk when this returns.
    pub fn set_setting(&mut self, key: &str, value: &Value) -> Result<()> {
        settings::set_setting(&mut self.db, &self.folder.storage, key, value)
    }

    /// Returns a cached value and when it was saved (Unix milliseconds); `None` when there is none.
    pub fn cache(&self, key: &str) -> Result<Option<(Value, i64)>> {
        settings::cache(&self.db, key)
    }

    /// Caches a value, such as the catalogue, with the moment it was true (Unix milliseconds).
    pub fn set_cache(&mut self, key: &str, value: &Value, saved_ms: i64) -> Result<()> {
        settings::set_cache(&mut self.db, &self.folder.storage, key, value, saved_ms)
    }

    /// Returns the pictures that are not in the trash, newest first.
    pub fn pictures(&self) -> Result<Vec<Picture>> {
        pictures::pictures(&self.db)
    }

    /// Returns the pictures in the trash, latest thrown away first.
    pub fn trashed(&self) -> Result<Vec<Picture>> {
        pictures::trashed(&self.db)
    }

    /// Returns the newest pictures that are not in the trash and their runs, newest first.
    pub fn newest(&self, count: usize) -> Result<(Vec<Run>, Vec<Picture>)> {
        pictures::newest(&self.db, count)
    }

    /// Returns a picture, in the trash or not; `None` when the library does not know it.
    pub fn picture(&self, id: &PictureId) -> Result<Option<Picture>> {
        pictures::picture(&self.db, id)
    }

    /// Says whether a picture with this content is in the library, in the trash or not.
    pub fn has_content(&self, hash: &str) -> Result<bool> {
        pictures::has_content(&self.db, hash)
    }

    /// Returns the pictures of a job that are in the index, without partials.
    pub fn pictures_of(&self, job: &JobId) -> Result<Vec<PictureId>> {
        pictures::pictures_of(&self.db, job)
    }

    /// Says how many of a job's pictures are cut off.
    pub fn cut_of(&self, job: &JobId) -> Result<u32> {
        pictures::cut_of(&self.db, job)
    }

    /// Returns the job of a picture and its place there, where its partials are found; `None`: it came from elsewhere,
    /// or was a partial itself.
    pub fn partials_of(&self, id: &PictureId) -> Result<Option<(JobId, u32)>> {
        pictures::partials_of(&self.db, id)
    }

    /// Returns the picture that a partial of this job with this content has become; those in the trash do not count.
    pub fn partial_with_content(&self, job: &JobId, hash: &str) -> Result<Option<PictureId>> {
        pictures::partial_with_content(&self.db, job, hash)
    }

    /// Returns what the pictures made since a moment (Unix milliseconds, included) cost.
    pub fn spent_since(&self, ms: i64) -> Result<Spent> {
        pictures::spent_since(&self.db, ms)
    }

    /// Returns the median time of a model's last 20 pictures, in milliseconds; `None` without any.
    pub fn typical_ms(&self, model: &ModelId, provider: Option<&str>) -> Result<Option<u64>> {
        pictures::typical_ms(&self.db, model, provider)
    }

    /// Returns what a picture was made from and what was made from it, two generations each way.
    pub fn lineage(&self, id: &PictureId) -> Result<Lineage> {
        lineage::lineage(&self.db, &self.folder.dir, id)
    }

    /// Returns everything that made a picture: its sidecar, or the copy in the index.
    pub fn recipe(&self, id: &PictureId) -> Result<Recipe> {
        sidecar_sync::recipe(&self.db, &self.folder.dir, id)
    }

    /// Writes up to `most` stale sidecars; says whether some are left to be tried.
    pub fn sync_sidecars(&mut self, most: usize) -> Result<bool> {
        sidecar_sync::sync_sidecars(&mut self.db, &self.folder, &mut self.sidecars_tried, most)
    }

    /// Says whether a round of [`Library::sync_sidecars`] has not come to its end.
    pub fn has_sidecars_to_try(&self) -> bool {
        !self.sidecars_tried.is_empty()
    }

    /// Counts the partials of requests that were tried again or dismissed: they go when the trash is emptied.
    pub fn orphaned_partials(&self) -> Result<PartialsOnDisk> {
        orphaned_partials::orphaned_partials(&self.db, &self.folder.dir)
    }

    /// Deletes what is in the trash for good, with recipes, thumbnails and partials: the only way that pictures go
    /// away.
    ///
    /// After an error, those not yet deleted are still in the trash.
    pub fn empty_trash(&mut self) -> Result<PurgeSummary> {
        trash::empty_trash(&mut self.db, &self.folder, &mut self.moved)
    }

    /// Deletes the partials and answers of requests that were tried again or dismissed.
    pub fn purge_orphaned_partials(&mut self) {
        orphaned_partials::delete_orphaned_partials(&self.db, &self.folder);
    }

    /// Deletes these pictures for good, as far as they are in the trash, as [`Library::empty_trash`].
    pub fn purge(&mut self, ids: &[PictureId]) -> Result<PurgeSummary> {
        trash::purge(&mut self.db, &self.folder, &mut self.moved, ids)
    }

    /// Moves pictures to the trash and returns them as they are now, in the order given.
    pub fn trash(&mut self, ids: &[PictureId]) -> Result<Vec<Picture>> {
        trash::trash(&mut self.db, &self.folder, &mut self.moved, ids)
    }

    /// Moves pictures back out of the trash, to their old names unless these are taken.
    pub fn restore(&mut self, ids: &[PictureId]) -> Result<Vec<Picture>> {
        trash::restore(&mut self.db, &self.folder, &mut self.moved, ids)
    }

    /// Brings the index to where the pictures are, after an error of [`Library::trash`] or [`Library::restore`].
    pub fn finish_moves(&mut self) -> Result<()> {
        trash::finish_moves(&mut self.db, &self.folder, &mut self.moved, false)
    }

    /// Returns the pictures that were moved since this was last asked, as they are now.
    pub fn drain_moved(&mut self) -> Result<Vec<Picture>> {
        trash::drain_moved(&self.db, &mut self.moved)
    }

    /// Reads every picture and compares it with the index; [`Repair::Yes`] sets right what can be.
    pub fn verify(&mut self, repair: Repair, progress: impl FnMut(usize) -> bool) -> Result<VerifyReport> {
        verify::verify(&mut self.db, &self.folder, &mut self.moved, repair, progress)
    }

    /// Keeps a body as it came. After an error it may be called again.
    pub fn keep_unread(&mut self, answer: &UnreadAnswer, body: &[u8]) -> Result<()> {
        unread::keep_unread(&self.folder, answer, body)
    }

    /// Names the file in a library folder that holds the answer of a job as it came.
    pub fn unread_file(job: &JobId) -> String {
        unread::unread_file(job)
    }

    /// Returns the answer of a job that could not be read, and its body as it came.
    pub fn unread(&self, job: &JobId) -> Result<(UnreadAnswer, Vec<u8>)> {
        unread::unread(&self.folder.dir, job)
    }

    /// Counts the answers that nobody could read and that no card offers any more: they go when the trash is emptied.
    pub fn orphaned_unread(&self) -> Result<PartialsOnDisk> {
        unread::orphaned_unread(&self.db, &self.folder.dir)
    }

    /// Stores a picture in one go: [`Library::stage`] and [`Library::commit`].
    pub fn ingest(&mut self, new: NewPicture<'_>) -> Result<Picture> {
        ingest::ingest(&mut self.db, &self.folder, new)
    }

    /// Brings received bytes and their recipe to safety, under their final names; decoding comes after.
    pub fn stage(&mut self, recipe: &Recipe, bytes: &[u8], format: Option<Format>) -> Result<StagedPicture> {
        ingest::stage(&self.db, &self.folder, recipe, bytes, format)
    }

    /// Puts a kept picture into the index, with its size in pixels; may be called again after an error.
    pub fn commit(&mut self, kept: &StagedPicture, size: Option<Size>) -> Result<Picture> {
        ingest::commit(&mut self.db, &self.folder, kept, size)
    }

    /// Notes the size of a picture that was indexed without one, such as a recovered one; sidecar and index alike.
    pub fn set_size(&mut self, id: &PictureId, size: Size) -> Result<Picture> {
        ingest::set_size(&mut self.db, &self.folder, id, size)
    }

    /// Notes what is wrong with a picture's file, sidecar and index alike; what was noted before stays.
    pub fn set_flaw(&mut self, id: &PictureId, flaw: Flaw) -> Result<Picture> {
        ingest::set_flaw(&mut self.db, &self.folder, id, flaw)
    }

    /// Brings the library in order after whatever ended the last session. To be called once, after opening.
    pub fn recover(&mut self) -> Result<Recovered> {
        recover::recover(&mut self.db, &self.folder, &mut self.moved)
    }

    /// Writes what became of a job that an earlier session left on the wire, as [`Library::infer_state`] says it.
    pub fn record_outcome(&mut self, job: &Job, outcome: &JobState) -> Result<()> {
        recover::record_outcome(&mut self.db, &self.folder.storage, job, outcome)
    }

    /// Says where a job of an earlier session stands, now that what it left on disk is indexed as far as it could be.
    pub fn infer_state(&self, job: &Job) -> Result<JobState> {
        recover::infer_state(&self.db, job)
    }

    /// Makes the index of a library anew. The library must not be open.
    pub fn rebuild(dir: &Path, progress: impl FnMut(Progress) -> bool) -> Result<Option<Rebuilt>> {
        rebuild::rebuild(dir, progress)
    }

    /// Adds pictures as a year of work leaves them; `progress` is called with the pictures written so far.
    pub fn fill(&mut self, count: usize, progress: impl FnMut(usize)) -> Result<()> {
        sample_library::fill(&mut self.db, &self.folder, count, progress)
    }

    /// Closes the index so that it can be made anew. Until [`Library::reattach_index`] this library is empty and
    /// refuses every write. After an error it is as it was.
    pub fn detach_index(&mut self) -> Result<OnlineRebuild> {
        online::detach(&mut self.db, &mut self.folder, self.lock.as_ref())
    }

    /// Opens the index again. After an error the library stays empty and refuses every write.
    pub fn reattach_index(&mut self) -> Result<()> {
        online::reattach(&mut self.db, &mut self.folder)
    }

    /// Returns the absolute path of a picture's file.
    pub fn picture_path(&self, picture: &Picture) -> PathBuf {
        paths::picture_path(&self.folder.dir, picture)
    }

    /// Keeps the original bytes of a reference and returns their hash (blake3, lower-case hex).
    pub fn store_reference(&mut self, bytes: &[u8], format: Format) -> Result<String> {
        references::store_reference(&self.folder.storage, &self.folder.dir, bytes, format)
    }

    /// Keeps a partial of the picture at `place` (from 0) of a job, that came `ms` after sending, as it is.
    pub fn keep_partial(&mut self, job: &JobId, place: u32, ms: u64, bytes: &[u8]) -> Result<()> {
        partials::keep_partial(&self.folder.storage, &self.folder.dir, job, place, ms, bytes)
    }

    /// Adds to the drawing that the picture at `place` (from 0) of a job is becoming.
    pub fn keep_pieces(&mut self, job: &JobId, place: u32, pieces: &[Piece]) -> Result<()> {
        partials::keep_pieces(&self.folder.storage, &self.folder.dir, job, place, pieces)
    }
}
