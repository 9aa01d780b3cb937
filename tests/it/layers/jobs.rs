//! Where a job's state is decided and where it is written down, as a test: found in the sources, as text.

use super::{Source, sources};

/// Files of the engine that decide where a job stands: the machine, with the part of it that is about pictures.
const DECIDERS: &[&str] = &["engine/jobs/machine.rs", "engine/jobs/machine/pictures.rs"];

/// Files of the engine that write jobs into the journal, and what of them.
const WRITERS: &[(&str, &str)] = &[
    ("engine/effects.rs", "whatever the machine wants written"),
    ("engine/jobs/call.rs", "how far a call is, before its first byte goes out and after the first one came"),
    ("engine/import.rs", "the runs of pictures from elsewhere, which have no jobs"),
];

/// What the library offers to write jobs with.
const JOURNAL: &[&str] = &[
    "add_run(",
    "replace_job(",
    "set_job_state(",
    "set_job_states(",
    "mark_sent(",
    "readdress_jobs(",
    "dismiss_jobs(",
    "record_outcome(",
    "note_generation(",
    "note_record(",
    "note_failure(",
];

/// Files that hold methods of the actor. None may be added: what is new is a function over the parts that it needs.
const ROOMS_OF_THE_ACTOR: &[&str] = &[
    "engine/actor.rs",
    "engine/begin.rs",
    "engine/effects.rs",
    "engine/life.rs",
    "engine/moves.rs",
    "engine/orders.rs",
    "engine/service/account.rs",
    "engine/service/switching.rs",
    "engine/tend.rs",
    "engine/watch.rs",
];

/// Returns where code of the engine, outside its tests and these files, holds one of these words.
fn found(sources: &[Source], words: &[&str], except: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| source.layer == "engine" && !source.is_test && !except(&source.path)) {
        for (number, line) in source.code() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                found.push(format!("src/{}:{number}: {word}", source.path));
            }
        }
    }
    found
}

#[test]
fn one_machine_decides_where_a_job_stands() {
    let sources = sources();
    // Where they are defined; the field itself is private there.
    let except = |path: &str| DECIDERS.contains(&path) || path == "engine/jobs/list.rs";
    let faults = found(&sources, &["set_status(", "status_mut("], except);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let list = sources.iter().find(|source| source.path == "engine/jobs/list.rs").unwrap();
    let code: Vec<&str> = list.code().map(|(_, line)| line.trim()).collect();
    assert!(code.contains(&"status: Status,"), "the field is private");
    let assigned = code.iter().filter(|line| line.contains("status = ")).count();
    assert_eq!(assigned, 1, "by the setter alone");
    let used = found(&sources, &["set_status("], |path| !DECIDERS.contains(&path));
    assert!(!used.is_empty(), "this test looks for what is there");
}

#[test]
fn the_machine_is_pure() {
    let sources = sources();
    let pure = ["machine.rs", "machine/pictures.rs", "status.rs", "input.rs", "list.rs", "restore.rs", "schedule.rs"];
    let is_other = |path: &str| !pure.iter().any(|file| path == format!("engine/jobs/{file}"));
    let words = ["tokio", "Instant::now", "SystemTime", "std::fs", "async ", "Disk>", "Sender", "spawn"];
    let faults = found(&sources, &words, is_other);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn few_files_write_jobs_into_the_journal() {
    let calls: Vec<String> = JOURNAL.iter().map(|name| format!("library.{name}")).collect();
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    let sources = sources();
    let faults = found(&sources, &calls, |path| WRITERS.iter().any(|(file, _)| *file == path));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let effects = found(&sources, &calls, |path| path != "engine/effects.rs");
    assert!(effects.len() >= 9, "this test looks for what is there: {effects:?}");
}

#[test]
fn what_carries_out_effects_waits_for_nothing() {
    let sources = sources();
    let faults =
        found(&sources, &[".await;", ".await?", ".await)", ".await.", "block_on", "blocking_", ".recv()"], |path| {
            path != "engine/effects.rs"
        });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_actor_gets_no_further_rooms() {
    let rooms = sources();
    let rooms = rooms.iter().filter(|source| source.code().any(|(_, line)| line.starts_with("impl Actor ")));
    let rooms: Vec<&str> = rooms.map(|source| source.path.as_str()).collect();
    let mut known = ROOMS_OF_THE_ACTOR.to_vec();
    known.sort_unstable();
    let mut rooms = rooms;
    rooms.sort_unstable();
    assert_eq!(rooms, known, "a room that is gone leaves this list");
}
