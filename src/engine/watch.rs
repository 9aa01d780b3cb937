//! What another Easel changes in a library that this one only reads.
//!
//! The index tells cheaply whether it was changed, and what; `library/follow.rs` reads that, on the library's thread.

use super::DiskError;
use super::actor::Actor;
use super::message::Event;
use crate::library::{self, Follower, Library, PollResult, ReadOnly};
use std::sync::Arc;

impl Actor {
    /// Says whether somebody else may change the library.
    pub(super) fn only_looks(&self) -> bool {
        self.read_only.is_some_and(|why| why != ReadOnly::Maintenance)
    }

    /// Tells what the library's writer has changed since the last look.
    pub(super) fn look(&mut self) {
        if std::mem::replace(&mut self.is_looking, true) {
            return;
        }
        let mut known = self.known.take();
        let call = move |library: &mut Library| {
            let seen = Follower::poll(&mut known, library);
            Ok((known, seen))
        };
        self.ask(call, |actor, looked| {
            actor.is_looking = false;
            actor.seen(looked);
        });
    }

    fn seen(&mut self, looked: Result<(Option<Follower>, library::Result<PollResult>), DiskError>) {
        let seen = match looked {
            Ok((known, seen)) => {
                self.known = known;
                seen.map_err(|error| DiskError::Library(Arc::new(error)))
            }
            Err(error) => Err(error),
        };
        let was_told = self.known.as_mut().is_some_and(|known| std::mem::replace(&mut known.is_told, seen.is_err()));
        match seen {
            Ok(PollResult::Nothing) => {}
            Ok(PollResult::All(collection, shelves)) => {
                self.happened(Event::Shelves(Box::new(shelves)));
                self.happened(Event::Loaded(collection));
            }
            Ok(PollResult::Some(changes)) => {
                if changes.is_new_index {
                    // So that the search opens that one.
                    self.search.close(true);
                    self.search.close(false);
                }
                self.happened(Event::Changed(changes));
                self.count_spending();
            }
            // Once, not at every look.
            Err(error) if !was_told => self.trouble(error),
            Err(_) => {}
        }
    }
}
