//! What a library must hold, by what its children told while they lived.
//!
//! What was asked for and not yet confirmed may be so or so; a look at the library decides it, and from then on it must
//! stay.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Where a picture can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Pictures,
    Trash,
    Gone,
}

/// What is known of a picture that the library has told of or was seen with.
#[derive(Clone, Debug)]
pub struct Known {
    pub hash: String,
    /// As far as was confirmed; what is asked for beyond that is in [`Ledger::moves`].
    pub place: Place,
    pub stars: u8,
    /// Asked for, in order, and not confirmed.
    pub stars_asked: VecDeque<u8>,
}

impl Known {
    pub fn new(hash: &str, place: Place) -> Self {
        Self { hash: hash.to_owned(), place, stars: 0, stars_asked: VecDeque::new() }
    }
}

/// A move that was asked for. They are carried out one after the other, picture by picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    Trash(Vec<String>),
    Restore(Vec<String>),
    Empty,
}

impl Move {
    /// Where a picture is after this, when it was at `place` before.
    fn carry(&self, id: &String, place: Place) -> Place {
        match (self, place) {
            (_, Place::Gone) => Place::Gone,
            (Self::Trash(ids), _) if ids.contains(id) => Place::Trash,
            (Self::Restore(ids), _) if ids.contains(id) => Place::Pictures,
            (Self::Empty, Place::Trash) => Place::Gone,
            _ => place,
        }
    }
}

/// How far a child got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    #[default]
    Starting,
    Recovering,
    Ready,
}

#[derive(Debug, Default)]
pub struct Ledger {
    pub pictures: BTreeMap<String, Known>,
    /// Every picture ever seen of a job.
    pub of_job: BTreeMap<String, BTreeSet<String>>,
    /// Jobs that the journal has, and must have for ever.
    pub jobs: BTreeSet<String>,
    /// Markers of runs whose journalling was told.
    pub added: BTreeSet<String>,
    /// How often the artist asked for a marker to be sent again.
    pub again: BTreeMap<String, u32>,
    pub references: BTreeSet<String>,
    /// Least and greatest value that the setting may have.
    pub setting: (u64, u64),
    // Of the last child alone:
    pub stage: Stage,
    /// Markers that it may send.
    pub allowed: BTreeSet<String>,
    /// Asked for and not confirmed, in order.
    pub moves: VecDeque<Move>,
    pub marking: i32,
}

impl Ledger {
    /// Takes what a child told, in order.
    pub fn read(&mut self, lines: &[String]) {
        (self.stage, self.marking) = (Stage::Starting, 0);
        self.allowed.clear();
        self.moves.clear();
        let mut submitted: Vec<String> = Vec::new();
        for line in lines {
            let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
            let names = || rest.split(' ').filter(|name| !name.is_empty()).map(str::to_owned);
            match what {
                "opening" | "done" => {}
                "opened" => self.stage = Stage::Recovering,
                "ready" => self.stage = Stage::Ready,
                "submit" => {
                    self.allowed.extend(names());
                    submitted.extend(names());
                }
                "added" => {
                    let of_run = |marker: &&String| marker.rsplit_once('-').is_some_and(|(run, _)| run == rest);
                    self.added.extend(submitted.iter().filter(of_run).cloned());
                }
                "resume" => self.allowed.extend(names()),
                "again" => {
                    self.allowed.insert(rest.to_owned());
                    *self.again.entry(rest.to_owned()).or_default() += 1;
                }
                "stored" => {
                    let [id, hash, job] = names().collect::<Vec<_>>().try_into().unwrap();
                    self.of_job.entry(job).or_default().insert(id.clone());
                    self.pictures.insert(id, Known::new(&hash, Place::Pictures));
                }
                "trashing" => self.moves.push_back(Move::Trash(names().collect())),
                "trashed" => self.confirm(&Move::Trash(names().collect())),
                "restoring" => self.moves.push_back(Move::Restore(names().collect())),
                "restored" => self.confirm(&Move::Restore(names().collect())),
                "emptying" => self.moves.push_back(Move::Empty),
                "emptied" => self.confirm(&Move::Empty),
                "marking" => {
                    let (id, stars) = rest.split_once(' ').unwrap();
                    self.marking += 1;
                    self.pictures.get_mut(id).unwrap().stars_asked.push_back(stars.parse().unwrap());
                }
                "marked" => {
                    let (id, stars) = rest.split_once(' ').unwrap();
                    let known = self.pictures.get_mut(id).unwrap();
                    self.marking -= 1;
                    known.stars = stars.parse().unwrap();
                    // Those before it changed nothing, or it would have been told.
                    while known.stars_asked.pop_front().is_some_and(|asked| asked != known.stars) {}
                }
                "setting" => self.setting.1 = rest.parse().unwrap(),
                "set" => self.setting.0 = self.setting.0.max(rest.parse().unwrap()),
                "reference" => _ = self.references.insert(rest.to_owned()),
                other => panic!("the child said {other:?}"),
            }
        }
    }

    /// Those before it that were not confirmed were refused: a picture of theirs was gone.
    fn confirm(&mut self, done: &Move) {
        if self.moves.contains(done) {
            while self.moves.pop_front().is_some_and(|asked| asked != *done) {}
        }
        for (id, known) in &mut self.pictures {
            known.place = done.carry(id, known.place);
        }
    }

    /// Where a picture may be.
    pub fn places(&self, id: &String, known: &Known) -> BTreeSet<Place> {
        let mut places: BTreeSet<Place> = [known.place].into();
        for asked in &self.moves {
            let after: Vec<_> = places.iter().map(|place| asked.carry(id, *place)).collect();
            places.extend(after);
        }
        places
    }
}
