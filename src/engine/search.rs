//! Searching the library on a thread of its own: the newest question is answered, older ones are dropped.
//!
//! The library is read at the first question; from then on what happens to it is told, and the question that stands is
//! answered anew. Invariant: neither the window nor the storing of pictures ever waits for a search.

use super::{Changes, Event, Waker};
use crate::library::{Edited, Finder, Picture, Run};
use crate::plan::query::{Clock, Query, Vocabulary};
use fixedbitset::FixedBitSet;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

/// What a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Grows with every answer.
    pub number: u64,
    /// The question.
    pub text: String,
    /// Numbers of the pictures found, in the trash and out of it; `None`: everything was asked for.
    pub numbers: Option<Arc<FixedBitSet>>,
    /// How many of them are out of the trash.
    pub count: usize,
    /// What the whole library holds, for chips and completion.
    pub vocabulary: Arc<Vocabulary>,
}

#[derive(Debug)]
enum Message {
    Ask(String),
    Run(Arc<Run>),
    Pictures(Vec<Picture>),
    /// By their numbers: not in the library any more.
    Gone(Vec<u32>),
    TrashEmptied,
    /// Everything is to be read anew.
    Replaced,
    /// Let go of the index, and answer nothing until it may be opened again.
    Close(bool),
}

/// A handle to the thread; dropping all of them ends it.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    inbox: mpsc::Sender<Message>,
}

impl Search {
    pub(crate) fn start(dir: PathBuf, events: mpsc::Sender<Event>, waker: Waker) -> std::io::Result<Self> {
        let (inbox, messages) = mpsc::channel();
        let desk = Desk {
            dir,
            events,
            waker,
            finder: None,
            closed: false,
            question: None,
            number: 0,
            vocabulary: Arc::default(),
        };
        std::thread::Builder::new().name("easel-search".into()).spawn(move || desk.work(&messages))?;
        Ok(Self { inbox })
    }

    /// Asks; the answer comes as [`Event::Found`], now and whenever the library changes.
    pub(crate) fn ask(&self, text: String) {
        self.tell(Message::Ask(text));
    }

    /// Tells what has happened to the library.
    pub(crate) fn heard(&self, event: &Event) {
        match event {
            Event::RunAdded(run) => self.tell(Message::Run(run.clone())),
            Event::Stored { picture, run } => {
                self.tell(Message::Run(run.clone()));
                self.tell(Message::Pictures(vec![(**picture).clone()]));
            }
            Event::Trashed(pictures, _) | Event::Restored(pictures, _) | Event::Updated(pictures) => {
                self.tell(Message::Pictures(pictures.clone()));
            }
            Event::Edited(edited, _) => {
                let Edited { pictures, .. } = &**edited;
                self.tell(Message::Pictures(pictures.clone()));
            }
            Event::Changed(changes) => {
                let Changes { runs, pictures, gone, .. } = &**changes;
                runs.iter().for_each(|run| self.tell(Message::Run(run.clone())));
                self.tell(Message::Pictures(pictures.clone()));
                self.tell(Message::Gone(gone.iter().map(|(_, number)| *number).collect()));
            }
            Event::Replaced(_) => self.tell(Message::Replaced),
            Event::Emptied { left, .. } => {
                self.tell(Message::TrashEmptied);
                self.tell(Message::Pictures(left.clone()));
            }
            _ => {}
        }
    }

    /// Lets go of the index for as long as this is true; what was asked meanwhile is answered then.
    pub(crate) fn close(&self, closed: bool) {
        self.tell(Message::Close(closed));
    }

    fn tell(&self, message: Message) {
        if self.inbox.send(message).is_err() {
            log::debug!("the search has ended");
        }
    }
}

struct Desk {
    dir: PathBuf,
    events: mpsc::Sender<Event>,
    waker: Waker,
    finder: Option<Finder>,
    closed: bool,
    question: Option<String>,
    number: u64,
    vocabulary: Arc<Vocabulary>,
}

impl Desk {
    fn work(mut self, messages: &mpsc::Receiver<Message>) {
        while let Ok(first) = messages.recv() {
            let mut changed = false;
            for message in std::iter::once(first).chain(messages.try_iter()) {
                changed |= self.take(message);
            }
            let Some(question) = self.question.clone().filter(|_| !self.closed) else { continue };
            if let Err(error) = self.answer(question, changed) {
                log::warn!("the library cannot be searched: {error}");
            }
        }
    }

    /// Takes a message in; says whether the library has changed.
    fn take(&mut self, message: Message) -> bool {
        match (message, &mut self.finder) {
            (Message::Close(closed), finder) => {
                self.closed = closed;
                *finder = None;
            }
            (Message::Replaced, finder) => *finder = None,
            (Message::Ask(text), _) => {
                self.question = Some(text);
                return false;
            }
            (Message::Run(run), Some(finder)) => finder.add_run(&run),
            (Message::Pictures(pictures), Some(finder)) => pictures.iter().for_each(|picture| finder.put(picture)),
            (Message::Gone(numbers), Some(finder)) => numbers.iter().for_each(|number| finder.forget(*number)),
            (Message::TrashEmptied, Some(finder)) => finder.empty_trash(),
            // It will be read with everything else.
            (_, None) => {}
        }
        true
    }

    fn answer(&mut self, text: String, changed: bool) -> Result<(), crate::library::Error> {
        let now = jiff::Zoned::now();
        let clock = Clock { today: now.date(), zone: now.time_zone().clone() };
        let fresh = self.finder.is_none();
        let finder = match &mut self.finder {
            Some(finder) => {
                finder.set_clock(clock);
                finder
            }
            None => self.finder.insert(Finder::open(&self.dir, clock)?),
        };
        if changed || fresh {
            self.vocabulary = Arc::new(finder.vocabulary());
        }
        let query = Query::parse(&text);
        let (numbers, count) = finder.find(&query)?;
        let numbers = (!query.is_empty()).then(|| Arc::new(numbers));
        self.number += 1;
        let found = Found { number: self.number, text, numbers, count, vocabulary: self.vocabulary.clone() };
        if self.events.send(Event::Found(Box::new(found))).is_err() {
            log::debug!("nobody listens to the engine any more");
        }
        (self.waker)();
        Ok(())
    }
}
