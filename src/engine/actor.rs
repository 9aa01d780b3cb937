//! The actor: the only owner of the queue, the only one to start and end jobs, the only publisher.
//!
//! Tasks return what became of them and send notes on the way; they never publish by themselves, so that "finished"
//! can never follow "cancelled" on screen. Bytes that arrive late are stored all the same.

use super::awaited::Awaited;
use super::catalogue::{self, Endpoints};
use super::disk::{Disk, Lane};
use super::emptying::Emptying;
use super::failure::JobError;
use super::jobs::{CallResult, Calls, Growth, Input, Jobs, ShownJobs};
use super::message::{Event, Notice, Order, Report};
use super::outcome::{Grown, read_usage, usage_of, weigh};
use super::report::{Reports, ServiceReply, TaskReport};
use super::search::Search;
use super::service::Service;
use super::service::{Connections, InUse, KeyDesk, LookUps, Privacy, ServiceInUse, SignInDesk, Slot, Visit};
use super::snapshot::{Account, Catalogue, ConnectionList, Importing, Remote, Snapshot, Spending};
use super::tending::Tending;
use super::{Config, DiskError, StartError};
use crate::api::{self, Client, ModelId};
use crate::decode::{PreviewSink, Waker};
use crate::library::{self, Follower, JobId, Library, ReadOnly};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};
use std::time::Instant;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{RwLock, watch};

/// Whether what today cost is being counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Counting {
    #[default]
    Not,
    Once,
    /// And must be again.
    Again,
}

pub(crate) struct Actor {
    pub(super) disk: Disk,
    pub(super) search: Search,
    pub(super) client: Client,
    pub(super) service: Service,
    visit: u64,
    pub(super) key_number: u64,
    pub(super) fallback: Option<Service>,
    pub(super) timeouts: api::Timeouts,
    pub(super) keys: KeyDesk,
    pub(super) sign_in: SignInDesk,
    pub(super) privacy: Privacy,
    pub(super) connections: Connections,
    /// The name of the connection in use; `None`: it has none.
    pub(super) connection: Option<String>,
    pub(super) connection_trouble: Option<Arc<str>>,
    /// Counts changes of the list.
    pub(super) list_number: u64,
    /// Jobs at once where the connection says nothing of it.
    pub(super) max_running: usize,
    pub(super) previews: PreviewSink,
    pub(super) jobs: Jobs,
    shown: ShownJobs,
    pub(super) calls: Calls,
    pub(super) look_ups: LookUps,
    /// Held for reading while something is being stored.
    pub(super) storing: Arc<RwLock<()>>,
    pub(super) keep_partials: Arc<AtomicBool>,
    models: Remote<Arc<Catalogue>>,
    endpoints: Arc<Endpoints>,
    pub(super) account: Account,
    spending: Spending,
    pub(super) library_read: bool,
    pub(super) read_only: Option<ReadOnly>,
    /// What has to wait until the library is read.
    pub(super) early: Vec<Order>,
    /// What is known of a library that another Easel may change.
    pub(super) known: Option<Follower>,
    /// Another writer's changes are being looked for.
    pub(super) is_looking: bool,
    /// It is asked to become the writer.
    pub(super) is_claiming: bool,
    pub(super) tending: Option<Tending>,
    pub(super) report: Option<Arc<Report>>,
    /// Whether pictures may lie elsewhere than the index says.
    pub(super) unsettled: bool,
    pub(super) importing: Option<Importing>,
    pub(super) emptying: Option<Emptying>,
    pub(super) imports: Vec<tokio::task::AbortHandle>,
    pub(super) import_turn: Arc<tokio::sync::Mutex<()>>,
    /// Partials become pictures one by one.
    pub(super) keep_turn: Arc<tokio::sync::Mutex<()>>,
    /// What was asked of the library and is not answered yet.
    pub(super) awaited: Awaited<Self>,
    counting: Counting,
    /// It was told to shut down.
    pub(super) closing: bool,
    pub(super) reports: Reports,
    pub(super) inbox: UnboundedReceiver<TaskReport>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    events: mpsc::Sender<Event>,
    waker: Waker,
}

impl Actor {
    pub(crate) fn new(
        config: Config,
        disk: Disk,
        read_only: Option<ReadOnly>,
        search: Search,
        snapshots: watch::Sender<Arc<Snapshot>>,
        events: mpsc::Sender<Event>,
    ) -> Result<Self, StartError> {
        let identity = config.privacy.identity();
        let client =
            Client::with_identity(&config.service.base, config.service.key.clone(), config.timeouts, identity)?;
        let slot = Slot::of(&config.service.base, config.connection.as_deref())?;
        let (reports, inbox) = Reports::channel();
        let named = config.connection.as_ref().and_then(|name| config.connections.named(name));
        let limit = named.and_then(|connection| connection.max_running);
        let Service { kind, base, .. } = config.service.clone();
        let service = ServiceInUse { kind, base, connection: config.connection.clone() };
        let jobs = Jobs::new(limit.unwrap_or(config.max_running), service);
        Ok(Self {
            disk,
            search,
            client,
            service: config.service,
            visit: 0,
            key_number: 0,
            fallback: config.fallback,
            timeouts: config.timeouts,
            keys: KeyDesk::new(config.secrets, slot, reports.clone()),
            sign_in: SignInDesk::new(config.browser, reports.clone()),
            previews: config.previews,
            max_running: config.max_running,
            connections: config.connections,
            connection_trouble: None,
            list_number: 0,
            privacy: config.privacy,
            connection: config.connection,
            jobs,
            shown: ShownJobs::default(),
            calls: Calls::default(),
            look_ups: LookUps::default(),
            storing: Arc::default(),
            keep_partials: Arc::new(AtomicBool::new(config.keep_partials)),
            models: Remote::default(),
            endpoints: Arc::default(),
            account: Account::default(),
            spending: Spending::default(),
            library_read: false,
            read_only,
            early: Vec::new(),
            known: None,
            is_looking: false,
            is_claiming: false,
            tending: None,
            report: None,
            unsettled: false,
            importing: None,
            emptying: None,
            imports: Vec::new(),
            import_turn: Arc::default(),
            keep_turn: Arc::default(),
            awaited: Awaited::default(),
            counting: Counting::Not,
            closing: false,
            reports,
            inbox,
            snapshots,
            events,
            waker: config.waker,
        })
    }

    /// Shows what is known of a service and asks it for more; at start and whenever the service changes.
    pub(super) fn greet_service(&mut self) {
        self.visit += 1;
        (self.models, self.endpoints) = (Remote::default(), Arc::default());
        let (visit, service) = (self.visit, self.service.clone());
        self.ask(
            move |library| Ok(catalogue::cached(library, &service)),
            move |actor, cached| {
                if visit == actor.visit
                    && let Ok((models, endpoints)) = cached
                {
                    actor.take_cached(models, endpoints);
                }
            },
        );
        self.refresh_models();
        self.refresh_account();
    }

    /// Shows what the service said the last time, where it has not said more since.
    fn take_cached(&mut self, models: Remote<Arc<Catalogue>>, endpoints: Endpoints) {
        if self.models.value.is_none() {
            (self.models.value, self.models.read_ms) = (models.value, models.read_ms);
        }
        let known = Arc::make_mut(&mut self.endpoints);
        for (model, cached) in endpoints {
            let entry = known.entry(model).or_default();
            if entry.value.is_none() {
                (entry.value, entry.read_ms) = (cached.value, cached.read_ms);
            }
        }
    }

    /// Asks the library and goes on with `then` when it has answered; what is asked later is answered later.
    pub(super) fn ask<T, F>(&mut self, call: F, then: impl FnOnce(&mut Self, Result<T, DiskError>) + Send + 'static)
    where
        T: Send + 'static,
        F: FnOnce(&mut Library) -> library::Result<T> + Send + 'static,
    {
        self.awaited.add_in_order(self.disk.asked(Lane::Now, call), then);
    }

    /// The same when the library has nothing else to do.
    pub(super) fn ask_later<T, F>(
        &mut self,
        call: F,
        then: impl FnOnce(&mut Self, Result<T, DiskError>) + Send + 'static,
    ) where
        T: Send + 'static,
        F: FnOnce(&mut Library) -> library::Result<T> + Send + 'static,
    {
        self.awaited.add(self.disk.asked(Lane::Later, call), then);
    }

    /// Has the library do something; only a failure is told.
    pub(super) fn tell_library<F>(&mut self, call: F)
    where
        F: FnOnce(&mut Library) -> library::Result<()> + Send + 'static,
    {
        self.ask(call, |actor, done| {
            if let Err(error) = done {
                actor.trouble(error);
            }
        });
    }

    pub(super) fn refresh_models(&mut self) {
        self.models.loading = true;
        tokio::spawn(catalogue::refresh(self.visit()));
    }

    pub(super) fn visit(&self) -> Visit {
        let (client, disk, service) = (self.client.clone(), self.disk.clone(), self.service.clone());
        Visit::new(client, disk, service, (self.visit, self.key_number), self.reports.clone())
    }

    pub(super) fn want_endpoints(&mut self, model: ModelId) {
        let entry = Arc::make_mut(&mut self.endpoints).entry(model.clone()).or_default();
        if entry.loading {
            return;
        }
        entry.loading = true;
        tokio::spawn(catalogue::endpoints(self.visit(), model));
    }

    /// Looks which service the jobs are seen from.
    fn turn_jobs(&mut self) -> ConnectionList {
        let connections = self.connection_list();
        let Service { kind, base, .. } = &self.service;
        let now = InUse { kind: *kind, base, connection: self.connection.as_deref() };
        self.shown.turn_to(now, &connections);
        connections
    }

    pub(super) fn start_waiting(&mut self) {
        if self.keys.is_reading() {
            // Without the key that may come any moment it would only be refused.
            return;
        }
        self.decide(Input::Tick);
    }

    /// Takes the end of a call; `None`: it was aborted.
    pub(super) fn call_ended(&mut self, ended: Option<(JobId, CallResult)>) {
        if let Some((job, result)) = ended {
            if let Some(JobError::Api(error)) = &result.error {
                self.doubt_key(Some(error));
            }
            self.decide(Input::CallEnded(job, result));
        }
        if self.calls.is_empty() {
            // So that the next job knows what the key had spent before it.
            read_usage(self.visit());
        }
    }

    /// Tells the machine of jobs what happened, and does what follows.
    pub(super) fn decide(&mut self, input: Input) {
        let effects = self.jobs.on(input, Instant::now());
        self.carry_out(effects);
    }

    pub(super) fn on_report(&mut self, report: TaskReport) {
        let now = jiff::Timestamp::now().as_millisecond();
        match report {
            TaskReport::Job(input) => self.decide(input),
            TaskReport::Measured { picture, size } => self.measured(picture, size),
            TaskReport::Read { visit, key, read }
                if visit == self.visit && (key == self.key_number || !read.is_of_key()) =>
            {
                self.learn(read, now);
            }
            TaskReport::Read { .. } => {}
            TaskReport::Key { epoch, stamp, report } => self.key_report(epoch, stamp, report),
            TaskReport::Connections { number, list } => self.connections_read(number, list),
            TaskReport::SignIn { number, report } => self.sign_in_report(number, report),
            TaskReport::Say(notice) => self.say(notice),
            TaskReport::Tending(progress) => self.tending.iter_mut().for_each(|tending| tending.advance(progress)),
            TaskReport::Tended(report) => self.tended(report),
            TaskReport::Importing(progress) => self.importing = progress,
            TaskReport::ImportBegun(import) => self.imports.push(import),
            TaskReport::NewDay => self.count_spending(),
            TaskReport::Happened(event) => self.happened(*event),
        }
    }

    fn learn(&mut self, read: ServiceReply, now: i64) {
        match read {
            ServiceReply::Models(result) => self.models.settle(result, now),
            ServiceReply::Endpoints { model, result } => {
                Arc::make_mut(&mut self.endpoints).entry(model).or_default().settle(result, now);
            }
            ServiceReply::KeyInfo(result) => {
                self.doubt_key(result.as_ref().err().map(|error| &**error));
                self.account.key.settle(result, now);
                self.weigh_unknown();
                self.decide(Input::LookUp);
            }
            ServiceReply::Credits(result) => self.account.credits.settle(result, now),
        }
    }

    /// Tells of it where it failed.
    pub(super) fn trouble_of(&self, done: Result<(), DiskError>) {
        done.err().into_iter().for_each(|error| self.trouble(error));
    }

    /// Says of every job of unknown outcome what the key has spent since.
    pub(super) fn weigh_unknown(&mut self) {
        let now = usage_of(&self.service, &self.account.key);
        let (told, grown) = weigh(&self.jobs.list().unknown(), now.as_ref(), self.account.key.loading);
        told.into_iter().for_each(|(job, growth)| self.decide(Input::Grown(job, growth)));
        if grown.is_empty() {
            return;
        }
        let since: Vec<i64> = grown.iter().map(|grown| grown.since_ms).collect();
        let call = move |library: &mut Library| {
            Ok(since.into_iter().map(|since| library.spent_since(since).map_or(0.0, |spent| spent.cost)).collect())
        };
        self.ask(call, move |actor, stored: Result<Vec<f64>, _>| {
            let stored = stored.unwrap_or_default().into_iter().chain(std::iter::repeat(0.0));
            for (Grown { job, by, others, .. }, stored) in grown.into_iter().zip(stored) {
                actor.decide(Input::Grown(job, Growth::Grown { by, stored, others }));
            }
        });
    }

    pub(super) fn trouble(&self, error: DiskError) {
        self.happened(Event::Notice(Notice::LibraryFailed(error)));
    }

    /// Counts what today cost. What changes while that is being counted is counted in one go after it.
    pub(super) fn count_spending(&mut self) {
        if std::mem::replace(&mut self.counting, Counting::Again) != Counting::Not {
            return;
        }
        self.counting = Counting::Once;
        let midnight = jiff::Zoned::now().start_of_day().map_or(0, |day| day.timestamp().as_millisecond());
        self.ask(
            move |library| library.spent_since(midnight),
            |actor, spent| {
                if let Ok(spent) = spent {
                    actor.spending = Spending { today: spent.cost, unknown: spent.unknown, pictures: spent.pictures };
                }
                if std::mem::take(&mut actor.counting) == Counting::Again {
                    actor.count_spending();
                }
            },
        );
    }

    pub(super) fn happened(&self, event: Event) {
        self.search.heard(&event);
        if self.events.send(event).is_err() {
            log::debug!("nobody listens to the engine any more");
        }
        (self.waker)();
    }

    /// Puts the current state where the window reads it.
    pub(super) fn publish(&mut self) {
        let connections = self.turn_jobs();
        self.shown.update(&mut self.jobs);
        let snapshot = Snapshot {
            service: self.service.clone(),
            jobs: self.shown.all(),
            line: self.jobs.line(),
            connections,
            held: self.shown.held(),
            models: self.models.clone(),
            endpoints: self.endpoints.clone(),
            account: Account { store: self.keys.wait(), ..self.account.clone() },
            sign_in: self.sign_in.view(),
            spending: self.spending,
            library_read: self.library_read,
            importing: self.importing,
            closing: self.closing,
            emptying: self.emptying.as_ref().map(Emptying::progress),
            read_only: self.read_only,
            tending: self.tending.as_ref().map(Tending::view),
            report: self.report.clone(),
        };
        self.snapshots.send_replace(Arc::new(snapshot));
        (self.waker)();
    }
}
