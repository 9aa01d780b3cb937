//! Looking after the library while the window is open: compare index and folder, mend, make the index anew.
//!
//! Comparing only reads, on a thread and a connection of its own. Mending and making anew need the library for
//! themselves: meanwhile the window reads only, and what it asks of the library waits. Invariant: neither begins while
//! a picture is on its way, so that none has to wait for its place on disk.

use super::DiskError;
use super::actor::Actor;
use super::jobs::{Effect, LiveJob, Status};
use super::message::{Care, Event, Notice, Report};
use super::report::{Reports, TaskReport};
use super::sidecars::sync_sidecars;
use super::tending::Tending;
use crate::library::{self, Library, LibraryContents, Progress, ReadOnly, Repair, VerifyReport};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Least time between two words about the progress.
const NEWS: Duration = Duration::from_millis(100);

/// Passes on how far the work is, now and then; says whether it is to go on.
fn teller(reports: Reports, stop: Arc<AtomicBool>) -> impl FnMut(Progress) -> bool + Send {
    let mut last: Option<Instant> = None;
    move |progress| {
        if last.is_none_or(|last| last.elapsed() >= NEWS) {
            last = Some(Instant::now());
            if !reports.send(TaskReport::Tending(progress)) {
                return false;
            }
        }
        !stop.load(Ordering::Relaxed)
    }
}

/// Compares, and mends if asked; `None`: it was stopped.
fn check(
    library: &mut Library,
    mend: bool,
    mut tell: impl FnMut(Progress) -> bool,
) -> library::Result<Option<VerifyReport>> {
    let total = library.pictures()?.len() + library.trashed()?.len();
    let mut is_whole = true;
    let checked = library.verify(if mend { Repair::Yes } else { Repair::No }, |done| {
        is_whole = tell(Progress { done, total });
        is_whole
    })?;
    Ok(is_whole.then_some(checked))
}

fn report<T>(care: Care, done: Result<Option<T>, impl std::fmt::Display>, into: impl FnOnce(T) -> Report) -> Report {
    match done {
        Ok(Some(value)) => into(value),
        Ok(None) => Report::Stopped(care),
        Err(error) => Report::Failed(care, error.to_string()),
    }
}

impl Actor {
    /// Begins, unless something else is under way.
    pub(super) fn tend(&mut self, care: Care) {
        if self.tending.is_some() {
            return;
        }
        let alone = care != Care::Check;
        let on_its_way = |live: &LiveJob| {
            let status = live.status();
            status.is_running() || matches!(status, Status::Submitted | Status::Queued) || status.is_unsaved()
        };
        if alone && (self.importing.is_some() || self.emptying.is_some() || self.jobs.list().any(on_its_way)) {
            return self.happened(Event::Notice(Notice::NotTended));
        }
        if alone && self.read_only.is_some() {
            let path = self.disk.dir().to_owned();
            return self.trouble(DiskError::Library(Arc::new(library::Error::ReadOnly { path })));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let tell = teller(self.reports.clone(), stop.clone());
        let (reports, disk) = (self.reports.clone(), self.disk.clone());
        let done = move |report| {
            reports.send(TaskReport::Tended(report));
        };
        match care {
            Care::Check => {
                let dir = disk.dir().to_owned();
                tokio::task::spawn_blocking(move || {
                    let library = Library::open_read_only(&dir, ReadOnly::Asked);
                    let checked = library.and_then(|mut library| check(&mut library, false, tell));
                    done(report(care, checked, Report::Checked));
                });
            }
            Care::Mend => {
                tokio::spawn(async move {
                    let checked = disk.call(move |library| check(library, true, tell)).await;
                    done(report(care, checked, Report::Mended));
                });
            }
            Care::Rebuild => {
                self.search.close(true);
                self.ask(Library::detach_index, move |actor, lent| match lent {
                    Ok(rebuilder) => {
                        tokio::task::spawn_blocking(move || {
                            done(report(care, rebuilder.run(tell), Report::Rebuilt));
                        });
                    }
                    Err(error) => actor.not_lent(error),
                });
            }
        }
        self.report = None;
        if alone {
            self.read_only = Some(ReadOnly::Maintenance);
        }
        self.tending =
            Some(Tending { care, progress: Progress::default(), stop, postponed: Vec::new(), states: Vec::new() });
    }

    /// Goes on as if nothing had been begun.
    fn not_lent(&mut self, error: DiskError) {
        self.search.close(false);
        self.read_only = None;
        self.trouble(error);
        if let Some(tending) = self.tending.take() {
            self.catch_up(tending);
        }
    }

    /// Takes the library back, shows what it holds now, and does what had to wait.
    pub(super) fn tended(&mut self, report: Report) {
        let Some(tending) = self.tending.take() else { return };
        self.report = Some(Arc::new(report));
        if tending.care == Care::Check {
            return;
        }
        if tending.care == Care::Rebuild {
            self.tell_library(Library::reattach_index);
        }
        self.read_only = None;
        let was_closed = tending.care == Care::Rebuild;
        let call = |library: &mut Library| {
            let collection = LibraryContents::new(library.runs()?, library.pictures()?, library.trashed()?);
            Ok((collection, library.shelves()?))
        };
        self.ask(call, move |actor, read| {
            if was_closed {
                actor.search.close(false);
            }
            match read {
                Ok((collection, shelves)) => {
                    actor.happened(Event::Shelves(Box::new(shelves)));
                    actor.happened(Event::Replaced(Box::new(collection)));
                }
                Err(error) => actor.trouble(error),
            }
            sync_sidecars(actor.disk.clone());
        });
        self.count_spending();
        self.catch_up(tending);
    }

    /// Writes and does what had to wait.
    fn catch_up(&mut self, tending: Tending) {
        if !tending.states.is_empty() {
            self.carry_out(vec![Effect::Journal(tending.states)]);
        }
        for order in tending.postponed {
            self.order(order);
        }
    }
}
