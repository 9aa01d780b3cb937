//! What is asked of a service, and what it answers, marked with which service and which key that was.

use super::super::actor::Internal;
use super::super::disk::Disk;
use super::super::snapshot::{Catalogue, Service};
use crate::api::{self, Client, Credits, Endpoint, KeyInfo, ModelId};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// What the service answered to a question of ours.
#[derive(Debug)]
pub(crate) enum Read {
    Models(Result<Arc<Catalogue>, Arc<api::Error>>),
    Endpoints { model: ModelId, result: Result<Arc<Vec<Endpoint>>, Arc<api::Error>> },
    KeyInfo(Result<Arc<KeyInfo>, Arc<api::Error>>),
    Credits(Result<Option<Credits>, Arc<api::Error>>),
}

/// What a task that questions the service needs.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) client: Client,
    pub(crate) disk: Disk,
    pub(crate) service: Service,
    number: u64,
    key: u64,
    internal: UnboundedSender<Internal>,
}

impl Read {
    /// Says whether it is about the key in use, so that another key makes it useless.
    pub(crate) fn is_of_key(&self) -> bool {
        matches!(self, Self::KeyInfo(_) | Self::Credits(_))
    }
}

impl Visit {
    /// `numbers`: how often service and key have changed so far.
    pub(crate) fn new(
        client: Client,
        disk: Disk,
        service: Service,
        numbers: (u64, u64),
        internal: UnboundedSender<Internal>,
    ) -> Self {
        let (number, key) = numbers;
        Self { client, disk, service, number, key, internal }
    }

    /// Tells the actor of an answer.
    pub(crate) fn tell(&self, read: Read) {
        if self.internal.send(Internal::Read { visit: self.number, key: self.key, read }).is_err() {
            log::debug!("the actor has stopped");
        }
    }
}
