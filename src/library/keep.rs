//! How a picture gets in, so that a kill or a failure at any instant loses nothing that was received.
//!
//! 1. `incoming/<id>.json`, the arrival: the recipe and the place the picture will have. fsync, rename.
//! 2. `incoming/<id>.bytes`: the bytes as received, written beside and renamed. fsync, fsync of the folder. From here on
//!    they are safe, and no later attempt touches them.
//! 3. The side file, then the picture itself, are renamed into `pictures/`, replacing nothing; fsync of the folder.
//! 4. The decoded size goes into the side file (written beside, fsynced, renamed over); the row is committed.
//! 5. The arrival is removed.
//!
//! The arrival comes first and goes last: whatever was interrupted, recovery finds it by looking into one small
//! folder, checks the bytes by their hash, and goes on. Invariants: received bytes are never altered; once safe they stay
//! until `locate.rs` says that another name holds them.

use super::folder::{self, Length, Names};
use super::locate::{Held, Location, locate};
use super::names::{extension, first_free, format_of, local, picture_file, side_file};
use super::storage::part_of;
use super::{Job, Library, Picture, PictureId, Recipe, Result, content_hash, pictures};
use crate::picture::{Flaw, Format, Size};
use crate::plan::{Draft, Marks, Origin, literal};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Describes a picture to be stored in one go.
#[derive(Debug)]
pub struct NewPicture<'a> {
    /// Its hash, bytes, size and media type are filled in from what follows.
    pub recipe: Recipe,
    /// As received.
    pub bytes: &'a [u8],
    /// As the first bytes tell; `None`: no decoder knows them, they are kept as `.bin`.
    pub format: Option<Format>,
    /// Pixels; `None` when the bytes could not be decoded.
    pub size: Option<Size>,
}

/// Proves that a picture's bytes are safe on disk; the index does not know it yet.
#[derive(Clone, Debug)]
pub struct Kept {
    pub(super) picture: Picture,
    pub(super) recipe: Recipe,
}

impl Kept {
    /// Returns the picture as it will be indexed, its size not known yet.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }
}

/// Stands in `incoming/` from before the first byte until the row is committed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Arrival {
    /// Relative to the library folder.
    pub(super) file: String,
    pub(super) recipe: Recipe,
}

/// The content of a side file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Side {
    #[serde(flatten)]
    pub(super) recipe: Recipe,
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub(super) marks: Marks,
}

impl Recipe {
    /// Makes the recipe of a picture of a job, of whose answer nothing is known.
    pub fn of(job: &Job) -> Self {
        Self {
            version: 1,
            id: PictureId::new(),
            run: job.run.clone(),
            job: job.id.clone(),
            position: 0,
            request: job.request.clone(),
            context: job.context.clone(),
            provider: None,
            generation_id: None,
            usage: None,
            cost: None,
            created_ms: super::id::now_ms(),
            elapsed_ms: 0,
            asked: job.asked,
            arrived: 0,
            media_type: "application/octet-stream".into(),
            hash: String::new(),
            bytes: 0,
            size: None,
            flaw: None,
        }
    }

    /// Fills in what the bytes tell: hash, length, and the media type where the format is known.
    pub fn describe(&mut self, bytes: &[u8], format: Option<Format>) {
        self.hash = content_hash(bytes);
        self.bytes = bytes.len() as u64;
        if let Some(format) = format {
            self.media_type = media_type(format).to_owned();
        }
    }

    /// Returns the hashes of the pictures that went in as references.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        self.context.references.iter().filter_map(|reference| reference.address.strip_prefix("blake3:"))
    }

    /// Returns the settings that made the picture, to be used again and naming the picture as their origin; `None`: not
    /// told.
    pub fn draft(&self) -> Option<Draft> {
        let mut draft = self.context.draft.clone()?;
        if self.context.template.is_none() {
            // Sent as it was, whatever its braces.
            draft.prompt = literal(&draft.prompt);
        }
        draft.from = Some(Origin { picture: self.id.0.clone(), hash: self.hash.clone() });
        Some(draft)
    }

    /// Returns the prompt as it was written, with its alternatives.
    pub fn written_prompt(&self) -> &str {
        self.context.template.as_deref().unwrap_or_else(|| self.prompt())
    }

    /// Returns the prompt that was sent; empty when the request holds none.
    pub fn prompt(&self) -> &str {
        self.request.get("prompt").and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

impl Library {
    /// Stores a picture in one go: [`Library::keep`] and [`Library::index`].
    pub fn store(&mut self, new: NewPicture<'_>) -> Result<Picture> {
        let kept = self.keep(&new.recipe, new.bytes, new.format)?;
        self.index(&kept, new.size)
    }

    /// Brings received bytes and their recipe to safety, under their final names; decoding comes after.
    ///
    /// Fills in hash, bytes and media type. After an error it may be called again with the same recipe: nothing is
    /// stored twice, and what is safe already is not written anew. What was safe when the error came is found by the
    /// next [`Library::recover`].
    pub fn keep(&mut self, recipe: &Recipe, bytes: &[u8], format: Option<Format>) -> Result<Kept> {
        let mut recipe = recipe.clone();
        recipe.describe(bytes, format);
        if let Some(picture) = self.picture(&recipe.id)?
            && folder::look(&self.picture_path(&picture), recipe.bytes, &recipe.hash)? == Held::Picture
        {
            return Ok(Kept { picture, recipe });
        }
        let earlier = self.arrival(&recipe.id);
        let (same, others): (Option<_>, Option<_>) = earlier.map_or((None, None), |one| {
            if one.recipe.hash == recipe.hash { (Some(one), None) } else { (None, Some(one)) }
        });
        if let Some(others) = others
            && matches!(self.location(&others)?, Location::At(Incoming) | Location::Copy(Incoming))
        {
            self.put_aside(&self.incoming(&recipe.id, "bytes"))?;
        }
        let file = match same {
            Some(earlier) => earlier.file,
            None => {
                self.free_file(&picture_file(&local(recipe.created_ms), recipe.prompt(), &recipe.id, extension(format)))
            }
        };
        let arrival = Arrival { file, recipe };
        match self.location(&arrival)? {
            Location::Missing | Location::Changed => {
                self.write_arrival(&arrival, bytes).inspect_err(|_| self.give_up(&arrival))?;
            }
            // Safe since an earlier attempt, which may have failed at this.
            _ => self.storage.sync_dir(&self.dir.join("incoming"))?,
        }
        self.place(arrival)
    }

    /// Puts a kept picture into the index, with its size in pixels (`None`: could not be decoded).
    ///
    /// May be called again after an error.
    pub fn index(&mut self, kept: &Kept, size: Option<Size>) -> Result<Picture> {
        let (mut picture, mut recipe) = (kept.picture.clone(), kept.recipe.clone());
        (picture.size, recipe.size) = (size, size);
        if size.is_some() {
            write_side(self, &picture, &recipe)?;
        }
        let all = self.db.transaction()?;
        picture.number = pictures::insert(&all, &picture, &recipe)?;
        if let Some(size) = size.filter(|size| size.height > 0) {
            all.prepare_cached("UPDATE runs SET aspect = ?2 WHERE id = ?1 AND aspect IS NULL")?
                .execute((&picture.run.0, f64::from(size.width) / f64::from(size.height)))?;
        }
        self.storage.commit(all)?;
        self.storage.discard(&self.incoming(&picture.id, "json"));
        Ok(picture)
    }

    /// Notes the size of a picture that was indexed without one, such as a recovered one; side file and index alike.
    pub fn set_size(&mut self, id: &PictureId, size: Size) -> Result<Picture> {
        let picture = self.known_picture(id)?;
        let recipe = self.recipe(id)?;
        self.index(&Kept { picture, recipe }, Some(size))
    }

    /// Notes what is wrong with a picture's file, side file and index alike; what was noted before stays.
    pub fn set_flaw(&mut self, id: &PictureId, flaw: Flaw) -> Result<Picture> {
        let mut picture = self.known_picture(id)?;
        if picture.flaw.is_none() {
            let mut recipe = self.recipe(id)?;
            (picture.flaw, recipe.flaw) = (Some(flaw), Some(flaw));
            write_side(self, &picture, &recipe)?;
            let all = self.db.transaction()?;
            pictures::insert(&all, &picture, &recipe)?;
            self.storage.commit(all)?;
        }
        Ok(picture)
    }

    pub(super) fn arrival(&self, id: &PictureId) -> Option<Arrival> {
        serde_json::from_slice(&std::fs::read(self.incoming(id, "json")).ok()?).ok()
    }

    /// Gives a file a name that neither a picture nor a side file has, and that the index knows of none.
    pub(super) fn free_file(&self, wanted: &str) -> String {
        first_free(wanted, |name| self.is_name_taken(name))
    }

    /// Says whether a name, or that of its side file, is taken in the folder or promised by the index.
    pub(super) fn is_name_taken(&self, name: &str) -> bool {
        let path = self.dir.join(name);
        let is_promised = || {
            let mut query = self.db.prepare_cached("SELECT 1 FROM pictures WHERE file = ?1")?;
            query.exists([name])
        };
        folder::is_taken(&path) || folder::is_taken(&side_file(&path)) || is_promised().unwrap_or(false)
    }

    /// Says where the bytes of an arrival are: under the picture's name, in `incoming/`, or not to be found whole.
    pub(super) fn location(&self, arrival: &Arrival) -> Result<Location<Incoming>> {
        let Arrival { file, recipe } = arrival;
        let (path, bytes) = (self.dir.join(file), self.incoming(&recipe.id, "bytes"));
        if folder::compare(&path, &bytes) == Names::Linked {
            return Ok(Location::Copy(Incoming));
        }
        let look = |path: &Path| folder::look(path, recipe.bytes, &recipe.hash);
        Ok(locate(look(&path)?, [(Incoming, look(&bytes)?)]))
    }

    fn write_arrival(&self, arrival: &Arrival, bytes: &[u8]) -> Result<()> {
        self.write_note(arrival)?;
        let id = &arrival.recipe.id;
        self.storage.replace(&self.incoming(id, "bytes"), &self.incoming(id, "bytes.part"), bytes)
    }

    fn write_note(&self, arrival: &Arrival) -> Result<()> {
        let (id, note) = (&arrival.recipe.id, serde_json::to_vec(arrival)?);
        self.storage.replace(&self.incoming(id, "json"), &self.incoming(id, "json.part"), &note)
    }

    /// Clears away the note of an arrival whose bytes did not get to safety.
    fn give_up(&self, arrival: &Arrival) {
        if matches!(self.location(arrival), Ok(Location::Missing | Location::Changed)) {
            self.storage.discard(&self.incoming(&arrival.recipe.id, "json"));
        }
    }

    /// Removes what a move leaves that was interrupted: the half of a copy, and an empty file that took the name for a
    /// picture of this length, if it `is_ours`.
    pub(super) fn clear_claim(&self, target: &Path, bytes: u64, is_ours: bool) {
        let part = part_of(target);
        if folder::is_taken(&part) {
            self.storage.discard(&part);
        }
        if is_ours && bytes > 0 && matches!(folder::length(target), Ok(Length::File(0))) {
            self.storage.discard(target);
        }
    }

    /// Renames an arrival, whose bytes are safe, into its place; goes on where an earlier attempt ended.
    pub(super) fn place(&self, mut arrival: Arrival) -> Result<Kept> {
        let id = arrival.recipe.id.clone();
        let bytes = self.incoming(&id, "bytes");
        let path = self.dir.join(&arrival.file);
        // What an attempt left that got no further on a drive that has its ways.
        self.clear_claim(&path, arrival.recipe.bytes, read_side(&side_file(&path), &id).is_some());
        let is_in_place = matches!(self.location(&arrival)?, Location::InPlace | Location::Copy(Incoming));
        let side = side_file(&path);
        let side_is_taken = folder::is_taken(&side) && read_side(&side, &id).is_none();
        let source = if is_in_place && (!side_is_taken || !folder::is_taken(&bytes)) { &path } else { &bytes };
        if side_is_taken || (!is_in_place && folder::is_taken(&path)) {
            // Somebody else's file took the name in the meantime.
            arrival.file = self.free_file(&arrival.file);
            self.write_note(&arrival)?;
        }
        let target = self.dir.join(&arrival.file);
        let side = side_file(&target);
        let folder = target.parent().unwrap_or(&self.dir);
        self.storage.create_dir(folder)?;
        if !folder::is_taken(&side) {
            let part = self.incoming(&id, "side.part");
            self.storage.discard(&part);
            self.storage.write(&part, &serde_json::to_vec_pretty(&arrival.recipe)?)?;
            self.storage.rename_new(&part, &side).inspect_err(|_| self.storage.discard(&part))?;
        }
        if *source != target {
            self.storage.rename_new(source, &target).inspect_err(|_| self.storage.discard(&side))?;
        }
        self.storage.sync_dir(folder)?;
        // Still there only where renaming had to be done by linking, or after a second attempt.
        if folder::is_taken(&bytes) && self.location(&arrival)? == Location::Copy(Incoming) {
            self.storage.discard(&bytes);
        }
        let Arrival { file, recipe } = arrival;
        Ok(Kept { picture: picture_of(&recipe, file), recipe })
    }
}

/// The place where the bytes of an arrival wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Incoming;

/// Writes the side file of a picture anew: what made it, and what the artist says of it.
pub(super) fn write_side(library: &Library, picture: &Picture, recipe: &Recipe) -> Result<()> {
    let part = library.incoming(&picture.id, "side.part");
    let side = side_file(&library.picture_path(picture));
    let content = Side { recipe: recipe.clone(), marks: picture.marks.clone() };
    library.storage.replace(&side, &part, &serde_json::to_vec_pretty(&content)?)
}

/// Reads a side file; `None` when it cannot be read or belongs to another picture.
pub(super) fn read_side(path: &Path, id: &PictureId) -> Option<Recipe> {
    let recipe = serde_json::from_slice::<Recipe>(&std::fs::read(path).ok()?).ok()?;
    (recipe.id == *id).then_some(recipe)
}

pub(super) fn picture_of(recipe: &Recipe, file: String) -> Picture {
    let found = Path::new(&file).extension().and_then(|extension| format_of(extension.to_str()?));
    Picture {
        id: recipe.id.clone(),
        run: recipe.run.clone(),
        job: recipe.job.clone(),
        position: recipe.position,
        file,
        hash: recipe.hash.clone(),
        format: found.unwrap_or_else(|| claimed(&recipe.media_type)),
        size: None,
        bytes: recipe.bytes,
        created_ms: recipe.created_ms,
        cost: recipe.cost,
        elapsed_ms: recipe.elapsed_ms,
        provider: recipe.provider.clone(),
        trashed_ms: None,
        number: 0,
        seed: recipe.request.get("seed").and_then(serde_json::Value::as_i64),
        has_references: !recipe.context.references.is_empty(),
        prompt: recipe.context.template.as_ref().map(|_| recipe.prompt().to_owned()),
        flaw: recipe.flaw,
        marks: Marks::default(),
    }
}

const ALL: [Format; 5] = [Format::Png, Format::Jpeg, Format::WebP, Format::Gif, Format::Svg];

/// Returns the format that unrecognised bytes claimed to have; PNG, the service's usual one, when they did not.
fn claimed(media_type: &str) -> Format {
    ALL.into_iter().find(|format| self::media_type(*format) == media_type).unwrap_or(Format::Png)
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::Png => "image/png",
        Format::Jpeg => "image/jpeg",
        Format::WebP => "image/webp",
        Format::Gif => "image/gif",
        Format::Svg => "image/svg+xml",
    }
}
