//! References that are sent otherwise than they are: smaller, because a request was too large, or edited by hand.

use super::{Dialog, Studio, Tone};
use crate::engine::{Engine, Order};
use crate::picture::ReferenceEdit;
use crate::plan::{DraftReference, ReferenceSource};

/// References are not made smaller than this on a side, pixels: there would be nothing left to see.
const SMALLEST: u32 = 256;

impl Studio {
    /// Has the draft's references made half as large.
    pub(super) fn shrink_references(&mut self) {
        match halved(&self.draft.references) {
            Some(max_side) => {
                let references = self.draft.references.clone();
                self.due.push(Order::ShrinkReferences { references, max_side });
            }
            None => {
                let text = "There is no reference here that could be sent smaller; remove one";
                self.notices.say(Tone::Info, text, None);
            }
        }
    }

    /// Takes over what will be sent of the references that are still in the draft.
    pub(super) fn references_shrunk(&mut self, shrunk: Vec<DraftReference>) {
        for new in shrunk {
            let same = |old: &&mut DraftReference| hash_of(old).is_some() && hash_of(old) == hash_of(&new);
            if let Some(old) = self.draft.references.iter_mut().find(same) {
                *old = new;
            }
        }
        let longest = self.draft.references.iter().filter_map(sent_side).max().unwrap_or(0);
        let text = format!("References are sent at most {longest} px on a side now; the originals are untouched");
        self.notices.say(Tone::Good, text, None);
    }
}

impl Studio {
    /// Has the copy of a reference made; the draft speaks of it once it is there. The editor stays until then.
    pub(super) fn edit_reference(&mut self, place: usize, edit: ReferenceEdit, engine: &Engine) {
        let Some(reference) = self.draft.references.get(place).cloned() else { return };
        self.preparing = Some(place);
        engine.send(Order::EditReference { place, reference: Box::new(reference), edit });
    }

    pub(super) fn reference_edited(&mut self, place: usize, edited: Result<DraftReference, String>) {
        self.preparing = None;
        match edited {
            Ok(new) => {
                if let Some(old) = self.draft.references.get_mut(place).filter(|old| hash_of(old) == hash_of(&new)) {
                    *old = new;
                }
                if self.dialog == Some(Dialog::EditReference(place)) {
                    self.dialog = None;
                }
            }
            Err(reason) => self.notices.say(Tone::Bad, format!("The copy could not be made: {reason}"), None),
        }
    }
}

fn hash_of(reference: &DraftReference) -> Option<&str> {
    match &reference.source {
        ReferenceSource::Stored { hash, .. } => Some(hash),
        ReferenceSource::Url(_) => None,
    }
}

fn sent_side(reference: &DraftReference) -> Option<u32> {
    match &reference.source {
        ReferenceSource::Stored { sent, .. } => Some(sent.size.longer_side()),
        ReferenceSource::Url(_) => None,
    }
}

/// Returns half of the longest side that is sent; `None`: nothing is sent that could be smaller.
fn halved(references: &[DraftReference]) -> Option<u32> {
    let longest = references.iter().filter_map(sent_side).max()?;
    (longest > SMALLEST).then(|| (longest / 2).max(SMALLEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Size;
    use crate::plan::ReferenceFacts;

    fn stored(side: u32) -> DraftReference {
        let size = Size { width: side, height: 8 };
        let facts = ReferenceFacts { media_type: "image/png".into(), size, bytes: 1, hash: None };
        let source = ReferenceSource::Stored { hash: side.to_string(), original: facts.clone(), sent: facts };
        DraftReference { name: "a".into(), source, picture: None, edit: Default::default() }
    }

    #[test]
    fn the_longest_side_is_halved_down_to_a_smallest() {
        let source = ReferenceSource::Url("https://example.org".into());
        let url = DraftReference { name: "u".into(), source, picture: None, edit: Default::default() };
        assert_eq!(halved(&[stored(2048), stored(900), url.clone()]), Some(1024));
        assert_eq!(halved(&[stored(300)]), Some(256));
        assert_eq!(halved(&[stored(256)]), None);
        assert_eq!(halved(&[url]), None);
    }
}
