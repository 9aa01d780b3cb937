//! What is said of the work on the library: how far it is, and what came of it.

use super::{Studio, Tone, pictures_text};
use crate::engine::{Care, Report};
use crate::library::{Rebuilt, VerifyReport};

/// Of a library across a network or on a drive in user space.
pub const FAR_DRIVE: &str = "The library is on a network drive, or on one that a program provides: its index works there \
                             without a log, which takes longer, and two computers must never write to it at one time";

impl Studio {
    /// Says once, and from then on in the settings, what kind of drive the library is on.
    pub fn tell_far_drive(&mut self) {
        self.far_drive = true;
        self.notices.say(Tone::Info, FAR_DRIVE, None);
    }

    /// Says what is being done for the library and how far it is; `None`: nothing.
    pub fn tending_text(&self) -> Option<String> {
        let (care, progress) = self.snapshot.tending?;
        let what = match care {
            Care::Check => "Comparing the index with the folder",
            Care::Mend => "Comparing the index with the folder and mending",
            Care::Rebuild => "Making the index anew from the folder",
        };
        Some(match progress.total {
            0 => what.to_owned(),
            total => format!("{what}: {} %", 100 * progress.done.min(total) / total),
        })
    }
}

/// Says what came of it: a sentence, and a line for each thing that was found.
pub fn report_text(report: &Report) -> (String, Vec<String>) {
    match report {
        Report::Checked(checked) | Report::Mended(checked) => checked_text(checked),
        Report::Rebuilt(rebuilt) => rebuilt_text(rebuilt),
        Report::Stopped(Care::Mend) => ("Stopped; what was mended stays mended".to_owned(), vec![]),
        Report::Stopped(_) => ("Stopped; nothing was changed".to_owned(), vec![]),
        Report::Failed(_, why) => (format!("It did not work: {why}"), vec![]),
    }
}

/// Says whether mending may help.
pub fn is_mendable(report: &Report) -> bool {
    matches!(report, Report::Checked(checked) if !checked.findings.is_empty())
}

fn checked_text(checked: &VerifyReport) -> (String, Vec<String>) {
    let VerifyReport { pictures, findings, unread } = checked;
    let mended = findings.iter().filter(|(_, mended)| *mended).count();
    let found = match (findings.len(), mended) {
        (0, _) => "all is as it should be".to_owned(),
        (count, 0) => format!("{count} {} found", things(count)),
        (count, mended) => format!("{count} {} found, {mended} mended", things(count)),
    };
    let line = |(finding, mended): &(_, bool)| format!("{finding}{}", if *mended { " (mended)" } else { "" });
    let unread = match unread {
        0 => String::new(),
        1 => "; 1 answer that could not be read is kept".to_owned(),
        count => format!("; {count} answers that could not be read are kept"),
    };
    (format!("{} compared, {found}{unread}", pictures_text(*pictures)), findings.iter().map(line).collect())
}

fn things(count: usize) -> &'static str {
    if count == 1 { "thing" } else { "things" }
}

fn rebuilt_text(rebuilt: &Rebuilt) -> (String, Vec<String>) {
    let Rebuilt { pictures, trashed, runs, unknown_files, missing, unreadable, old, journal_kept } = rebuilt;
    let text = format!(
        "The index was made anew: {}, {trashed} of them in the trash; {runs} prompts",
        pictures_text(*pictures)
    );
    let strangers = unknown_files.iter().map(|file| format!("Nothing is known about {file}; it stays where it is"));
    let missing = missing.iter().map(|file| format!("Its picture is missing: {file}"));
    let old = old.iter().map(|old| {
        let kept = if *journal_kept {
            "its queue and settings were taken over"
        } else {
            "its queue and settings were taken over as far as they could be read"
        };
        format!("The old index is {}; {kept}", old.display())
    });
    let unreadable = unreadable.iter().map(|what| format!("Cannot be read: {what}"));
    (text, strangers.chain(missing).chain(unreadable).chain(old).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Finding;

    #[test]
    fn a_report_says_what_was_found_and_what_was_mended() {
        let finding = || Finding::UnknownFile { file: "pictures/odd.txt".into() };
        let checked = |findings| VerifyReport { pictures: 12, findings, unread: 0 };
        for (report, text, lines, mendable) in [
            (Report::Checked(checked(vec![])), "12 pictures compared, all is as it should be", 0, false),
            (
                Report::Checked(VerifyReport { unread: 2, ..checked(vec![]) }),
                "12 pictures compared, all is as it should be; 2 answers that could not be read are kept",
                0,
                false,
            ),
            (Report::Checked(checked(vec![(finding(), false)])), "12 pictures compared, 1 thing found", 1, true),
            (
                Report::Mended(checked(vec![(finding(), false), (finding(), true)])),
                "12 pictures compared, 2 things found, 1 mended",
                2,
                false,
            ),
            (Report::Stopped(Care::Rebuild), "Stopped; nothing was changed", 0, false),
            (Report::Failed(Care::Check, "no".into()), "It did not work: no", 0, false),
        ] {
            let said = report_text(&report);
            assert_eq!((said.0.as_str(), said.1.len(), is_mendable(&report)), (text, lines, mendable));
        }
        let rebuilt =
            Rebuilt { pictures: 3, trashed: 1, runs: 2, missing: vec!["pictures/a.json".into()], ..Rebuilt::default() };
        let (text, lines) = report_text(&Report::Rebuilt(rebuilt));
        assert_eq!(text, "The index was made anew: 3 pictures, 1 of them in the trash; 2 prompts");
        assert_eq!(lines, ["Its picture is missing: pictures/a.json"]);
    }
}
