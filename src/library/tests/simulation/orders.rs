//! What is asked of the library, by the engine and by the artist, and what strangers do to its folder.

use super::*;
use std::fs;

/// A picture that comes in, and how far it got.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) run: Run,
    /// `None`: imported.
    pub(super) job: Option<Job>,
    pub(super) recipe: Recipe,
    pub(super) content: Vec<u8>,
    pub(super) size: Option<Size>,
    /// Steps that came to a good end.
    pub(super) stage: u8,
}

/// Something that happens to a library.
#[derive(Clone, Debug)]
pub(super) enum Order {
    Start,
    /// The delivery of this number goes on where it ended; one that ended well is received once more.
    Receive(usize),
    Unread(usize),
    Trash(Vec<PictureId>),
    Restore(Vec<PictureId>),
    Empty,
    Stars(Vec<PictureId>, u8),
    Freshen,
    Check,
    Mend,
    Rebuild,
    RebuildLent,
    SecondWriter,
    Reader,
    Stranger(u8),
}

impl Order {
    /// Makes one up.
    pub(super) fn any(world: &mut World) -> Self {
        match world.chance.u8(..40) {
            0..12 => Self::Receive(new_delivery(world)),
            12..16 if !world.ledger.deliveries.is_empty() => {
                Self::Receive(world.chance.usize(..world.ledger.deliveries.len()))
            }
            16..21 => Self::Trash(some(world, false)),
            21..24 => Self::Restore(some(world, true)),
            24..27 => Self::Empty,
            27 | 28 => Self::Stars(some(world, false), world.chance.u8(..6)),
            29 => Self::Freshen,
            30 => Self::Check,
            31 => Self::Mend,
            32 => Self::Rebuild,
            33 => Self::RebuildLent,
            34 => Self::SecondWriter,
            35 => Self::Reader,
            36 => Self::Unread(new_unread(world)),
            _ => Self::Stranger(world.chance.u8(..7)),
        }
    }

    /// Does it, and notes what the library owes by that.
    pub(super) fn carry_out(&self, world: &mut World) -> Result<()> {
        match self {
            Self::Rebuild => {
                world.library = None;
                Library::rebuild(&world.dir(), |_| true)?;
                world.library = Some(Library::open(&world.dir())?);
                return Ok(());
            }
            Self::Stranger(what) => {
                // Of what is on its way while nobody looks.
                stranger(world, *what);
                return Ok(());
            }
            Self::Mend if world.library.is_none() => world.library = Some(Library::open(&world.dir())?),
            _ if world.library.is_none() => {
                let mut library = Library::open(&world.dir())?;
                library.recover()?;
                world.library = Some(library);
            }
            _ => {}
        }
        let (dir, Some(library)) = (world.folder.path().to_owned(), world.library.as_mut()) else {
            return Ok(());
        };
        let ledger = &mut world.ledger;
        match self {
            Self::Start => {
                world.library = None;
                let mut library = Library::open(&dir)?;
                library.recover()?;
                world.library = Some(library);
                Ok(())
            }
            Self::Receive(number) => ledger.receive(library, *number),
            Self::Unread(number) => ledger.keep_unread(library, *number),
            Self::Trash(ids) => library.trash(&known(library, ids)).map(|_| ()),
            Self::Restore(ids) => library.restore(&known(library, ids)).map(|_| ()),
            Self::Empty => {
                ledger.may_go(library);
                library.empty_trash().map(|_| ())
            }
            Self::Stars(ids, stars) => ledger.mark(library, ids, *stars),
            Self::Freshen => library.sync_sidecars(8).map(|_| ()),
            Self::Check => library.verify(Repair::No, |_| true).map(|_| ()),
            Self::Mend => library.verify(Repair::Yes, |_| true).map(|_| ()),
            Self::RebuildLent => {
                let rebuilder = library.detach_index()?;
                let rebuilt = rebuilder.run(|_| true);
                library.reattach_index()?;
                rebuilt.map(|_| ())
            }
            Self::SecondWriter => {
                assert!(matches!(
                    Library::open(&dir),
                    Err(Error::Locked { .. } | Error::CannotWrite { .. } | Error::Full { .. })
                ));
                Ok(())
            }
            Self::Reader => {
                let reader = Library::open_read_only(&dir, ReadOnly::InUse)?;
                assert_eq!(reader.pictures()?, library.pictures()?);
                assert_eq!(reader.trashed()?, library.trashed()?);
                Ok(())
            }
            Self::Rebuild | Self::Stranger(_) => Ok(()),
        }
    }
}

fn known(library: &Library, ids: &[PictureId]) -> Vec<PictureId> {
    ids.iter().filter(|id| library.picture(id).unwrap().is_some()).cloned().collect()
}

fn some(world: &mut World, trashed: bool) -> Vec<PictureId> {
    let Some(library) = &world.library else { return Vec::new() };
    let all = if trashed { library.trashed() } else { library.pictures() }.unwrap();
    let wanted = world.chance.usize(..=all.len().min(4));
    let mut ids: Vec<PictureId> = all.into_iter().map(|picture| picture.id).collect();
    world.chance.shuffle(&mut ids);
    ids.truncate(wanted);
    ids
}

/// The n-th name of a kind; of two pictures out of three the files want to have the same name.
fn name(kind: char, number: usize, end: &str) -> String {
    format!("01KB{kind}{number:017}{end}")
}

fn new_delivery(world: &mut World) -> usize {
    let (chance, ledger) = (&mut world.chance, &mut world.ledger);
    let number = ledger.deliveries.len();
    let imported = chance.u8(..4) == 0;
    let run = Run { id: RunId(name('R', number, "0000")), ..run() };
    let mut job = job(&run, 0, 1);
    job.id = if imported { JobId::imported() } else { JobId(name('J', number, "0000")) };
    job.request["stream"] = chance.bool().into();
    let mut recipe = recipe(&job, 0);
    recipe.id = PictureId(name('P', number, if chance.u8(..3) == 0 { "00B2" } else { "00A1" }));
    // Some are the same as an earlier one, byte by byte.
    let twin = ledger.deliveries.get(number.wrapping_sub(1)).filter(|_| chance.u8(..6) == 0);
    let content =
        twin.map_or_else(|| format!("picture {number} of a history").into_bytes(), |twin| twin.content.clone());
    let size = if chance.u8(..4) == 0 { None } else { SIZE };
    let job = (!imported).then_some(job);
    ledger.deliveries.push(Delivery { run, job, recipe, content, size, stage: 0 });
    number
}

fn new_unread(world: &mut World) -> usize {
    let number = world.ledger.unread.len();
    let mut job = job(&run(), 0, 1);
    job.id = JobId(name('U', number, "0000"));
    world.ledger.unread.push((job, format!("answer {number} that nobody reads").into_bytes()));
    number
}

/// What somebody else does to the folder; contents stay, wherever.
fn stranger(world: &mut World, what: u8) {
    let dir = world.dir();
    world.ledger.strange = true;
    let targets: Vec<String> = world.library.as_ref().map_or_else(Vec::new, |library| {
        let mut query = library.db.prepare("SELECT target FROM moves WHERE target <> ''").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    });
    let number = world.ledger.strangers;
    world.ledger.strangers += 1;
    let mut pictures: Vec<PathBuf> =
        ["pictures", "trash"].into_iter().flat_map(|place| files(&dir.join(place))).collect();
    pictures.retain(|path| path.extension().is_some_and(|ending| ending != "json"));
    let Some(path) = world.chance.choice(&pictures).cloned() else { return };
    let ending = path.extension().unwrap().to_string_lossy().into_owned();
    let place = if world.chance.bool() { "pictures" } else { "trash" };
    let other = dir.join(format!("{place}/moved {number}.{ending}"));
    let side = sidecar_path(&path);
    match what {
        0 => fs::rename(&path, &other).unwrap(),
        1 => {
            fs::rename(&path, &other).unwrap();
            drop(fs::rename(&side, sidecar_path(&other)));
        }
        2 => _ = fs::copy(&path, &other).unwrap(),
        3 => {
            fs::copy(&path, &other).unwrap();
            drop(fs::copy(&side, sidecar_path(&other)));
        }
        4 => drop(fs::remove_file(&side)),
        5 => drop(fs::rename(&side, sidecar_path(&other))),
        _ => {
            // A name that the picture would have next is taken.
            let next = path.strip_prefix(&dir).unwrap().to_string_lossy().replacen("pictures/", "trash/", 1);
            for target in targets.iter().map(String::as_str).chain([next.as_str()]) {
                let target = dir.join(target);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                if !target.exists() {
                    fs::write(target, format!("a stranger's words, {number}")).unwrap();
                }
            }
        }
    }
    world.faults.watch(&dir);
}
