//! What is asked of a service, and what it answers, marked with which service and which key that was.

use super::super::disk::Disk;
use super::super::report::{Reports, ServiceReply, TaskReport};
use super::kind::Service;
use crate::api::Client;

/// What a task that questions the service needs.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) client: Client,
    pub(crate) disk: Disk,
    pub(crate) service: Service,
    number: u64,
    key: u64,
    reports: Reports,
}

impl Visit {
    /// `numbers`: how often service and key have changed so far.
    pub(crate) fn new(client: Client, disk: Disk, service: Service, numbers: (u64, u64), reports: Reports) -> Self {
        let (number, key) = numbers;
        Self { client, disk, service, number, key, reports }
    }

    /// Tells the actor of an answer.
    pub(crate) fn tell(&self, read: ServiceReply) {
        self.reports.send(TaskReport::Read { visit: self.number, key: self.key, read });
    }
}
