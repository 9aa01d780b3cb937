//! What the actor does when another service is chosen.

use super::super::actor::Actor;
use super::super::jobs::Input;
use super::super::report::TaskReport;
use super::super::snapshot::ConnectionList;
use super::super::{Event, Notice};
use super::kind::{Service, ServiceKind};
use super::made_for::{InUse, mark_of};
use super::{Change, Connection, ConnectionChoice, ConnectionError, Connections, Privacy, Slot};
use crate::api::{self, ApiKey, Client, DEFAULT_BASE};
use crate::library::RecipeContext;
use std::sync::Arc;

impl Actor {
    pub(in crate::engine) fn in_use(&self) -> InUse<'_> {
        let Service { kind, base, .. } = &self.service;
        InUse { kind: *kind, base, connection: self.connection.as_deref() }
    }

    /// Writes into a new job which service it is for.
    pub(in crate::engine) fn mark(&self, context: &mut RecipeContext) {
        context.service.clone_from(&self.service.base);
        context.connection = mark_of(self.in_use());
        context.keep_metadata = self.privacy.keep_metadata;
    }

    /// Returns the connections as the window shows them.
    pub(in crate::engine) fn connection_list(&self) -> ConnectionList {
        ConnectionList {
            list: self.connections.list().into(),
            current: self.connection.as_deref().map(Arc::from),
            has_demo: self.fallback.is_some(),
            trouble: self.connection_trouble.clone(),
        }
    }

    /// Turns to another service, now and at the next start.
    pub(in crate::engine) fn use_connection(&mut self, choice: ConnectionChoice) {
        self.connection_trouble = None;
        let (service, name, limit) = match &choice {
            ConnectionChoice::OpenRouter => {
                let base = DEFAULT_BASE.to_owned();
                (Service { kind: ServiceKind::OpenRouter, base, key: None }, None, None)
            }
            ConnectionChoice::Demo => match self.fallback.clone() {
                Some(demo) => (demo, None, None),
                None => return self.connection_trouble(&ConnectionError::Missing("Demo".into())),
            },
            ConnectionChoice::Named(name) => match self.connections.named(name).cloned() {
                Some(connection) => {
                    let kind = connection.kind();
                    let Connection { name, base, max_running } = connection;
                    (Service { kind, base, key: None }, Some(name), max_running)
                }
                None => return self.connection_trouble(&ConnectionError::Missing(name.clone())),
            },
        };
        self.sign_in.cancel();
        self.decide(Input::SetLimit(limit.unwrap_or(self.max_running)));
        self.use_service(service, name);
        self.change_connections(Change::Choose(choice));
    }

    /// Adds a connection and turns to it.
    pub(in crate::engine) fn add_connection(&mut self, name: &str, base: &str, max_running: Option<usize>) {
        let connection = match Connection::new(name, base, self.connections.list()) {
            Ok(connection) => Connection { max_running, ..connection },
            Err(error) => return self.connection_trouble(&error),
        };
        let choice = ConnectionChoice::Named(connection.name.clone());
        self.change_connections(Change::Add(connection));
        self.use_connection(choice);
    }

    /// Removes a connection and its key; where it is in use, OpenRouter or the demo follows.
    pub(in crate::engine) fn remove_connection(&mut self, name: &str) {
        let Some(Connection { name, base, .. }) = self.connections.named(name).cloned() else { return };
        self.connection_trouble = None;
        self.change_connections(Change::Remove(name.clone()));
        if self.connection.as_ref() == Some(&name) {
            let has_key = Slot::of(DEFAULT_BASE, None).is_ok_and(|slot| self.keys.has_key(&slot));
            let to_demo = self.fallback.is_some() && !has_key;
            self.use_connection(if to_demo { ConnectionChoice::Demo } else { ConnectionChoice::OpenRouter });
        }
        if let Ok(slot) = Slot::of(&base, Some(&name)) {
            self.keys.forget_other(slot, name);
        }
    }

    /// Sends from now on what the artist wants to go out, and nothing else.
    pub(in crate::engine) fn set_privacy(&mut self, privacy: Privacy) {
        let is_other = privacy.identity() != self.privacy.identity();
        self.privacy = privacy;
        if is_other {
            match self.client_of(&self.service.base, self.service.key.clone()) {
                Ok(client) => self.client = client,
                Err(error) => log::warn!("{error}"),
            }
        }
    }

    /// Makes a client that tells of itself what the artist wants told.
    pub(in crate::engine) fn client_of(&self, base: &str, key: Option<ApiKey>) -> Result<Client, api::Error> {
        Client::with_identity(base, key, self.timeouts, self.privacy.identity())
    }

    /// Lets so many jobs go at once, where the connection in use says nothing of it.
    pub(in crate::engine) fn set_limit(&mut self, limit: usize) {
        self.max_running = limit;
        let named = self.connection.as_ref().and_then(|name| self.connections.named(name));
        let limit = named.and_then(|connection| connection.max_running).unwrap_or(limit);
        self.decide(Input::SetLimit(limit));
    }

    /// Changes the list here at once, and on the disk in the background.
    fn change_connections(&mut self, change: Change) {
        self.connections.change(change);
        self.list_number += 1;
        self.sync_connections(|error| Some(Notice::ConnectionTrouble { text: error.to_string() }));
    }

    /// Looks whether another window has changed the key or the list.
    pub(in crate::engine) fn look_again(&mut self) {
        self.keys.look_again();
        // That it cannot be written was said when it was changed.
        self.sync_connections(|_| None);
    }

    fn sync_connections(&self, failed: impl FnOnce(ConnectionError) -> Option<Notice> + Send + 'static) {
        let (connections, reports, number) = (self.connections.clone(), self.reports.clone(), self.list_number);
        // Whoever closes waits for it.
        let guard = self.storing.clone().try_read_owned().ok();
        tokio::task::spawn_blocking(move || {
            let report = match connections.sync() {
                Ok(list) => Some(TaskReport::Connections { number, list }),
                Err(error) => failed(error).map(TaskReport::Say),
            };
            drop(guard);
            if let Some(report) = report {
                reports.send(report);
            }
        });
    }

    /// Takes the list as its file has it, unless it was changed here since.
    pub(in crate::engine) fn connections_read(&mut self, number: u64, list: Connections) {
        if number == self.list_number {
            self.connections.take_list(list);
        }
    }

    fn connection_trouble(&mut self, error: &ConnectionError) {
        self.say(Notice::ConnectionTrouble { text: error.to_string() });
    }

    /// Says it where it is seen now; what is about connections also in their dialog, for as long as it holds.
    pub(in crate::engine) fn say(&mut self, notice: Notice) {
        match &notice {
            Notice::ConnectionTrouble { text } => self.connection_trouble = Some(text.as_str().into()),
            // The store has answered after all.
            Notice::KeyForgotten => self.connection_trouble = None,
            _ => {}
        }
        self.happened(Event::Notice(notice));
    }
}
