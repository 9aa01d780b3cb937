//! Takes reference pictures in and makes them ready to send.

use super::disk::Disk;
use super::request::STORED;
use super::{DataUrl, JobError, Privacy, ReferenceInput};
use crate::api::Reference;
use crate::decode::{prepare, prepare_edited};
use crate::library::{PictureId, RecipeReference, read_file, reference_path};
use crate::picture::{Encoding, Format, Pixels, PrepareLimits, Prepared, ReferenceEdit, encode};
use crate::plan::{DraftReference, ReferenceFacts, ReferenceSource};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reference files larger than this are refused unread.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// The usual limits.
fn limits(keep_metadata: bool) -> PrepareLimits {
    PrepareLimits { keep_metadata, ..PrepareLimits::default() }
}

/// Where the bytes of a new reference come from.
enum From {
    File(PathBuf),
    Pixels(Arc<Pixels>),
    DataUrl(DataUrl),
}

/// Brings one reference into the library and says what will be sent of it. The error is a sentence.
pub(crate) async fn take_in(
    disk: &Disk,
    input: ReferenceInput,
    privacy: Privacy,
    path_of: impl Fn(&PictureId) -> Option<PathBuf>,
) -> Result<DraftReference, (String, String)> {
    let picture = match &input {
        ReferenceInput::Picture(id) => Some(id.0.clone()),
        _ => None,
    };
    let (name, from) = match input {
        ReferenceInput::Url(url) => {
            return Ok(DraftReference {
                name: url.clone(),
                source: ReferenceSource::Url(url),
                picture: None,
                edit: ReferenceEdit::default(),
            });
        }
        ReferenceInput::File(file) => (file_name(&file), From::File(file)),
        ReferenceInput::Picture(id) => match path_of(&id) {
            Some(file) => (file_name(&file), From::File(file)),
            None => return Err((id.0, "the picture is not in the library any more".into())),
        },
        ReferenceInput::Pixels(pixels) => ("Pasted picture".to_owned(), From::Pixels(pixels)),
        ReferenceInput::DataUrl(url) => ("Pasted picture".to_owned(), From::DataUrl(url)),
    };
    let read = tokio::task::spawn_blocking(move || {
        let bytes = match from {
            From::File(file) => read(&file)?,
            From::Pixels(pixels) => encode(&pixels, &Encoding::Png, [0; 3]).map_err(|error| error.to_string())?,
            From::DataUrl(url) => url.bytes().ok_or("its base64 text is damaged")?,
        };
        let format = Format::sniff(&bytes).ok_or("this is not a PNG, JPEG, WebP, GIF or SVG picture")?;
        let prepared = prepare(&bytes, &limits(privacy.keep_metadata)).map_err(|error| error.to_string())?;
        let facts = facts(&prepared, format, bytes.len());
        Ok::<_, String>((bytes, format, facts))
    });
    let result = read.await.unwrap_or_else(|_| Err("reading it was interrupted".into()));
    let (bytes, format, (original, sent)) = result.map_err(|reason| (name.clone(), reason))?;
    let hash = disk
        .call(move |library| library.store_reference(&bytes, format))
        .await
        .map_err(|error| (name.clone(), error.to_string()))?;
    Ok(DraftReference {
        source: ReferenceSource::Stored { hash, original, sent },
        name,
        picture,
        edit: ReferenceEdit::default(),
    })
}

fn facts(prepared: &Prepared, format: Format, bytes: usize) -> (ReferenceFacts, ReferenceFacts) {
    let original = ReferenceFacts {
        media_type: format.media_type().to_owned(),
        size: prepared.original.size,
        bytes: bytes as u64,
        hash: None,
    };
    (original, sent_facts(prepared))
}

fn sent_facts(prepared: &Prepared) -> ReferenceFacts {
    ReferenceFacts {
        media_type: prepared.media_type.to_owned(),
        size: prepared.size,
        bytes: prepared.bytes.len() as u64,
        hash: None,
    }
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    read_file(file, MAX_FILE_BYTES).map_err(|error| error.to_string())
}

fn file_name(file: &Path) -> String {
    file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Returns how the journal and the recipe name a reference.
pub(crate) fn address(reference: &DraftReference) -> String {
    match &reference.source {
        ReferenceSource::Url(url) => url.clone(),
        ReferenceSource::Stored { hash, .. } => format!("{STORED}{hash}"),
    }
}

/// Returns what the recipe keeps of a reference.
pub(crate) fn for_recipe(reference: &DraftReference) -> RecipeReference {
    let sent = match &reference.source {
        ReferenceSource::Url(_) => None,
        ReferenceSource::Stored { sent, .. } => Some(sent.clone()),
    };
    RecipeReference {
        name: reference.name.clone(),
        address: address(reference),
        sent,
        picture: reference.picture.clone().map(PictureId),
        edit: reference.edit.clone(),
    }
}

/// Reads and prepares the references of a request, by their journalled addresses. `keep_metadata`: also what their files
/// say beside the picture.
pub(crate) async fn load(
    library: &Path,
    addresses: Vec<String>,
    kept: &[RecipeReference],
    keep_metadata: bool,
) -> Result<Vec<Reference>, JobError> {
    let library = library.to_owned();
    let kept = kept.iter().cloned().map(Some).chain(std::iter::repeat(None));
    let wanted: Vec<_> = addresses.into_iter().zip(kept).collect();
    let work =
        move || wanted.into_iter().map(|(address, kept)| load_one(&library, address, kept, keep_metadata)).collect();
    let interrupted = || Err(JobError::Reference { name: "all".into(), reason: "reading was interrupted".into() });
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| interrupted())
}

/// Makes the copy of a reference that is sent when it is edited so and may be at most so long on a side (`None`: the
/// usual), and keeps an edited one, so that exactly this is sent. The error is a sentence.
pub(crate) async fn make_copy(
    disk: &Disk,
    reference: DraftReference,
    edit: ReferenceEdit,
    max_side: Option<u32>,
    privacy: Privacy,
) -> Result<DraftReference, String> {
    let ReferenceSource::Stored { hash, original, .. } = &reference.source else {
        return Ok(reference);
    };
    let (library, wanted, drawn) = (disk.dir().to_owned(), hash.clone(), edit.clone());
    let work = move || {
        let file = reference_path(&library, &wanted).ok_or("its file is missing from the library")?;
        let bytes = crate::library::read_ordinary(file).map_err(|error| error.to_string())?;
        let usual = limits(privacy.keep_metadata);
        let limits = PrepareLimits { max_side: max_side.unwrap_or(usual.max_side), ..usual };
        prepare_edited(&bytes, &drawn, &limits).map_err(|error| error.to_string())
    };
    let prepared = tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err("it was interrupted".to_owned()))?;
    let mut sent = sent_facts(&prepared);
    if !edit.is_empty() {
        let format = Format::sniff(&prepared.bytes).unwrap_or(Format::Png);
        let kept = disk.call(move |library| library.store_reference(&prepared.bytes, format)).await;
        sent.hash = Some(kept.map_err(|error| error.to_string())?);
    }
    let source = ReferenceSource::Stored { hash: hash.clone(), original: original.clone(), sent };
    Ok(DraftReference { source, edit, ..reference })
}

/// `kept`: what the draft promised to send, which may be smaller than the usual limits, or edited.
fn load_one(
    library: &Path,
    address: String,
    kept: Option<RecipeReference>,
    keep_metadata: bool,
) -> Result<Reference, JobError> {
    let Some(hash) = address.strip_prefix(STORED) else {
        return Ok(Reference::Url(address));
    };
    let refuse = |reason: String| JobError::Reference { name: hash.chars().take(8).collect(), reason };
    let (sent, edit) = kept.map_or((None, ReferenceEdit::default()), |kept| (kept.sent, kept.edit));
    // The very copy that the artist made, byte for byte.
    let copy = sent.as_ref().and_then(|sent| Some((reference_path(library, sent.hash.as_ref()?)?, &sent.media_type)));
    if let Some((file, media_type)) = copy {
        let bytes = crate::library::read_ordinary(file).map_err(|error| refuse(error.to_string()))?;
        return Ok(Reference::Inline { media_type: media_type.clone(), bytes: bytes.into() });
    }
    let file = reference_path(library, hash).ok_or_else(|| refuse("its file is missing from the library".into()))?;
    let bytes = crate::library::read_ordinary(file).map_err(|error| refuse(error.to_string()))?;
    let usual = limits(keep_metadata);
    let max_side = sent.map_or(usual.max_side, |sent| sent.size.longer_side().clamp(1, usual.max_side));
    let prepared = prepare_edited(&bytes, &edit, &PrepareLimits { max_side, ..usual });
    let prepared = prepared.map_err(|error| refuse(error.to_string()))?;
    Ok(Reference::Inline { media_type: prepared.media_type.to_owned(), bytes: prepared.bytes.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_pipe_or_a_device_is_refused_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.png");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let said = "it is no ordinary file, but a pipe, a device or the like";
        for path in [pipe.as_path(), Path::new("/dev/zero")] {
            assert_eq!(read(path), Err(said.to_owned()), "{}", path.display());
        }
    }
}
