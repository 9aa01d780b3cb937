//! What must be true after a life on a disk that refused something.

use super::life::{Known, Template, Told, open};
use super::server::Server;
use crate::library::tests::files;
use crate::library::{Finding, JobState, Repair, content_hash};
use std::collections::BTreeSet;
use std::path::Path;

/// Contents of all pictures that were received.
pub fn received(template: &Template, server: &Server) -> BTreeSet<String> {
    let sent = server.book().values().flat_map(|entry| entry.hashes.clone()).collect::<BTreeSet<_>>();
    sent.union(&template.left).cloned().collect()
}

/// Whatever lies where people look is whole, even while the disk refuses.
pub fn nothing_half(dir: &Path, template: &Template, server: &Server) {
    let library = ["pictures", "trash"].into_iter().flat_map(|folder| files(&dir.join(folder)));
    let mut whole = received(template, server);
    whole.insert(template.import.clone());
    whole.extend(template.old.iter().cloned());
    for path in library {
        let bytes = std::fs::read(&path).unwrap();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => assert!(serde_json::from_slice::<serde_json::Value>(&bytes).is_ok(), "half: {path:?}"),
            _ => assert!(whole.contains(&content_hash(&bytes)), "half: {path:?}"),
        }
    }
}

/// Starts the library again on a disk that is well.
pub fn check(dir: &Path, told: &Told, template: &Template, received: &BTreeSet<String>, server: &Server) {
    let mut library = open(dir);
    let recovered = library.recover().unwrap();
    assert!(recovered.troubles.is_empty() && recovered.unsaved.is_empty(), "{recovered:?}");
    for path in &recovered.leftovers {
        let hash = content_hash(&std::fs::read(path).unwrap());
        assert!(!received.contains(&hash) || told.known.values().any(|known| known.1 == hash), "{path:?}");
    }
    let mut known = Known::new();
    for picture in library.pictures().unwrap().into_iter().chain(library.trashed().unwrap()) {
        // What was refused to be imported may have been safe already.
        let extra = told.import_refused > 0 && picture.hash == template.import;
        if !extra {
            known.insert(picture.id, (picture.trashed_ms.is_some(), picture.hash, picture.marks));
        }
    }
    if told.uncertain {
        // Whatever was thrown away, and nothing else, may be gone; brought in untold may be what was imported or left.
        let gone = told.known.iter().filter(|(id, _)| !known.contains_key(id));
        assert!(
            gone.clone().all(|(_, picture)| template.old.contains(&picture.1)),
            "lost: {:?}",
            gone.collect::<Vec<_>>()
        );
        let untold = known.iter().filter(|(id, _)| !told.known.contains_key(id)).map(|(_, picture)| &picture.1);
        let is_known =
            |hash: &String| *hash == template.import || template.left.contains(hash) || template.old.contains(hash);
        assert!(untold.clone().all(is_known), "from nowhere: {:?}", untold.collect::<Vec<_>>());
    } else {
        assert_eq!(known, told.known, "the library holds what was told");
    }
    for hash in received {
        let count = known.values().filter(|picture| picture.1 == *hash).count();
        assert_eq!(count, 1, "a received picture is there {count} times");
    }
    while library.sync_sidecars(16).unwrap() {}
    let findings = library.verify(Repair::Yes, |_| true).unwrap().findings;
    let bad: Vec<_> = findings.iter().filter(|(finding, _)| !matches!(finding, Finding::Leftover { .. })).collect();
    assert!(bad.is_empty(), "{bad:?}");

    for (marker, entry) in server.book().iter() {
        assert_eq!(entry.accepted.len(), 1, "{marker} was sent {} times", entry.accepted.len());
    }
    let jobs = library.open_jobs().unwrap();
    for (_, job) in &jobs {
        let prompt = job.request["prompt"].as_str().unwrap();
        let expected = match job.state {
            JobState::Unknown => prompt.starts_with("left"),
            _ => false,
        };
        assert!(expected, "{prompt:?} is {}", job.state.word());
    }
    let prompts = server.book().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(prompts.len(), 4, "every request was sent in the end: {prompts:?}");
}
