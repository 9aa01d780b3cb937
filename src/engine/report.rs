//! What tasks tell the actor: the only way back from a task, so that the actor alone publishes.

use super::jobs::Input;
use super::message::{Event, Notice, Report};
use super::service::{Connections, KeyReport, SignInReport, Stamp};
use super::snapshot::{Catalogue, Importing};
use crate::api::{self, Credits, Endpoint, KeyInfo, ModelId};
use crate::library::{PictureId, Progress};
use crate::picture::Size;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// Where tasks tell the actor what became of them. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Reports(UnboundedSender<TaskReport>);

impl Reports {
    /// Makes the way back, with its end for the actor.
    pub(crate) fn channel() -> (Self, UnboundedReceiver<TaskReport>) {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Tells the actor; false: it has stopped, and nobody will read this.
    pub(crate) fn send(&self, report: TaskReport) -> bool {
        let sent = self.0.send(report).is_ok();
        if !sent {
            log::debug!("the actor has stopped");
        }
        sent
    }

    /// Tells the actor what happened.
    pub(crate) fn event(&self, event: Event) -> bool {
        self.send(TaskReport::Happened(Box::new(event)))
    }

    /// Has the actor tell the artist.
    pub(crate) fn say(&self, notice: Notice) -> bool {
        self.send(TaskReport::Say(notice))
    }

    /// Tells what happened to a job.
    pub(crate) fn job(&self, input: Input) -> bool {
        self.send(TaskReport::Job(input))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

/// What tasks tell the actor on their way.
#[derive(Debug)]
pub(crate) enum TaskReport {
    /// What happened to a job.
    Job(Input),
    /// The size of a picture that an earlier session left without one.
    Measured {
        picture: PictureId,
        size: Size,
    },
    /// `visit` counts changes of the service, `key` those of the key: what the one before answers late is of no use.
    Read {
        visit: u64,
        key: u64,
        read: ServiceReply,
    },
    /// How a sign-in goes on; `number` counts them.
    SignIn {
        number: u64,
        report: SignInReport,
    },
    /// What became of a question about a key; `epoch` counts the artist's choices.
    Key {
        epoch: u64,
        /// How the choice about the key looked then.
        stamp: Stamp,
        report: KeyReport,
    },
    /// The list of connections as its file has it; `number` counts changes of it here.
    Connections {
        number: u64,
        list: Connections,
    },
    Say(Notice),
    Happened(Box<Event>),
    Tending(Progress),
    Tended(Report),
    /// How far an import is; `None`: it has ended.
    Importing(Option<Importing>),
    /// An import that somebody else asked for, to be stopped like the artist's own.
    ImportBegun(tokio::task::AbortHandle),
    NewDay,
}

/// What the service answered to a question of ours.
#[derive(Debug)]
pub(crate) enum ServiceReply {
    Models(Result<Arc<Catalogue>, Arc<api::Error>>),
    Endpoints { model: ModelId, result: Result<Arc<Vec<Endpoint>>, Arc<api::Error>> },
    KeyInfo(Result<Arc<KeyInfo>, Arc<api::Error>>),
    Credits(Result<Option<Credits>, Arc<api::Error>>),
}

impl ServiceReply {
    /// Says whether it is about the key in use, so that another key makes it useless.
    pub(crate) fn is_of_key(&self) -> bool {
        matches!(self, Self::KeyInfo(_) | Self::Credits(_))
    }
}
