//! `easel library`: look after the library without a window.

use super::{Args, Failure, Task, library_dir, say};
use crate::library::{Error, Library, Rebuilt, Repair, VerifyReport};

/// Carries out what was asked; what could not be mended is a failure.
pub fn run(args: &Args, task: &Task) -> Result<(), Failure> {
    let dir = match task {
        Task::Fill { into: Some(into), .. } => into.clone(),
        _ => library_dir(args)?,
    };
    match task {
        Task::None => Ok(()),
        Task::Check { repair } => {
            Library::expect_there(&dir)?;
            check(&mut Library::open(&dir)?, *repair)
        }
        Task::Rebuild => {
            match Library::expect_there(&dir) {
                // That is what it is for.
                Err(Error::IndexLost { .. }) => {}
                there => there?,
            }
            // Nothing stops it here but a signal, which changes nothing either.
            if let Some(done) = Library::rebuild(&dir, |_| true)? {
                rebuilt(&done);
            }
            Ok(())
        }
        Task::Fill { count, .. } => {
            let mut library = Library::open(&dir)?;
            Ok(library.fill(*count, |written| log::info!("{written} pictures"))?)
        }
    }
}

fn check(library: &mut Library, repair: bool) -> Result<(), Failure> {
    let VerifyReport { pictures, findings, unread } =
        library.verify(if repair { Repair::Yes } else { Repair::No }, |_| true)?;
    for (finding, mended) in &findings {
        say(&format!("{finding}{}", if *mended { " (mended)" } else { "" }));
    }
    let left = findings.iter().filter(|(_, mended)| !mended).count();
    say(&format!("{pictures} pictures read, {} findings, {} mended", findings.len(), findings.len() - left));
    if unread > 0 {
        say(&format!("{unread} answers that could not be read are kept in incoming/unread"));
    }
    match left {
        0 => Ok(()),
        _ => Err(Failure::new("library", format!("{left} findings are left"))),
    }
}

fn rebuilt(rebuilt: &Rebuilt) {
    for stranger in &rebuilt.unknown_files {
        say(&format!("stranger: {stranger}"));
    }
    for missing in &rebuilt.missing {
        say(&format!("recipe without its picture: {missing}"));
    }
    for unreadable in &rebuilt.unreadable {
        say(&format!("cannot be read: {unreadable}"));
    }
    if let Some(old) = &rebuilt.old {
        let journal = if rebuilt.journal_kept { "taken over" } else { "taken over as far as they could be read" };
        say(&format!("the old index is {}; its queue and settings were {journal}", old.display()));
    }
    let Rebuilt { pictures, trashed, runs, .. } = rebuilt;
    say(&format!("{pictures} pictures, {trashed} of them in the trash, {runs} prompts"));
}
