//! All that may happen to jobs, by a number and two choices.

use super::super::super::restore::sendable_of;
use super::*;

impl World {
    /// What happens next; what cannot happen now does not.
    pub(super) fn happen(&mut self, (what, pick, choice): (u8, u8, u8)) {
        let some = self.pick(pick);
        match what {
            0 | 1 => {
                let mut new = Vec::new();
                for _ in 0..=choice % 3 {
                    let (run, job) = self.job(BASES[usize::from(pick % 2)], JobState::Queued, true);
                    let sendable = sendable_of(&job).unwrap();
                    new.push((run, NewJob { job, sendable }));
                }
                for (run, job) in new {
                    self.tell(Input::Submitted { run, jobs: vec![job] });
                }
            }
            2..=6 => self.work(choice % 8 == 0, pick),
            7 | 8 => self.tell(Input::Tick),
            9 => {
                let Some(job) = self.on_wire(pick) else { return };
                self.answered.insert(job.clone());
                self.library.push_back(Op::Receiving(job.clone()));
                self.tell(Input::Answering { job, provider: None, generation: Some("g".into()) });
            }
            10 => {
                let Some(id) = self.on_wire(pick).filter(|id| self.answered.contains(id)) else { return };
                if choice % 3 == 0 {
                    self.not_stored(&id);
                } else {
                    self.stored(&id);
                    self.wire.get_mut(&id).unwrap().stored += 1;
                }
            }
            11..=13 => {
                let Some(id) = self.on_wire(pick) else { return };
                let busy = |status| {
                    JobError::Api(api::Error::Refused(Box::new(Refusal::parse(status, &Default::default(), b"busy"))))
                };
                let error = match choice % 6 {
                    0 => Some(busy(429)),
                    1 => Some(busy(500)),
                    2 => Some(JobError::Api(api::Error::Broken { reason: String::new() })),
                    3 => Some(JobError::Api(api::Error::Unreachable { host: String::new(), reason: String::new() })),
                    _ => None,
                };
                // A call may be wrong about it: what the machine has heard counts too.
                let answer = if choice % 7 == 0 { AnswerBegun::Yes } else { AnswerBegun::No };
                if answer == AnswerBegun::Yes {
                    self.answered.insert(id.clone());
                }
                self.over(&id, error, answer);
            }
            14 => match (choice % 4, some) {
                (0, _) => self.cancel(JobFilter::All),
                (1, Some((_, run))) => self.cancel(JobFilter::OfRun(run.id.clone())),
                (_, Some((job, _))) => self.cancel(JobFilter::One(job.id.clone())),
                _ => {}
            },
            15 => {
                some.into_iter()
                    .for_each(|(job, _)| self.tell(Input::Retry { job: job.id.clone(), new: JobId::new() }));
            }
            16 => self.tell(if choice % 2 == 0 { Input::Resume } else { Input::RemoveHeld }),
            17 => {
                let to = ServiceMark { base: BASES[usize::from(choice % 2)].to_owned(), connection: None };
                let jobs = self.known.iter().map(|(job, _)| job.id.clone()).filter(|_| pick % 2 == 0).collect();
                self.tell(Input::SendHere { jobs, to });
            }
            18 => some.into_iter().for_each(|(job, _)| self.tell(Input::Dismiss(vec![job.id.clone()]))),
            19 => match some {
                Some((job, _)) if choice % 2 == 0 => self.tell(Input::SaveAgain(job.id.clone())),
                _ => self.save_next(choice % 4 == 1),
            },
            20 => {
                let Some((job, _)) = some else { return };
                let live = self.jobs.list().get(&job.id);
                let pictures =
                    live.and_then(LiveJob::refused).map(|refused| refused.pictures.clone()).unwrap_or_default();
                let count = pictures.len() + usize::from(choice % 3 == 0);
                if live.is_some_and(|live| live.status().would_lose()) && count == pictures.len() {
                    self.elsewhere.extend(pictures.into_iter().map(|picture| picture.recipe.id));
                }
                self.tell(Input::SavedElsewhere { job: job.id.clone(), count, folder: "/elsewhere".into() });
            }
            21 => {
                let error = FailureRecord { unread: Some(7), ..FailureRecord::default() };
                let ended = [JobState::Queued, JobState::Failed { error }, JobState::Cancelled, JobState::Unknown];
                // What could not be concluded at the start is still on the wire, for the journal.
                let state = ended.get(usize::from(choice % 5)).cloned().unwrap_or(JobState::Sent);
                let (run, job) = self.job(BASES[usize::from(pick % 2)], state.clone(), choice % 7 != 0);
                let id = job.id.clone();
                self.journal.insert(id.clone(), state);
                self.journalled.insert(id.clone());
                let open = OpenJob { run: (*run).clone(), job, sending: None, arrived: 0, partials: 0 };
                self.tell(Input::Restored(vec![open]));
                if choice % 6 == 0 {
                    let picture = self.picture(&id);
                    self.unsaved.insert(picture.recipe.id.clone(), id);
                    let run = Some((*run).clone());
                    self.tell(Input::LeftUnsaved { run, picture: Box::new(picture), error: refused() });
                }
            }
            22 => {
                let Some((job, run)) = some else { return };
                let stored = u32::from(choice % 3);
                let failed = self.jobs.list().get(&job.id).and_then(LiveJob::failure).is_some();
                if stored == 0 || failed {
                    (0..stored).for_each(|_| self.stored(&job.id));
                    *self.may_end.entry(job.id.clone()).or_default() += u32::from(stored > 0);
                    let (job, run, reason) = (job.id.clone(), run.id.clone(), None);
                    self.tell(Input::ReadAgain(Box::new(ReadAgain { job, run, stored, reason })));
                }
            }
            23 => {
                self.base = BASES[usize::from(choice % 2)].to_owned();
                self.tell(Input::Service(service(&self.base)));
            }
            24 => {
                self.limit = usize::from(1 + choice % 4);
                // What is on the wire already stays there.
                self.limit = self.limit.max(self.wire.len());
                self.tell(Input::SetLimit(self.limit));
            }
            25 | 26 => self.now += Duration::from_secs(u64::from(choice)),
            27 => some.into_iter().for_each(|(job, _)| self.not_stored(&job.id)),
            28 => {
                self.tell(Input::LookUp);
                let Some((job, _)) = some else { return };
                self.tell(Input::LookedUp(job.id.clone(), Box::default()));
            }
            _ => self.tell(Input::SaveAll),
        }
    }
}
