//! What the actor does when it is told to.

use super::actor::Actor;
use super::jobs::{self, Input, JobFilter};
use super::message::{Needs, ServiceOrder};
use super::partials::{keep_partial, load_partials};
use super::reread::{read_unread, save_elsewhere};
use super::sidecars::sync_sidecars;
use super::take_in::TakeIn;
use super::{DiskError, Event, Order, Submission};
use crate::library::{self, JobId, PictureId, ReadOnly, RunId};
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Actor {
    pub(super) fn order(&mut self, order: Order) {
        let needs = order.needs();
        if !self.library_read && needs != Needs::Nothing {
            return self.early.push(order);
        }
        if let Some(tending) = self.tending.as_mut().filter(|_| self.read_only == Some(ReadOnly::Maintenance))
            && matches!(needs, Needs::Read | Needs::Write)
        {
            return tending.postpone(order);
        }
        if let Some(emptying) = self.emptying.as_mut().filter(|_| order.moves()) {
            return emptying.postponed.push(order);
        }
        if self.read_only.is_some() && needs == Needs::Write {
            let path = self.disk.dir().to_owned();
            return self.trouble(DiskError::Library(Arc::new(library::Error::ReadOnly { path })));
        }
        if self.read_only.is_none() && self.library_read {
            self.settle();
        }
        match order {
            Order::Submit(submission) => self.submit(*submission),
            Order::Cancel(job) => self.decide(Input::Cancel(JobFilter::One(job))),
            Order::CancelRun(run) => {
                self.drop_postponed(|order| matches!(order, Order::Submit(submission) if submission.run.id == run));
                self.decide(Input::Cancel(JobFilter::OfRun(run)));
            }
            Order::CancelAll => {
                self.drop_postponed(Order::starts);
                self.decide(Input::Cancel(JobFilter::All));
            }
            Order::Retry(job) => self.decide(Input::Retry { job, new: JobId::new() }),
            Order::Resume => self.decide(Input::Resume),
            Order::SendHere { jobs, to } => self.decide(Input::SendHere { jobs, to }),
            Order::RemoveHeld => self.decide(Input::RemoveHeld),
            Order::Dismiss(jobs) => self.decide(Input::Dismiss(jobs)),
            Order::SaveAgain(job) => self.decide(Input::SaveAgain(job)),
            Order::SaveElsewhere { job, folder } => {
                save_elsewhere(&self.jobs, &self.disk, self.reports.clone(), job, folder);
            }
            Order::ReadUnread(job) => read_unread(&self.jobs, self.disk.clone(), self.reports.clone(), &job),
            Order::SetLimit(limit) => self.set_limit(limit),
            Order::Service(order) => self.service_order(order),
            Order::AddReferences(inputs) => self.take_in().add(inputs),
            Order::ShrinkReferences { references, max_side } => self.take_in().shrink(references, max_side),
            Order::EditReference { place, reference, edit } => self.take_in().edit(place, *reference, edit),
            Order::Trash(ids, cause) => self.carry(ids, true, cause),
            Order::Restore(ids, cause) => self.carry(ids, false, cause),
            Order::Import(paths) => self.import(paths),
            Order::CancelImport => {
                self.imports.drain(..).for_each(|import| import.abort());
                self.importing = None;
            }
            Order::Edit(edit, cause) => self.ask(
                move |library| library.edit(&edit),
                move |actor, edited| match edited {
                    Ok(edited) => {
                        actor.happened(Event::Edited(Box::new(edited), cause));
                        sync_sidecars(actor.disk.clone());
                    }
                    Err(error) => actor.trouble(error),
                },
            ),
            Order::EmptyTrash => self.empty_trash(),
            Order::StopEmptying => self.emptying.iter_mut().for_each(|emptying| emptying.is_stopped = true),
            Order::SaveSetting { key, value } => self.tell_library(move |library| library.set_setting(key, &value)),
            Order::LoadRecipe(id) => self.load_recipe(id),
            Order::NoteFlaw(id, flaw) => self.note_flaw(id, flaw),
            Order::Tend(care) => self.tend(care),
            Order::StopTending => self.tending.iter().for_each(super::tending::Tending::stop),
            Order::Claim => self.claim(),
            Order::LoadDraft(run) => self.load_draft(run),
            Order::LoadLineage(id) => self.load_lineage(id),
            Order::LoadPartials(id) => load_partials(self.disk.clone(), self.reports.clone(), id),
            Order::KeepPartial(which) => {
                let turn = self.keep_turn.clone();
                keep_partial(self.disk.clone(), self.reports.clone(), &self.jobs, turn, which);
            }
            Order::SetKeepPartials(keep) => self.keep_partials.store(keep, Ordering::Relaxed),
            // Handled by the loop itself.
            Order::Shutdown => {}
        }
    }

    fn service_order(&mut self, order: ServiceOrder) {
        match order {
            ServiceOrder::RefreshModels => self.refresh_models(),
            ServiceOrder::WantEndpoints(model) => self.want_endpoints(model),
            ServiceOrder::Connect { key, place } => self.connect(&key.0, place),
            ServiceOrder::ForgetKey => self.forget_key(),
            ServiceOrder::UseConnection(choice) => self.use_connection(choice),
            ServiceOrder::AddConnection { name, base, max_running } => self.add_connection(&name, &base, max_running),
            ServiceOrder::RemoveConnection(name) => self.remove_connection(&name),
            ServiceOrder::SignIn { by_code, place } => self.begin_sign_in(by_code, place),
            ServiceOrder::PasteCode(code) => self.sign_in.paste(&code.0),
            ServiceOrder::CancelSignIn => self.sign_in.cancel(),
            ServiceOrder::AllowOpenHttp => self.agree_to_open_http(),
            ServiceOrder::GiveUpKey => self.give_up_key(),
            ServiceOrder::ReadKeyAgain => self.read_key_again(),
            ServiceOrder::LookAgain => self.look_again(),
            ServiceOrder::RefreshAccount => self.refresh_account(),
            ServiceOrder::SetPrivacy(privacy) => self.set_privacy(privacy),
        }
    }

    /// Forgets what has to wait for the library and would start jobs after they were cancelled.
    fn drop_postponed(&mut self, goes: impl Fn(&Order) -> bool) {
        self.early.retain(|order| !goes(order));
        if let Some(tending) = &mut self.tending {
            tending.postponed.retain(|order| !goes(order));
        }
    }

    fn load_recipe(&mut self, id: PictureId) {
        let wanted = id.clone();
        self.ask(
            move |library| library.recipe(&wanted),
            |actor, recipe| match recipe {
                Ok(recipe) => actor.happened(Event::Recipe { id, recipe: Arc::new(recipe) }),
                Err(error) => actor.trouble(error),
            },
        );
    }

    fn load_lineage(&mut self, id: PictureId) {
        let wanted = id.clone();
        self.ask(
            move |library| library.lineage(&wanted),
            |actor, lineage| match lineage {
                Ok(lineage) => actor.happened(Event::Lineage { id, lineage: Arc::new(lineage) }),
                // It went away meanwhile: then nobody looks at it any more.
                Err(DiskError::Library(error)) if matches!(*error, library::Error::Missing { .. }) => {}
                Err(error) => actor.trouble(error),
            },
        );
    }

    /// Tells the settings of a run: from its job on screen, which may be all that knows them, else from the disk.
    fn load_draft(&mut self, run: RunId) {
        if let Some(draft) = self.jobs.list().draft_of(&run) {
            return self.happened(Event::Draft { run, draft: Some(Box::new(draft)) });
        }
        let wanted = run.clone();
        self.ask(
            move |library| library.draft_of(&wanted),
            |actor, draft| {
                let draft = draft.unwrap_or_else(|error| {
                    actor.trouble(error);
                    None
                });
                actor.happened(Event::Draft { run, draft: draft.map(Box::new) });
            },
        );
    }

    /// One import at a time: what is asked for meanwhile waits for its turn.
    fn import(&mut self, paths: Vec<std::path::PathBuf>) {
        let (disk, reports, turn) = (self.disk.clone(), self.reports.clone(), self.import_turn.clone());
        let task = tokio::spawn(async move {
            let _turn = turn.lock().await;
            _ = super::import::import(disk, paths, reports).await;
        });
        self.imports.retain(|import| !import.is_finished());
        self.imports.push(task.abort_handle());
    }

    fn submit(&mut self, mut submission: Submission) {
        self.mark(&mut submission.context);
        let (run, jobs) = jobs::prepare(submission);
        self.decide(Input::Submitted { run, jobs });
    }

    fn take_in(&self) -> TakeIn {
        TakeIn { disk: self.disk.clone(), reports: self.reports.clone(), privacy: self.privacy }
    }
}
