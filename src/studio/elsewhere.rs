//! What stands where a picture is waited for that was to be made by another service than the one in use.
//!
//! Pure. Invariant: each button names the service that the request would go to.

use super::Command;
use crate::engine::{JobView, Phase, ServiceOrder, Snapshot};
use crate::library::JobId;

/// The longest name on a button, in characters.
const NAME: usize = 20;

/// What such a tile says and offers.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// `Waits for Studio`.
    pub title: String,
    pub sentence: String,
    /// The one that helps most first.
    pub buttons: Vec<Way>,
}

/// A way out.
#[derive(Clone, Debug)]
pub struct Way {
    pub text: String,
    /// What it does, in full.
    pub hint: String,
    pub command: Command,
}

/// Returns what the tile of a job says; `None`: it waits for no other service.
pub fn waiting_of(job: &JobView, snapshot: &Snapshot) -> Option<Waiting> {
    let Phase::Elsewhere { service, choice, held } = &job.phase else { return None };
    let here = snapshot.here();
    let left = if *held { "Kept from the last session. " } else { "" };
    let it = match job.asked {
        0 | 1 => "it",
        _ => "them",
    };
    let mut buttons = vec![Way {
        text: format!("Send {it} to {} instead", short(&here)),
        hint: format!("The request goes to {here} now"),
        command: Command::SendHere { jobs: vec![job.id.clone()], to: snapshot.mark() },
    }];
    if let Some(choice) = choice {
        buttons.push(Way {
            text: format!("Switch to {}", short(service)),
            hint: format!("Use {service} from now on; what waits for it goes on"),
            command: Command::Service(ServiceOrder::UseConnection(choice.clone())),
        });
    }
    buttons.extend(all_here(snapshot));
    let sentence = format!("{left}It was made for {service}, and {here} is in use");
    Some(Waiting { title: format!("Waits for {service}"), sentence, buttons })
}

/// Returns the way that sends all that wait for other services to the one in use; `None`: fewer than two wait.
pub fn all_here(snapshot: &Snapshot) -> Option<Way> {
    let jobs: Vec<JobId> = snapshot.elsewhere().map(|job| job.id.clone()).collect();
    let here = snapshot.here();
    let count = jobs.len();
    (count > 1).then(|| Way {
        text: format!("Send all {count} here"),
        hint: format!("All {count} requests that wait for another service go to {here} now"),
        command: Command::SendHere { jobs, to: snapshot.mark() },
    })
}

fn short(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some(_) => name.chars().take(NAME - 1).chain(['…']).collect(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ConnectionChoice, Service, ServiceKind};
    use crate::library::testing::run;
    use std::sync::Arc;

    fn job(number: u32, phase: Phase) -> JobView {
        JobView {
            id: JobId(format!("j{number}")),
            run: run(1).into(),
            prompt: "p".into(),
            position: number,
            asked: 1,
            arrived: 0,
            phase,
            started: None,
            provider: None,
            usual: None,
            previews: 0,
            partials: 0,
            is_sendable: true,
        }
    }

    fn elsewhere(service: &str, choice: Option<ConnectionChoice>, held: bool) -> Phase {
        Phase::Elsewhere { service: service.into(), choice, held }
    }

    fn snapshot(jobs: Vec<JobView>) -> Snapshot {
        let base = "http://home/api/v1".to_owned();
        let mut snapshot = Snapshot::new(Service { kind: ServiceKind::Custom, base, key: None });
        snapshot.connections.current = Some(Arc::from("Home"));
        snapshot.jobs = jobs.into_iter().map(Arc::new).collect();
        snapshot
    }

    #[test]
    fn every_way_out_names_where_the_request_goes() {
        let studio = || Some(ConnectionChoice::Named("Studio".into()));
        let texts = |jobs: Vec<JobView>| {
            let snapshot = snapshot(jobs);
            let waiting = waiting_of(&snapshot.jobs[0], &snapshot).unwrap();
            let texts: Vec<_> = waiting.buttons.iter().map(|way| way.text.clone()).collect();
            (waiting.sentence, texts.join(" | "))
        };
        let one = job(0, elsewhere("Studio", studio(), false));
        let other = job(1, elsewhere("Old", None, true));
        assert_eq!(
            texts(vec![one.clone()]),
            ("It was made for Studio, and Home is in use".into(), "Send it to Home instead | Switch to Studio".into())
        );
        assert_eq!(
            texts(vec![one.clone(), other.clone()]).1,
            "Send it to Home instead | Switch to Studio | Send all 2 here"
        );
        let (sentence, buttons) = texts(vec![other.clone(), one.clone()]);
        assert!(sentence.starts_with("Kept from the last session. "), "{sentence}");
        assert_eq!(buttons, "Send it to Home instead | Send all 2 here", "what nobody can choose is not offered");
        let four = JobView { asked: 4, ..one.clone() };
        assert!(texts(vec![four]).1.starts_with("Send them to Home instead"));
        let now = snapshot(vec![one, other, job(2, Phase::Queued { ticket: 0 })]);
        assert!(waiting_of(&now.jobs[2], &now).is_none());
        let Some(Way { command: Command::SendHere { jobs, to }, .. }) = all_here(&now) else { panic!("no way") };
        assert_eq!(jobs, [JobId("j0".into()), JobId("j1".into())]);
        assert_eq!((to.base.as_str(), to.connection.as_deref()), ("http://home/api/v1", Some("Home")));
    }

    #[test]
    fn a_long_name_is_cut_on_the_button_and_whole_in_its_tooltip() {
        let long = "The render farm of the studio at the lake";
        let jobs = vec![job(0, elsewhere(long, Some(ConnectionChoice::Named(long.into())), false))];
        let snapshot = snapshot(jobs);
        let waiting = waiting_of(&snapshot.jobs[0], &snapshot).unwrap();
        assert_eq!(waiting.buttons[1].text, "Switch to The render farm of …");
        assert!(waiting.buttons[1].hint.contains(long) && waiting.sentence.contains(long));
    }
}
