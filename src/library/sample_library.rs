//! Large libraries for measuring: pictures, recipes and ratings as a year of work leaves them.
//!
//! Deterministic in the count. Writes files without fsync and rows in large transactions: nothing here is worth saving.

use super::folder::paths::{extension, local, picture_file, sidecar_path};
use super::folder::root::Folder;
use super::folder::sidecar::Sidecar;
use super::hash::CONTENT_ADDRESS_PREFIX;
use super::index::marks;
use super::index::{jobs, pictures};
use super::{
    Error, Job, JobId, JobState, Picture, PictureId, Recipe, RecipeContext, RecipeReference, Result, Run, RunId,
    UserLists,
};
use crate::api::ModelId;
use crate::picture::{Encoding, Format, Pixels, Size, encode};
use crate::plan::{Flag, Label, Marks};
use fastrand::Rng;
use rusqlite::Connection;
use serde_json::json;

/// Runs written in one transaction.
const RUNS_AT_ONCE: usize = 250;
const DAY_MS: i64 = 86_400_000;

const MODELS: [(&str, &str, &str); 8] = [
    ("bytedance/seedream-4.5", "Seedream 4.5", "ByteDance"),
    ("black-forest-labs/flux.2-pro", "FLUX.2 Pro", "Black Forest Labs"),
    ("google/gemini-3-pro-image", "Gemini 3 Pro Image", "Google AI Studio"),
    ("openai/gpt-image-2", "GPT Image 2", "OpenAI"),
    ("recraft/recraft-v4", "Recraft V4", "Recraft"),
    ("sourceful/riverflow-v2", "Riverflow V2", "Sourceful"),
    ("easel/atelier", "Atelier", "Easel Studio"),
    ("easel/botanica", "Botanica", "Easel Studio"),
];
const SUBJECTS: [&str; 12] = [
    "a red fox reading under a willow",
    "a lighthouse in a storm",
    "copper dunes at dusk",
    "a city street after rain",
    "a blue iris on cream paper",
    "an old harbour in fog",
    "a glass teapot, studio light",
    "雪の中の赤い狐",
    "ein Bär im Schnee",
    "a paper boat on a canal",
    "an observatory on a cliff",
    "a market at night",
];
const MANNERS: [&str; 8] =
    ["gouache", "35 mm film", "ink and watercolour", "engraving", "isometric", "macro", "oil on linen", "poster"];
const TAGS: [&str; 8] = ["portfolio", "client", "night", "study", "print", "fox", "texture", "unused"];
const COLLECTIONS: [&str; 4] = ["Book cover", "Calendar 2027", "Mood board", "For the wall"];

/// Adds pictures as a year of work leaves them; `progress` is called with the pictures written so far.
///
/// Errors: [`Error::CannotWrite`], [`Error::Full`], [`Error::Database`].
pub(super) fn fill(db: &mut Connection, folder: &Folder, count: usize, mut progress: impl FnMut(usize)) -> Result<()> {
    let mut rng = Rng::with_seed(7);
    let bases = bases(&mut rng);
    let now = super::model::id::now_ms();
    let mut written = 0;
    let mut run_number = 0_i64;
    let runs = (count as i64 / 4).max(1);
    while written < count {
        let mut files = Vec::new();
        let tx = db.transaction()?;
        for _ in 0..RUNS_AT_ONCE {
            if written >= count {
                break;
            }
            let created_ms = (now - 365 * DAY_MS + run_number * (365 * DAY_MS / runs)).min(now);
            let wanted = [1, 2, 4, 4, 4, 4, 8].get(rng.usize(0..7)).copied().unwrap_or(4).min(count - written);
            let (run, job) = invented(&mut rng, created_ms, wanted);
            jobs::insert_run(&tx, &run)?;
            jobs::insert_job(&tx, &job)?;
            for position in 0..wanted {
                let Some((bytes, format, size)) = bases.get(rng.usize(0..bases.len())) else { continue };
                let bytes = unique(bytes, written);
                let (picture, side) = entry(&mut rng, &run, &job, position, &bytes, *format, *size);
                pictures::insert(&tx, &picture, &side.recipe)?;
                files.push((picture.file, bytes, serde_json::to_vec_pretty(&side)?));
                written += 1;
            }
            run_number += 1;
        }
        for (file, bytes, side) in files {
            let path = folder.dir.join(file);
            let write = |path: &std::path::Path, bytes: &[u8]| {
                std::fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| std::fs::write(path, bytes))
            };
            write(&path, &bytes).map_err(|source| Error::write(&path, source))?;
            write(&sidecar_path(&path), &side).map_err(|source| Error::write(&path, source))?;
        }
        tx.commit()?;
        progress(written);
    }
    let collections = COLLECTIONS.map(str::to_owned).to_vec();
    marks::edit(db, &folder.storage, &super::Edit::SetUserLists(UserLists { collections, ..UserLists::default() }))?;
    Ok(())
}

fn invented(rng: &mut Rng, created_ms: i64, asked: usize) -> (Run, Job) {
    let pick = |rng: &mut Rng, from: &[&'static str]| from.get(rng.usize(0..from.len())).copied().unwrap_or_default();
    let (model, model_name, provider) = MODELS.get(rng.usize(0..MODELS.len())).copied().unwrap_or_default();
    let prompt = format!("{}, {}, {}", pick(rng, &SUBJECTS), pick(rng, &MANNERS), pick(rng, &MANNERS));
    let id = RunId(format!("{}{:016X}", time_part(created_ms), rng.u64(..)));
    let asked = u32::try_from(asked).unwrap_or(1);
    let run = Run {
        id: id.clone(),
        created_ms,
        model: ModelId::new(model),
        model_name: model_name.into(),
        prompt: prompt.clone(),
        settings: "3:2 · 1K".into(),
        asked,
        aspect: Some(1.5),
    };
    let mut request = json!({"model": model, "prompt": prompt, "n": asked, "aspect_ratio": "3:2"});
    if rng.bool()
        && let Some(request) = request.as_object_mut()
    {
        request.insert("seed".into(), rng.u32(..).into());
    }
    let references = if rng.u8(0..5) == 0 {
        let hash = blake3::hash(&[rng.u8(..)]).to_hex();
        let address = format!("{CONTENT_ADDRESS_PREFIX}{hash}");
        let edit = Default::default();
        vec![RecipeReference { name: "sketch.png".into(), address, sent: None, picture: None, edit }]
    } else {
        Vec::new()
    };
    let context = RecipeContext {
        model_name: model_name.into(),
        references,
        app_version: env!("CARGO_PKG_VERSION").into(),
        service: provider.into(),
        ..RecipeContext::default()
    };
    let job = Job {
        id: JobId(format!("{}{:016X}", time_part(created_ms), rng.u64(..))),
        run: id,
        position: 0,
        asked,
        request,
        context,
        state: JobState::Stored,
    };
    (run, job)
}

fn entry(
    rng: &mut Rng,
    run: &Run,
    job: &Job,
    position: usize,
    bytes: &[u8],
    format: Format,
    size: Size,
) -> (Picture, Sidecar) {
    let created_ms = run.created_ms + position as i64;
    let mut recipe = Recipe {
        version: 1,
        id: PictureId(format!("{}{:016X}", time_part(created_ms), rng.u64(..))),
        run: run.id.clone(),
        job: job.id.clone(),
        position: u32::try_from(position).unwrap_or(0),
        request: job.request.clone(),
        context: job.context.clone(),
        provider: Some(job.context.service.clone()),
        generation_id: None,
        usage: None,
        cost: (rng.u8(0..10) > 0).then(|| f64::from(rng.u32(1..20)) / 100.0),
        created_ms,
        elapsed_ms: rng.u64(1_500..60_000),
        asked: run.asked,
        arrived: run.asked,
        media_type: String::new(),
        hash: String::new(),
        bytes: 0,
        size: Some(size),
        flaw: None,
    };
    recipe.describe(bytes, Some(format));
    let file = picture_file(&local(created_ms), &run.prompt, &recipe.id, extension(Some(format)));
    let marks = marks(rng);
    let picture = Picture { size: Some(size), marks: marks.clone(), ..Picture::of(&recipe, file) };
    (picture, Sidecar { recipe, marks })
}

/// Most pictures are never rated.
fn marks(rng: &mut Rng) -> Marks {
    let mut marks = Marks::default();
    if rng.u8(0..4) == 0 {
        marks.stars = rng.u8(0..6);
        marks.flag = [None, Some(Flag::Pick), Some(Flag::Reject)].get(rng.usize(0..3)).copied().flatten();
    }
    if rng.u8(0..12) == 0 {
        marks.label = Label::ALL.get(rng.usize(0..5)).copied();
    }
    if rng.u8(0..8) == 0 {
        marks.add_tag(TAGS.get(rng.usize(0..TAGS.len())).copied().unwrap_or_default());
    }
    if rng.u8(0..16) == 0 {
        marks.add_to(COLLECTIONS.get(rng.usize(0..COLLECTIONS.len())).copied().unwrap_or_default());
    }
    marks
}

fn time_part(ms: i64) -> String {
    format!("{ms:013}").chars().take(10).collect()
}

/// A few dozen pictures that all others are made from.
fn bases(rng: &mut Rng) -> Vec<(Vec<u8>, Format, Size)> {
    let mut bases = Vec::new();
    for number in 0..48_u32 {
        let size = match number % 3 {
            0 => Size { width: 480, height: 320 },
            1 => Size { width: 320, height: 480 },
            _ => Size { width: 400, height: 400 },
        };
        let (r, g, b) = (rng.u8(..), rng.u8(..), rng.u8(..));
        let horizon = rng.u32(size.height / 4..size.height * 3 / 4);
        let rgba = (0..size.width * size.height).flat_map(|n| {
            let (x, y) = (n % size.width, n / size.width);
            let depth = (y * 255 / size.height) as u8;
            let sun = (x.abs_diff(size.width / 3).pow(2) + y.abs_diff(horizon / 2).pow(2)) < 900;
            let shade = if sun { 255 } else { depth };
            let ground = if y > horizon { 70 } else { 0 };
            [
                r.saturating_add(shade / 2).saturating_sub(ground),
                g.saturating_add(shade / 3),
                b.saturating_add(ground),
                255,
            ]
        });
        let Some(pixels) = Pixels::new(size, rgba.collect()) else { continue };
        let (encoding, format) = match number % 4 {
            0 => (Encoding::Png, Format::Png),
            _ => (Encoding::Jpeg { quality: 82 }, Format::Jpeg),
        };
        if let Ok(bytes) = encode(&pixels, &encoding, [0; 3]) {
            bases.push((bytes, format, size));
        }
    }
    bases
}

/// The same picture with another content hash: decoders do not look behind the end.
fn unique(bytes: &[u8], number: usize) -> Vec<u8> {
    [bytes, number.to_string().as_bytes()].concat()
}
