//! Searching the library on a thread of its own: the newest question is answered, older ones are dropped.
//!
//! The library is read at the first question; from then on what happens to it is told, and the question that stands is
//! answered anew. Invariant: neither the window nor the storing of pictures ever waits for a search.

use super::message::{Event, Found, FoundPrompts, PromptQuestion};
use crate::decode::Waker;
use crate::library::{Changes, EditResult, Picture, Run, SearchIndex};
use crate::plan::query::{Clock, Query, Vocabulary};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

#[derive(Debug)]
enum Message {
    Ask(String),
    /// `None`: nobody looks any more.
    AskPrompts(Option<PromptQuestion>),
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
            prompts: None,
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

    /// Asks for prompts; the answer comes as [`Event::FoundPrompts`], now and whenever one is sent.
    pub(crate) fn ask_prompts(&self, question: Option<PromptQuestion>) {
        self.tell(Message::AskPrompts(question));
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
                let EditResult { pictures, .. } = &**edited;
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

/// What came since the last answers.
#[derive(Default)]
struct News {
    asked: bool,
    asked_prompts: bool,
    /// The library is not as it was.
    changed: bool,
    /// Among that, a prompt.
    sent: bool,
}

struct Desk {
    dir: PathBuf,
    events: mpsc::Sender<Event>,
    waker: Waker,
    finder: Option<SearchIndex>,
    closed: bool,
    question: Option<String>,
    prompts: Option<PromptQuestion>,
    number: u64,
    vocabulary: Arc<Vocabulary>,
}

impl Desk {
    fn work(mut self, messages: &mpsc::Receiver<Message>) {
        while let Ok(first) = messages.recv() {
            let mut news = News::default();
            for message in std::iter::once(first).chain(messages.try_iter()) {
                self.take(message, &mut news);
            }
            if self.closed {
                continue;
            }
            let answer = || self.answer(&news).and_then(|()| self.answer_prompts(&news));
            match catch_unwind(AssertUnwindSafe(answer)) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => log::warn!("the library cannot be searched: {error}"),
                // Begun anew at the next question.
                Err(_) => self.finder = None,
            }
        }
    }

    /// Takes a message in.
    fn take(&mut self, message: Message, news: &mut News) {
        match (message, &mut self.finder) {
            (Message::Close(closed), finder) => {
                self.closed = closed;
                *finder = None;
                news.sent = true;
            }
            (Message::Replaced, finder) => {
                *finder = None;
                news.sent = true;
            }
            (Message::Ask(text), _) => {
                self.question = Some(text);
                news.asked = true;
                return;
            }
            (Message::AskPrompts(question), _) => {
                self.prompts = question;
                news.asked_prompts = true;
                return;
            }
            (Message::Run(run), Some(finder)) => {
                finder.add_run(&run);
                news.sent = true;
            }
            (Message::Pictures(pictures), Some(finder)) => pictures.iter().for_each(|picture| finder.put(picture)),
            (Message::Gone(numbers), Some(finder)) => numbers.iter().for_each(|number| finder.forget(*number)),
            (Message::TrashEmptied, Some(finder)) => finder.empty_trash(),
            // It will be read with everything else.
            (_, None) => {}
        }
        news.changed = true;
    }

    /// Returns what can be searched, read at the first call, and whether that was now.
    fn finder(&mut self) -> Result<(&mut SearchIndex, bool), crate::library::Error> {
        let now = jiff::Zoned::now();
        let clock = Clock { today: now.date(), zone: now.time_zone().clone() };
        let fresh = self.finder.is_none();
        let finder = match self.finder.take() {
            Some(finder) => finder,
            None => SearchIndex::open(&self.dir, clock.clone())?,
        };
        let finder = self.finder.insert(finder);
        finder.set_clock(clock);
        Ok((finder, fresh))
    }

    fn answer(&mut self, news: &News) -> Result<(), crate::library::Error> {
        let Some(text) = self.question.clone().filter(|_| news.asked || news.changed) else { return Ok(()) };
        let (finder, fresh) = self.finder()?;
        let vocabulary = (news.changed || fresh).then(|| Arc::new(finder.vocabulary()));
        let query = Query::parse(&text);
        let (numbers, count) = finder.find(&query)?;
        let numbers = (!query.is_empty()).then(|| Arc::new(numbers));
        self.vocabulary = vocabulary.unwrap_or_else(|| self.vocabulary.clone());
        self.number += 1;
        let found = Found { number: self.number, text, numbers, count, vocabulary: self.vocabulary.clone() };
        self.say(Event::Found(Box::new(found)));
        Ok(())
    }

    fn answer_prompts(&mut self, news: &News) -> Result<(), crate::library::Error> {
        let Some(question) = self.prompts.clone().filter(|_| news.asked_prompts || news.sent) else { return Ok(()) };
        let query = Query::parse(&question.text);
        let (prompts, all) = self.finder()?.0.find_prompts(&query, question.favourites.as_ref())?;
        self.say(Event::FoundPrompts(Box::new(FoundPrompts { question, prompts: Arc::new(prompts), all })));
        Ok(())
    }

    fn say(&self, event: Event) {
        if self.events.send(event).is_err() {
            log::debug!("nobody listens to the engine any more");
        }
        (self.waker)();
    }
}
