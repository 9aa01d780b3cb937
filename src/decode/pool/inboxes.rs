//! Where wishes go: drawings, of which one may take long, to threads of their own.

use super::super::request::{Key, Work};
use crate::picture::Format;
use std::sync::mpsc;

/// What the threads are told.
pub(super) enum Message {
    Want(Key, Work),
    Forget(Key),
    Rest(u64),
    /// A drawing may cost more from now on; the hash of its content.
    AllowLonger(String),
}

/// Whether this is, as far as can be told without reading anything, the work of drawing.
fn is_drawing(work: &Work) -> bool {
    match work {
        Work::Thumb { file, .. } | Work::Scaled { file, .. } | Work::Tile { file, .. } => {
            file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg"))
        }
        Work::Region { .. } | Work::Markup { .. } => true,
        Work::Bytes { bytes, .. } => Format::sniff(bytes) == Some(Format::Svg),
        Work::Patch { part, .. } => part.is_drawing,
        Work::Reference { .. } | Work::ReferenceWhole { .. } | Work::Heat { .. } => false,
    }
}

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
