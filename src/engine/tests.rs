//! Whatever the disk refuses, nothing that was received is lost, nothing is sent twice, and what was not done is said.
//!
//! A mixed life with the real engine on a real library; the disk fails at one step, or from one step on until it is
//! freed, with each kind of error. `EASEL_FAULT_ROUNDS=all cargo test --lib refuses` tries every step; a number tries
//! so many.

mod check;
mod full;
mod held;
mod life;
#[path = "../../tests/it/kill/server.rs"]
#[expect(dead_code, reason = "its ticks time kills, and nobody is killed here")]
mod server;
mod torn;

use crate::api::ModelId;
use crate::library::{Fault, Run, RunId};
use life::{Sum, Template};
use server::Server;
use std::io;
use std::sync::mpsc;

/// A run that asks for so many pictures.
pub(super) fn run(asked: u32) -> Run {
    Run {
        id: RunId::new(),
        created_ms: 0,
        model: ModelId::new("a/b"),
        model_name: String::new(),
        prompt: "a fox".into(),
        settings: String::new(),
        asked,
        aspect: None,
    }
}

/// Full, broken, not allowed.
fn kinds() -> [(&'static str, io::ErrorKind); 3] {
    let broken = io::Error::from_raw_os_error(5).kind();
    [("ENOSPC", io::ErrorKind::StorageFull), ("EIO", broken), ("EACCES", io::ErrorKind::PermissionDenied)]
}

/// Rounds when nothing else is said.
const ROUNDS: usize = 60;

#[test]
fn whatever_step_the_disk_refuses_nothing_received_is_lost_and_nothing_is_sent_twice() {
    let refusals = kinds().into_iter().flat_map(|(name, kind)| {
        [(format!("{name} once"), Fault::Once(kind)), (format!("{name} from then on"), Fault::From(kind))]
    });
    let sum = lives(&refusals.collect::<Vec<_>>(), ROUNDS);
    assert!(sum.saved_again > 0, "{sum}");
}

#[test]
fn whatever_step_panics_nothing_received_is_lost_and_nothing_is_sent_twice() {
    lives(&[("a panic".to_owned(), Fault::Panic)], ROUNDS / 2);
}

/// Leads lives in which each of the faults happens at some steps, or at every one.
fn lives(faults: &[(String, Fault)], rounds: usize) -> Sum {
    let (tick, _ticks) = mpsc::channel();
    let server = Server::start(tick);
    let template = Template::make(&server);
    let (steps, quiet) = template.live(&server, 0, None);
    assert_eq!((quiet.troubles, quiet.saved_again, quiet.stored), (0, 0, quiet.received), "{quiet}");
    let mut plans: Vec<_> = (0..steps).flat_map(|step| faults.iter().map(move |fault| (step, fault))).collect();
    let all = plans.len();
    let wanted = std::env::var("EASEL_FAULT_ROUNDS").unwrap_or_default();
    if wanted != "all" {
        fastrand::shuffle(&mut plans);
        plans.truncate(wanted.parse().unwrap_or(rounds));
    }
    let (mut sum, mut hit) = (Sum::default(), 0);
    for (round, (step, (name, fault))) in (1..).zip(&plans) {
        println!("step {step}, {name}");
        let (reached, told) = template.live(&server, round, Some((*step, *fault)));
        hit += u32::from(reached > *step);
        sum.add(&told);
    }
    assert!(hit > 0, "{sum}");
    println!("{} of {all} rounds ({steps} steps, {} faults), {hit} hit: {sum}", plans.len(), faults.len());
    sum
}
