//! What has a current value: jobs, catalogue, account. Newer ones replace older ones; nothing is queued.

use super::jobs::{JobView, Phase};
use super::message::{Care, Report};
use super::service::{Connection, InUse, MadeFor, Service, ServiceMark, SignInView, StoreWait, mark_of, name_of};
use crate::api::{self, Credits, Endpoint, KeyInfo, Model, ModelId, ModelSource};
use crate::library::{Progress, ReadOnly};
use std::collections::HashMap;
use std::sync::Arc;

/// Holds the engine's current state; cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub service: Service,
    pub connections: ConnectionList,
    /// Jobs that run, wait or ended without being taken off the screen; in order of submission.
    pub jobs: Arc<[Arc<JobView>]>,
    /// The tickets of those that wait for their turn, in order.
    pub line: Arc<[i64]>,
    /// Jobs of an earlier session wait for one click.
    pub held: usize,
    pub models: Remote<Arc<Catalogue>>,
    pub endpoints: Arc<HashMap<ModelId, Remote<Arc<Vec<Endpoint>>>>>,
    pub account: Account,
    /// `None`: nobody is signing in.
    pub sign_in: Option<SignInView>,
    pub spending: Spending,
    /// `None`: the trash is not being emptied.
    pub emptying: Option<Progress>,
    /// `None`: nothing is being imported.
    pub importing: Option<Importing>,
    /// False until the library has been read.
    pub library_read: bool,
    /// The engine was told to shut down, and stops when what was received is on the disk.
    pub closing: bool,
    /// `None`: this is the library's writer.
    pub read_only: Option<ReadOnly>,
    /// What is being done for the library, and how far that is.
    pub tending: Option<(Care, Progress)>,
    /// What came of it the last time.
    pub report: Option<Arc<Report>>,
}

impl Snapshot {
    pub(crate) fn new(service: Service) -> Self {
        Self {
            service,
            connections: ConnectionList::default(),
            jobs: Arc::new([]),
            line: Arc::new([]),
            held: 0,
            models: Remote::default(),
            endpoints: Arc::default(),
            account: Account::default(),
            sign_in: None,
            spending: Spending::default(),
            importing: None,
            emptying: None,
            library_read: false,
            closing: false,
            read_only: None,
            tending: None,
            report: None,
        }
    }

    /// Returns what jobs are marked with that are made for the service in use.
    pub fn mark(&self) -> ServiceMark {
        let (kind, base) = (self.service.kind, self.service.base.as_str());
        let now = InUse { kind, base, connection: self.connections.current.as_deref() };
        ServiceMark { base: base.to_owned(), connection: mark_of(now) }
    }

    /// Returns for people what the service in use is called.
    pub fn here(&self) -> Arc<str> {
        name_of(MadeFor::of(&self.mark()))
    }

    /// Returns how many jobs go before the one with this ticket.
    pub fn ahead(&self, ticket: i64) -> usize {
        self.line.partition_point(|other| *other < ticket)
    }

    /// Returns the jobs that wait for another service than the one in use.
    pub fn elsewhere(&self) -> impl Iterator<Item = &Arc<JobView>> {
        self.jobs.iter().filter(|job| matches!(job.phase, Phase::Elsewhere { .. }))
    }

    /// Returns the endpoints of a model when they are known.
    pub fn endpoints_of(&self, model: &ModelId) -> Option<&Arc<Vec<Endpoint>>> {
        self.endpoints.get(model)?.value.as_ref()
    }
}

/// The services that can be chosen by name.
#[derive(Clone, Debug, Default)]
pub struct ConnectionList {
    pub list: Arc<[Connection]>,
    /// `None`: what is in use has no name.
    pub current: Option<Arc<str>>,
    /// The demo can be chosen too.
    pub has_demo: bool,
    /// What went wrong with them last, as a sentence; `None`: nothing since they were changed last.
    pub trouble: Option<Arc<str>>,
}

/// A value that is read from elsewhere: the last good one stays while a newer one is loading or failed.
#[derive(Clone, Debug)]
pub struct Remote<T> {
    pub value: Option<T>,
    /// Unix milliseconds at which `value` was read from the service.
    pub read_ms: Option<i64>,
    pub loading: bool,
    /// Why the last attempt failed; cleared by the next success.
    pub error: Option<Arc<api::Error>>,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { value: None, read_ms: None, loading: false, error: None }
    }
}

/// The list of models as the service gave it.
#[derive(Debug)]
pub struct Catalogue {
    pub models: Vec<Model>,
    /// Entries that could not be read, by name.
    pub skipped: Vec<String>,
    pub source: ModelSource,
}

/// What the service says of the key.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub key: Remote<Arc<KeyInfo>>,
    /// `None` inside: this key may not see the balance.
    pub credits: Remote<Option<Credits>>,
    /// Says where the key in use came from.
    pub source: Option<&'static str>,
    /// There is a key, but it would go to this host unencrypted, and nobody has said yes to that.
    pub withheld: Option<String>,
    /// The secret store is being asked; it may take as long as it likes.
    pub store: Option<StoreWait>,
    /// A key is kept, but could not be had.
    pub is_unread: bool,
    /// What went wrong with keeping, reading or forgetting, until the next choice.
    pub trouble: Option<Arc<str>>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Importing {
    /// Files looked at so far.
    pub done: usize,
    pub total: usize,
}

/// What the library's pictures cost, as far as it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spending {
    /// US dollars known to be spent today.
    pub today: f64,
    /// Pictures of today without a price.
    pub unknown: u32,
    pub pictures: u32,
}

impl<T> Remote<T> {
    pub(crate) fn settle(&mut self, result: Result<T, Arc<api::Error>>, now: i64) {
        self.loading = false;
        match result {
            Ok(value) => (self.value, self.read_ms, self.error) = (Some(value), Some(now), None),
            Err(error) => self.error = Some(error),
        }
    }
}
