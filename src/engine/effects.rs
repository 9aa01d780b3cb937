//! Carries out what the machine of jobs wants done: posts to the library, begins and aborts calls, tells.
//!
//! Invariants: nothing here waits; beside a call, which notes how far it is, nobody else writes jobs into the journal;
//! what is written in order is answered in order.

use super::actor::Actor;
use super::jobs::{Bench, Effect, Input, Unsaved, store_all};
use super::message::Event;
use super::outcome::usage_of;
use crate::library::{Job, JobId, JobState, Library, ReadOnly, RunId};
use std::sync::Arc;
use std::time::Duration;

impl Actor {
    /// Carries out what is to be done, in order.
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.carry_out_one(effect);
        }
    }

    fn carry_out_one(&mut self, effect: Effect) {
        match effect {
            Effect::JournalRun { run, jobs } => {
                let (row, ids) = (run.clone(), jobs.iter().map(|job| job.id.clone()).collect());
                self.ask(
                    move |library| {
                        let written = library.add_run(&row, &jobs);
                        Ok((written, library.typical_ms(&row.model, None).ok().flatten()))
                    },
                    move |actor, answer| {
                        let (written, usual) = match answer {
                            Ok((written, usual)) => (written.map_err(|error| Arc::new(error).into()), usual),
                            Err(error) => (Err(error), None),
                        };
                        let usual = usual.map(Duration::from_millis);
                        actor.decide(Input::Journalled { run, jobs: ids, usual, written });
                    },
                );
            }
            Effect::Replace { old, ended, run, job } => {
                let (replaced, new) = (old.clone(), job.id.clone());
                self.ask(
                    move |library| library.replace_job(&replaced, &ended, &run, &job),
                    move |actor, written| {
                        actor.decide(Input::Replaced { old, new, written: written.clone() });
                        actor.trouble_of(written);
                    },
                );
            }
            Effect::Readdress(moved) => {
                let rows = moved.clone();
                self.ask(
                    move |library| library.readdress_jobs(&rows),
                    move |actor, written| {
                        actor.decide(Input::Readdressed { moved, is_written: written.is_ok() });
                        actor.trouble_of(written);
                    },
                );
            }
            Effect::Journal(states) => {
                if let Some(tending) = self.tending.as_mut().filter(|_| self.read_only == Some(ReadOnly::Maintenance)) {
                    return tending.states.extend(states);
                }
                self.tell_library(move |library| library.set_job_states(&states));
            }
            Effect::JournalEnd(job, state) => {
                let id = job.clone();
                self.ask(
                    move |library| end_in_journal(library, &id, &state),
                    move |actor, written| {
                        actor.trouble_of(written);
                        actor.decide(Input::EndWritten(job));
                    },
                );
            }
            // What cannot be written is on the card; what was asked is asked again at the next start.
            Effect::JournalFailure(job, failure) => {
                self.disk.post(move |library| library.note_failure(&job, &failure));
            }
            Effect::JournalRecord(job, record) => self.disk.post(move |library| library.note_record(&job, &record)),
            Effect::Dismiss(jobs) => self.tell_library(move |library| library.dismiss_jobs(&jobs)),
            Effect::Conclude(job) => self.conclude(job),
            Effect::Start { job, sendable } => {
                let bench = Bench {
                    client: self.client.clone(),
                    disk: self.disk.clone(),
                    previews: self.previews.clone(),
                    reports: self.reports.clone(),
                    storing: self.storing.clone(),
                    before: usage_of(&self.service, &self.account.key),
                    keep_partials: self.keep_partials.clone(),
                    on_the_wire: Arc::default(),
                };
                self.calls.start(bench, job, sendable);
            }
            Effect::Abort(job) => self.calls.abort(&job),
            Effect::Save { job, run, pictures } => self.save(job, run, pictures),
            Effect::LookUp { job, generation } => {
                self.look_ups.ask(job, generation, &self.service, &self.client, &self.reports);
            }
            Effect::WeighUnknown => self.weigh_unknown(),
            Effect::Left(job) => self.look_ups.forget(&job),
            Effect::Tell(event) => {
                let is_stored = matches!(event, Event::Stored { .. });
                self.happened(event);
                if is_stored {
                    self.count_spending();
                }
            }
        }
    }

    /// Asks the journal what became of a job; writes it where it does not say so yet.
    fn conclude(&mut self, job: Arc<Job>) {
        let id = job.id.clone();
        let call = move |library: &mut Library| {
            let open = library.open_jobs()?;
            // The journal's word, which may say more than what is on screen.
            let job = open.into_iter().find_map(|(_, open)| (open.id == job.id).then_some(open));
            let Some(job) = job else { return Ok((JobState::Stored, None)) };
            let outcome = library.infer_state(&job)?;
            let written = library.record_outcome(&job, &outcome).err();
            Ok((outcome, written))
        };
        self.ask(call, move |actor, concluded| {
            let outcome = match concluded {
                Ok((outcome, written)) => {
                    written.into_iter().for_each(|error| actor.trouble(Arc::new(error).into()));
                    outcome
                }
                Err(error) => {
                    actor.trouble(error);
                    JobState::Unknown
                }
            };
            actor.decide(Input::Verdict(id, outcome));
        });
    }

    /// Stores pictures once more.
    fn save(&mut self, job: JobId, run: RunId, pictures: Vec<Unsaved>) {
        let saving = store_all(self.disk.clone(), pictures);
        self.awaited.add(saving, move |actor: &mut Self, (stored, trouble)| {
            actor.decide(Input::Saved { job, run, stored, trouble });
        });
    }
}

/// Writes how a job ended.
fn end_in_journal(library: &mut Library, job: &JobId, state: &JobState) -> crate::library::Result<()> {
    if *state == JobState::Stored {
        library.set_job_state(job, &JobState::Received)?;
    }
    library.set_job_state(job, state)
}
