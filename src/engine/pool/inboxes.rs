//! Where wishes go: drawings, of which one may take long, to threads of their own.

use super::files::is_drawing;
use super::{Key, Message, Work};
use std::sync::mpsc;

/// Where wishes go.
#[derive(Clone)]
pub(super) struct Inboxes {
    pub(super) pictures: mpsc::Sender<Message>,
    pub(super) drawings: mpsc::Sender<Message>,
}

impl Inboxes {
    pub(super) fn want(&self, key: Key, work: Work) {
        let (one, other) =
            if is_drawing(&work) { (&self.drawings, &self.pictures) } else { (&self.pictures, &self.drawings) };
        send(other, Message::Forget(key.clone()));
        send(one, Message::Want(key, work));
    }
}

pub(super) fn send(inbox: &mpsc::Sender<Message>, message: Message) {
    if inbox.send(message).is_err() {
        log::debug!("the decode pool has ended");
    }
}
