//! What the actor makes of keys: which one is in use, what is said of it, and what the service says of its account.
//!
//! Invariants: nothing here waits for a place where keys are kept; what is shown of an account is of the key in use.

use super::super::actor::Actor;
use super::super::jobs::Input;
use super::super::report::ServiceReply;
use super::super::snapshot::{Account, Remote};
use super::super::{Event, Notice};
use super::kind::{Service, ServiceKind};
use super::made_for::ServiceInUse;
use super::{
    Anew, Chosen, KeyError, KeyPlace, KeyReport, KeySource, Left, SignInReport, SignedIn, Slot, Stamp, StoreTask, anew,
};
use crate::api::{self, ApiKey, DEFAULT_BASE, Origin, RefusalKind};
use std::sync::Arc;

impl Actor {
    /// Finds the key of the service in use, at start; one that came with the service is used as it is.
    pub(in crate::engine) fn find_key(&mut self) {
        if self.service.key.is_none()
            && let Ok(slot) = Slot::of(&self.service.base, self.connection.as_deref())
        {
            let chosen = self.keys.turn_to(slot);
            self.use_chosen(chosen);
        }
    }

    /// Uses a typed key at once; keeping it is a separate matter that may fail or wait.
    pub(in crate::engine) fn connect(&mut self, secret: &str, place: KeyPlace) {
        let key = match ApiKey::new(secret) {
            Ok(key) => key,
            Err(error) => return self.key_trouble(Notice::KeyNotKept { reason: error.to_string() }),
        };
        self.sign_in.cancel();
        self.connect_at(self.base_of_keys(), key, place);
    }

    /// Returns the address that a key is for: the demo needs none, so OpenRouter's there.
    fn base_of_keys(&self) -> String {
        match self.service.kind {
            ServiceKind::Demo => DEFAULT_BASE.to_owned(),
            ServiceKind::OpenRouter | ServiceKind::Custom => self.service.base.clone(),
        }
    }

    fn connect_at(&mut self, base: String, key: ApiKey, place: KeyPlace) {
        if self.service.base != base
            && let Ok(origin) = Origin::of(&base)
        {
            self.use_service(Service { kind: ServiceKind::of(&origin), base, key: None }, None);
        }
        let chosen = self.keys.connect(key, place);
        self.use_chosen(chosen);
    }

    /// Begins to sign in at the service's own page.
    pub(in crate::engine) fn begin_sign_in(&mut self, by_code: bool, place: KeyPlace) {
        self.sign_in.start(self.base_of_keys(), by_code, place, self.timeouts, self.privacy.identity());
    }

    /// Takes what a sign-in tells; a key that it brings is used and kept as a typed one.
    pub(in crate::engine) fn sign_in_report(&mut self, number: u64, report: SignInReport) {
        if let Some(SignedIn { base, key, place }) = self.sign_in.hear(number, report) {
            self.connect_at(base, key, place);
        }
    }

    /// Lets the key that waits for a yes go unencrypted.
    pub(in crate::engine) fn agree_to_open_http(&mut self) {
        let (chosen, written) = self.keys.agree();
        self.use_chosen(chosen);
        if let Err(error) = written {
            let text = format!("Your yes holds until Easel closes; it could not be written down: {error}");
            self.key_trouble(Notice::KeyTrouble { text });
        }
    }

    /// Waits for the secret store, or for a yes, no longer.
    pub(in crate::engine) fn give_up_key(&mut self) {
        self.account.withheld = None;
        let silent = "the system's secret store does not answer";
        match self.keys.give_up() {
            None => {}
            Some(StoreTask::Reading) => {
                self.account.is_unread = true;
                let text = "The system's secret store does not answer, and the key it keeps is not used".to_owned();
                self.key_trouble(Notice::KeyTrouble { text });
            }
            Some(StoreTask::Keeping(KeyPlace::System)) => self.not_kept(silent),
            Some(StoreTask::Keeping(_)) => {
                let text = format!("The key is kept, but {silent}: the one from before may still be there");
                self.key_trouble(Notice::KeyTrouble { text });
            }
            Some(StoreTask::Forgetting) => {
                let text = format!("The key is not used any more, but {silent}: it may still be there");
                self.key_trouble(Notice::KeyTrouble { text });
            }
        }
    }

    /// Stops using the key at once, and removes it from wherever it is kept.
    pub(in crate::engine) fn forget_key(&mut self) {
        self.keys.forget();
        match self.fallback.clone().filter(|_| self.connection.is_none()) {
            Some(fallback) => {
                if let Ok(slot) = Slot::of(&fallback.base, None) {
                    self.keys.stand_at(slot);
                }
                self.use_service(fallback, None);
            }
            None => self.use_chosen(Chosen::None),
        }
    }

    /// Asks for the kept key again.
    pub(in crate::engine) fn read_key_again(&mut self) {
        self.account.trouble = None;
        self.find_key();
    }

    /// Takes what became of a question about a key.
    pub(in crate::engine) fn key_report(&mut self, epoch: u64, stamp: Stamp, report: KeyReport) {
        let Some(report) = self.keys.hear(epoch, stamp, report) else { return };
        match report {
            KeyReport::Looked(None) => {}
            KeyReport::Looked(Some(Ok(found))) => self.key_elsewhere(found),
            KeyReport::Looked(Some(Err(error))) => log::warn!("the key of another window could not be read: {error}"),
            KeyReport::Read(Ok(Some((key, source)))) => {
                let chosen = self.keys.found(key, source);
                self.use_chosen(chosen);
            }
            KeyReport::Read(Ok(None)) => {}
            KeyReport::Read(Err(error)) => {
                self.account.is_unread = true;
                self.key_trouble(Notice::KeyTrouble { text: format!("The key could not be read: {error}") });
            }
            KeyReport::Kept(place, Ok(())) => self.happened(Event::Notice(Notice::KeyKept(place))),
            KeyReport::Kept(_, Err(KeyError::GivenUp)) => {}
            KeyReport::Kept(_, Err(error)) => self.not_kept(&error.to_string()),
            KeyReport::CleanedUp(left) => {
                if let Some(text) = left_text("The new key is in use and kept, but of the one from before", &left) {
                    self.key_trouble(Notice::KeyTrouble { text });
                }
            }
            KeyReport::Forgotten(left) => match left_text("The key is not used any more, but", &left) {
                Some(text) => self.key_trouble(Notice::KeyTrouble { text }),
                None => self.happened(Event::Notice(Notice::KeyForgotten)),
            },
        }
    }

    /// Follows another window's choice, as far as it is about this one's key.
    fn key_elsewhere(&mut self, found: Option<(ApiKey, KeySource)>) {
        let own = self.service.key.as_ref().map(|key| (key, self.keys.source()));
        match (anew(own, found.as_ref().map(|(key, _)| key)), found) {
            (Anew::Use, Some((key, source))) => {
                let chosen = self.keys.found(key, source);
                self.use_chosen(chosen);
                self.happened(Event::Notice(Notice::KeyChangedElsewhere));
            }
            (Anew::Drop, _) => {
                self.keys.drop_key();
                self.use_chosen(Chosen::None);
                self.happened(Event::Notice(Notice::KeyForgottenElsewhere));
            }
            (Anew::Use | Anew::Stay, _) => {}
        }
    }

    /// Looks whether another window has another key by now, when this one's is refused.
    pub(in crate::engine) fn doubt_key(&mut self, error: Option<&api::Error>) {
        if matches!(error, Some(api::Error::Refused(why)) if why.kind == RefusalKind::Unauthorized) {
            self.keys.look_again();
        }
    }

    fn not_kept(&mut self, reason: &str) {
        if let Some(key) = &self.service.key {
            self.keys.keep_in_memory(key);
            self.account.source = Some(KeySource::Kept(KeyPlace::UntilClose).text());
        }
        let reason = format!("{reason}. It works until Easel closes; enter it again to keep it elsewhere");
        self.key_trouble(Notice::KeyNotKept { reason });
    }

    /// Says it twice: where it is seen now, and in the account view for as long as it holds.
    fn key_trouble(&mut self, notice: Notice) {
        self.account.trouble = notice.key_trouble().map(Arc::from);
        self.happened(Event::Notice(notice));
    }

    fn use_chosen(&mut self, chosen: Chosen) {
        let (key, source, withheld) = match chosen {
            Chosen::Use(key, source) => (Some(key), Some(source.text()), None),
            Chosen::Ask(host) => (None, None, Some(host)),
            Chosen::None => (None, None, None),
        };
        match self.client_of(&self.service.base, key.clone()) {
            Ok(client) => self.client = client,
            Err(error) => return self.key_trouble(Notice::KeyNotKept { reason: error.to_string() }),
        }
        self.service.key = key;
        // What the service said was of another key.
        self.key_number += 1;
        self.account = Account { source, withheld, ..Account::default() };
        self.refresh_account();
    }

    /// Turns to another service, with the key that it brings or else the one that is kept for it. `name`: of its
    /// connection.
    pub(in crate::engine) fn use_service(&mut self, service: Service, name: Option<String>) {
        match self.client_of(&service.base, service.key.clone()) {
            Ok(client) => (self.client, self.service, self.connection) = (client, service, name),
            Err(error) => return self.key_trouble(Notice::KeyNotKept { reason: error.to_string() }),
        }
        self.key_number += 1;
        self.account = Account::default();
        let Service { kind, base, .. } = self.service.clone();
        self.decide(Input::Service(ServiceInUse { kind, base, connection: self.connection.clone() }));
        self.greet_service();
        self.find_key();
    }

    /// Asks the service about the key in use.
    pub(in crate::engine) fn refresh_account(&mut self) {
        if self.service.key.is_none() {
            (self.account.key, self.account.credits) = (Remote::default(), Remote::default());
            return;
        }
        (self.account.key.loading, self.account.credits.loading) = (true, true);
        let visit = self.visit();
        tokio::spawn(async move {
            visit.tell(ServiceReply::KeyInfo(visit.client.key_info().await.map(Arc::new).map_err(Arc::new)));
            visit.tell(ServiceReply::Credits(visit.client.credits().await.map_err(Arc::new)));
        });
    }
}

/// Says which places would not let go of a key; `None`: all did.
fn left_text(what: &str, left: &[Left]) -> Option<String> {
    let places: Vec<String> = left.iter().map(ToString::to_string).collect();
    (!places.is_empty()).then(|| format!("{what} {}", places.join("; ")))
}
