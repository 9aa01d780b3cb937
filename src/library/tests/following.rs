//! A reader beside a writer: it follows whatever is done, reads what changed alone, and notices an index made anew.

use super::*;

/// A reader with what it knows, kept up to date as the window does it.
struct Reader {
    library: Library,
    known: Option<Follower>,
    contents: LibraryContents,
    lists: UserLists,
}

impl Reader {
    fn open(folder: &Path) -> Self {
        let library = Library::open_read_only(folder, ReadOnly::InUse).unwrap();
        let mut reader =
            Self { library, known: None, contents: LibraryContents::default(), lists: UserLists::default() };
        let PollResult::All(contents, lists) = Follower::poll(&mut reader.known, &mut reader.library).unwrap() else {
            panic!("not all")
        };
        (reader.contents, reader.lists) = (*contents, lists);
        reader
    }

    /// Looks; returns what was told, and how many pictures and runs were read for it.
    fn look(&mut self) -> (Changes, usize) {
        let before = self.known.as_ref().unwrap().read();
        let told = match Follower::poll(&mut self.known, &mut self.library).unwrap() {
            PollResult::Nothing => Changes::default(),
            PollResult::All(..) => panic!("only the first look tells all"),
            PollResult::Some(changes) => *changes,
        };
        for run in &told.runs {
            self.contents.add_run(run.clone());
        }
        self.contents.put(told.pictures.clone());
        self.contents.remove(&told.gone.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
        self.lists = told.shelves.clone().unwrap_or_else(|| self.lists.clone());
        (told, self.known.as_ref().unwrap().read() - before)
    }
}

/// What a library in memory holds, in an order that is the same for all.
fn held(contents: &LibraryContents) -> (Vec<Picture>, Vec<Picture>, usize) {
    let by_id = |mut list: Vec<Picture>| {
        list.sort_by(|one, other| one.id.cmp(&other.id));
        list
    };
    let here = contents.runs().flat_map(|entry| entry.pictures.clone()).collect();
    (by_id(here), by_id(contents.trashed().to_vec()), contents.run_count())
}

fn is_up_to_date(reader: &Reader, writer: &Library) {
    let (runs, pictures, trashed) = (writer.runs().unwrap(), writer.pictures().unwrap(), writer.trashed().unwrap());
    assert_eq!(held(&reader.contents), held(&LibraryContents::new(runs, pictures, trashed)));
    assert_eq!(reader.lists, writer.shelves().unwrap());
}

#[test]
fn a_reader_reads_what_changed_and_nothing_else() {
    let folder = folder();
    let (mut writer, pictures) = filled(folder.path(), 200);
    let mut reader = Reader::open(folder.path());
    assert_eq!(reader.look(), (Changes::default(), 0), "nothing has changed");
    let ids: Vec<PictureId> = pictures.iter().map(|picture| picture.id.clone()).collect();
    let star = |ids: &[PictureId]| Edit::Mark { ids: ids.to_vec(), change: MarkChange::Stars(4) };
    writer.edit(&star(&ids[7..8])).unwrap();
    let (told, read) = reader.look();
    assert_eq!((told.pictures.len(), read), (1, 1));
    writer.trash(&ids[..5]).unwrap();
    let (told, read) = reader.look();
    assert_eq!((told.pictures.len(), read), (5, 5));
    writer.set_setting("draft", &json!({"prompt": "unsent"})).unwrap();
    assert_eq!(reader.look(), (Changes::default(), 0), "that is nobody else's");
    let run = Run { prompt: "a second run".into(), ..run() };
    let job = job(&run, 0, 1);
    writer.add_run(&run, std::slice::from_ref(&job)).unwrap();
    store(&mut writer, &recipe(&job, 0), &bytes(201));
    let (told, read) = reader.look();
    assert_eq!((told.runs.len(), told.pictures.len(), read), (1, 1, 2));
    writer.empty_trash().unwrap();
    let (told, read) = reader.look();
    assert_eq!((told.gone.len(), read), (5, 5));
    writer.edit(&Edit::Mark { ids: ids[9..10].to_vec(), change: MarkChange::AddToCollection("Cover".into()) }).unwrap();
    let (told, read) = reader.look();
    assert_eq!((told.shelves.is_some(), read), (true, 1));
    is_up_to_date(&reader, &writer);
}

#[test]
fn a_reader_that_fell_far_behind_lists_everything_once() {
    let folder = folder();
    let (mut writer, pictures) = filled(folder.path(), 60);
    let mut reader = Reader::open(folder.path());
    let ids: Vec<PictureId> = pictures.iter().map(|picture| picture.id.clone()).collect();
    for stars in (1..=80).map(|n| 1 + n % 5) {
        writer.edit(&Edit::Mark { ids: ids.clone(), change: MarkChange::Stars(stars) }).unwrap();
    }
    let notes: i64 = writer.db.query_row("SELECT COUNT(*) FROM changes", [], |row| row.get(0)).unwrap();
    assert_eq!(notes, 4096, "there is a limit to what is noted");
    let (_, read) = reader.look();
    assert_eq!(read, 61, "60 pictures and a run");
    is_up_to_date(&reader, &writer);
    writer.trash(&ids[..1]).unwrap();
    assert_eq!(reader.look().1, 1, "from then on it follows");
    is_up_to_date(&reader, &writer);
}

#[test]
fn a_reader_notices_an_index_that_was_made_anew_and_follows_that() {
    let folder = folder();
    let (mut writer, pictures) = filled(folder.path(), 6);
    let mut reader = Reader::open(folder.path());
    let mark = |id: &PictureId, stars| Edit::Mark { ids: vec![id.clone()], change: MarkChange::Stars(stars) };
    for picture in &pictures[..2] {
        let rebuild = writer.detach_index().unwrap();
        assert!(rebuild.run(|_| true).unwrap().is_some());
        drop(rebuild);
        writer.reattach_index().unwrap();
        writer.edit(&mark(&picture.id, 5)).unwrap();
        let (told, _) = reader.look();
        assert!(told.is_new_index);
        is_up_to_date(&reader, &writer);
        writer.edit(&mark(&picture.id, 2)).unwrap();
        let (told, read) = reader.look();
        assert_eq!((told.pictures.len(), read, told.is_new_index), (1, 1, false));
        is_up_to_date(&reader, &writer);
    }
}

#[test]
fn whatever_the_writer_does_what_is_told_gives_what_the_library_holds() {
    let folder = folder();
    let (mut writer, _) = filled(folder.path(), 12);
    let mut reader = Reader::open(folder.path());
    let mut chance = fastrand::Rng::with_seed(11);
    for round in 0..120_u8 {
        for _ in 0..chance.u8(..4) {
            let all = writer.pictures().unwrap().into_iter().chain(writer.trashed().unwrap());
            let mut ids: Vec<PictureId> = all.map(|picture| picture.id).collect();
            chance.shuffle(&mut ids);
            ids.truncate(chance.usize(..5));
            match chance.u8(..8) {
                0 | 1 => drop(writer.trash(&ids).unwrap()),
                2 => drop(writer.restore(&ids).unwrap()),
                3 => drop(writer.empty_trash().unwrap()),
                4 => drop(writer.edit(&Edit::Mark { ids, change: MarkChange::Stars(round % 6) }).unwrap()),
                5 => drop(
                    writer.edit(&Edit::Mark { ids, change: MarkChange::AddToCollection(format!("{round}")) }).unwrap(),
                ),
                _ => {
                    let run = Run { prompt: format!("run {round}"), ..run() };
                    let job = job(&run, 0, 1);
                    writer.add_run(&run, std::slice::from_ref(&job)).unwrap();
                    store(&mut writer, &recipe(&job, 0), &bytes(round));
                }
            }
        }
        if round % 40 == 39 {
            let rebuild = writer.detach_index().unwrap();
            rebuild.run(|_| true).unwrap();
            drop(rebuild);
            writer.reattach_index().unwrap();
        }
        reader.look();
        is_up_to_date(&reader, &writer);
    }
}
