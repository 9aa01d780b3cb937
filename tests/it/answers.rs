//! Received is received: whatever an answer brings is kept, whatever else it says, and nothing is asked for twice.
//!
//! A server of literal bytes answers every request as the case wants; a real engine with a real library listens.

mod bodies;
mod server;

use bodies::{Piece, completed, data, done, error_event, json, partial, stream};
use easel::api::{ApiKey, GenerationRequest, ModelId, Timeouts};
use easel::engine::{Config, Engine, Event, Order, SecretStore, Service, ServiceKind, Snapshot, Submission, runtime};
use easel::library::{Library, RecipeContext, Run, RunId, content_hash};
use easel::studio::{Card, card_of};
use server::{Answer, Server};
use std::collections::BTreeSet;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// What came of one request.
#[derive(Debug)]
struct Told {
    /// Contents that are in the library, in order of arrival.
    kept: Vec<Vec<u8>>,
    /// Requests that were sent.
    posts: usize,
    /// `None`: the job ended well and left the screen.
    card: Option<Card>,
}

impl Told {
    fn words(&self) -> String {
        let Some(card) = &self.card else { return String::new() };
        let billed = card.billed.iter().map(ToString::to_string);
        [card.title.to_owned(), card.sentence.clone()]
            .into_iter()
            .chain(billed)
            .chain(card.more.clone())
            .collect::<Vec<_>>()
            .join(". ")
    }
}

struct Rig {
    dir: tempfile::TempDir,
    server: Server,
    engine: Option<Engine>,
    wakes: mpsc::Receiver<()>,
}

impl Rig {
    fn start() -> Self {
        let (wake, wakes) = mpsc::channel();
        let dir = tempfile::tempdir().unwrap();
        let library = dir.path().join("library");
        let server = Server::start();
        let base = server.base();
        let config = Config {
            service: Service { kind: ServiceKind::Custom, base, key: Some(ApiKey::new("test").unwrap()) },
            fallback: None,
            timeouts: Timeouts { silence: Duration::from_secs(20), ..Timeouts::default() },
            max_running: 2,
            keep_partials: true,
            waker: Arc::new(move || wake.send(()).unwrap_or_default()),
            previews: Arc::new(|_| {}),
            secrets: SecretStore::new(&dir.path().join("config")),
            browser: Default::default(),
            connections: Default::default(),
            connection: None,
            privacy: Default::default(),
        };
        let engine = Engine::start(runtime().unwrap(), Library::open(&library).unwrap(), config).unwrap();
        let mut rig = Self { dir, server, engine: Some(engine), wakes };
        rig.until("the library is read", |snapshot, _| snapshot.library_read.then_some(()));
        rig
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    fn until<T>(&mut self, what: &str, mut found: impl FnMut(&Snapshot, Option<Event>) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let event = self.engine().next_event();
            let idle = event.is_none();
            if let Some(found) = found(&self.engine().snapshot(), event) {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}: {:?}", self.engine().snapshot().jobs);
            if idle {
                self.wakes.recv_timeout(Duration::from_millis(50)).unwrap_or_default();
            }
        }
    }

    /// Sends one request and returns its run.
    fn submit(&self, n: u32, streamed: bool) -> RunId {
        let model = ModelId::new("odd/one");
        let parameters = serde_json::json!({ "n": n });
        let request = GenerationRequest {
            model: model.clone(),
            prompt: "a fox".into(),
            parameters: parameters.as_object().cloned().unwrap(),
            references: vec![],
            provider: None,
            stream: streamed,
        };
        let run = Run {
            id: RunId::new(),
            created_ms: 1_790_000_000_000,
            model,
            model_name: "Odd".into(),
            prompt: "a fox".into(),
            settings: String::new(),
            asked: n,
            aspect: None,
        };
        let wanted = run.id.clone();
        let submission =
            Submission { run, requests: vec![request], references: vec![], context: RecipeContext::default() };
        self.engine().send(Order::Submit(Box::new(submission)));
        wanted
    }

    /// Sends one request, which the server answers so, and tells what came of it.
    fn ask(&mut self, answer: Answer, n: u32, streamed: bool) -> Told {
        self.server.answer_with(answer);
        let wanted = self.submit(n, streamed);
        let library = self.dir.path().join("library");
        let mut kept = Vec::new();
        let job = self.until("the job has ended", |_, event| {
            match event? {
                Event::Stored { picture, run } if run.id == wanted => {
                    let bytes = std::fs::read(library.join(&picture.file)).unwrap();
                    assert_eq!(content_hash(&bytes), picture.hash);
                    kept.push(bytes);
                }
                Event::Ended { job, run, .. } if run == wanted => return Some(job),
                _ => {}
            }
            None
        });
        // The snapshot that follows the event tells the card.
        let card = self.until("the end is on screen", |snapshot, _| {
            let view = snapshot.jobs.iter().find(|view| view.id == job);
            match view {
                None => Some(None),
                Some(view) => card_of(view).map(Some),
            }
        });
        Told { kept, posts: self.server.posts(), card }
    }
}

/// One way to answer: what it is called, how, and what must come of it.
struct Case {
    name: String,
    answer: Answer,
    n: u32,
    streamed: bool,
    /// Places of the pictures that must be kept.
    kept: Vec<u8>,
    /// Parts of what the card says; empty: there must be no card.
    says: &'static [&'static str],
}

fn judge(cases: Vec<Case>) {
    let mut rig = Rig::start();
    let mut wrong = Vec::new();
    for case in cases {
        let told = rig.ask(case.answer, case.n, case.streamed);
        let expected: BTreeSet<Vec<u8>> = case.kept.iter().map(|number| bodies::picture(*number)).collect();
        let kept: BTreeSet<Vec<u8>> = told.kept.iter().cloned().collect();
        let words = told.words();
        let said = case.says.iter().all(|part| words.contains(part)) && case.says.is_empty() == told.card.is_none();
        if kept != expected || told.kept.len() != expected.len() || told.posts != 1 || !said {
            let count = told.kept.len();
            wrong.push(format!("{}: kept {count} of {:?}, {} requests, {words:?}", case.name, case.kept, told.posts));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

fn buffered(name: &str, n: u32, body: String, kept: &[u8], says: &'static [&'static str]) -> Case {
    let answer = Answer::whole("application/json", body.into_bytes());
    Case { name: format!("buffered {name}"), answer, n, streamed: false, kept: kept.to_vec(), says }
}

fn streamed(name: &str, n: u32, events: &[Piece], kept: &[u8], says: &'static [&'static str]) -> Case {
    let answer = Answer::whole("text/event-stream", stream(events).into_bytes());
    Case { name: format!("streamed {name}"), answer, n, streamed: true, kept: kept.to_vec(), says }
}

const BUSY: &str = r#""error":{"code":429,"message":"Slow down"}"#;
const BAD: &str = r#"{"b64_json":"!!!"}"#;

#[test]
fn pictures_beside_an_error_are_kept_and_nothing_is_asked_for_twice() {
    judge(vec![
        buffered("data alone", 1, json(&[data(1)], ""), &[1], &[]),
        buffered("data and error", 1, json(&[data(1)], BUSY), &[1], &["Slow down"]),
        buffered("error before data", 1, format!("{{{BUSY},{}}}", bodies::list(&[data(1)])), &[1], &["Slow down"]),
        buffered("part of the data and error", 3, json(&[data(1), data(2)], BUSY), &[1, 2], &["2 of 3", "Slow down"]),
        buffered("error alone", 1, format!("{{{BUSY}}}"), &[], &["Slow down"]),
        buffered("error and no data", 2, json(&[], BUSY), &[], &["Slow down"]),
        buffered("more than asked", 1, json(&[data(1), data(2)], ""), &[1, 2], &[]),
        buffered(
            "broken first",
            3,
            json(&[BAD.into(), data(1), data(2)], ""),
            &[1, 2],
            &["2 of 3", "could not be read"],
        ),
        buffered("broken middle", 3, json(&[data(1), BAD.into(), data(2)], ""), &[1, 2], &["2 of 3"]),
        buffered("broken last", 3, json(&[data(1), data(2), BAD.into()], ""), &[1, 2], &["2 of 3"]),
        buffered("all broken", 1, json(&[BAD.into()], ""), &[], &["could not be read"]),
        buffered("trailing rubbish", 1, format!("{}\n<!-- proxy -->", json(&[data(1)], "")), &[1], &[]),
        buffered("rubbish before", 1, format!("\u{feff}  {}", json(&[data(1)], "")), &[1], &[]),
        streamed("one", 1, &[partial(9), completed(1), done()], &[1], &[]),
        streamed("no end", 1, &[completed(1)], &[1], &[]),
        streamed("several", 3, &[completed(1), completed(2), completed(3), done()], &[1, 2, 3], &[]),
        streamed("error after a result", 2, &[completed(1), error_event()], &[1], &["1 of 2", "Slow down"]),
        streamed("a result after an error", 2, &[error_event(), completed(1), done()], &[1], &["1 of 2", "Slow down"]),
        streamed("an error amid results", 2, &[completed(1), error_event(), completed(2)], &[1, 2], &["Slow down"]),
        streamed("error alone", 1, &[partial(9), error_event(), done()], &[], &["Slow down"]),
        streamed("broken first", 3, &[Piece::Broken, completed(1), completed(2), done()], &[1, 2], &["2 of 3"]),
        streamed("broken middle", 3, &[completed(1), Piece::Broken, completed(2), done()], &[1, 2], &["2 of 3"]),
        streamed("broken last", 3, &[completed(1), completed(2), Piece::Broken, done()], &[1, 2], &["2 of 3"]),
        streamed("all broken", 1, &[Piece::Broken, done()], &[], &["could not be read"]),
        streamed("results after the end", 2, &[completed(1), done(), completed(2)], &[1, 2], &[]),
        streamed("rubbish", 1, &[Piece::Rubbish, completed(1), Piece::Rubbish], &[1], &[]),
    ]);
}

#[test]
fn what_came_before_a_cut_is_kept_wherever_the_cut_is() {
    let mut cases = Vec::new();
    for n in 1..=3_u8 {
        // After so many whole events, and in the middle of the next.
        let events: Vec<Piece> = (1..=n).flat_map(|number| [partial(9), completed(number)]).chain([done()]).collect();
        for cut in 0..events.len() {
            let whole = stream(&events[..cut]);
            let next = stream(&events[cut..=cut]);
            let came: Vec<u8> = (1..=n).filter(|number| 2 * usize::from(*number) <= cut).collect();
            let says: &[&str] = match came.len() {
                len if len == usize::from(n) => &[],
                0 => &["May have been billed"],
                _ => &["pictures arrived"],
            };
            for (name, text) in [("after", whole.clone()), ("with the name of", format!("{whole}{}", &next[..8]))] {
                let answer = Answer::cut("text/event-stream", text.into_bytes());
                let name = format!("streamed, cut {name} event {cut} of {n}");
                cases.push(Case { name, answer, n: n.into(), streamed: true, kept: came.clone(), says });
            }
        }
        // The last event is whole, but for its newlines.
        let text = stream(&events[..events.len() - 1]);
        let answer = Answer::cut("text/event-stream", text.trim_end().as_bytes().to_vec());
        let name = format!("streamed, {n} without the last newline");
        cases.push(Case { name, answer, n: n.into(), streamed: true, kept: (1..=n).collect(), says: &[] });
        // A list that is cut after so many pictures.
        let all: Vec<String> = (1..=n).map(data).collect();
        for came in 0..=n {
            let list = bodies::list(&all[..usize::from(came)]);
            let text = format!("{{\"created\":1,{}", list.trim_end_matches(']'));
            let says: &[&str] = match came {
                0 => &["May have been billed"],
                came if came == n => &[],
                _ => &["pictures arrived"],
            };
            let name = format!("buffered, cut after {came} of {n}");
            let answer = Answer::cut("application/json", text.into_bytes());
            cases.push(Case { name, answer, n: n.into(), streamed: false, kept: (1..=came).collect(), says });
        }
    }
    // The announced length is wrong.
    for streamed in [false, true] {
        let (kind, text) = match streamed {
            true => ("text/event-stream", stream(&[completed(1), done()])),
            false => ("application/json", json(&[data(1)], "")),
        };
        let answer = Answer::of_length(kind, text.clone().into_bytes(), text.len() + 7);
        cases.push(Case { name: format!("{kind} too short"), answer, n: 1, streamed, kept: vec![1], says: &[] });
        let longer = format!("{text}{text}");
        let answer = Answer::of_length(kind, longer.into_bytes(), text.len());
        cases.push(Case { name: format!("{kind} too long"), answer, n: 1, streamed, kept: vec![1], says: &[] });
    }
    judge(cases);
}

/// A part of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Whole,
    Broken,
    Error,
}

/// One answer of the cross: its parts in order, whole or cut after them.
fn crossed(parts: &[Part], n: u32, is_streamed: bool, is_cut: bool) -> Case {
    let numbered = || (1_u8..).zip(parts);
    let kept: Vec<u8> = numbered().filter(|(_, part)| **part == Part::Whole).map(|(number, _)| number).collect();
    let has_error = parts.contains(&Part::Error);
    let says: &[&str] = match (kept.len(), has_error) {
        (_, true) => &["Slow down"],
        (came, false) if came >= n as usize => &[],
        (0, false) => &["May have been billed"],
        (_, false) => &["pictures arrived"],
    };
    let text = match is_streamed {
        true => {
            let events = numbered().map(|(number, part)| match part {
                Part::Whole => completed(number),
                Part::Broken => Piece::Broken,
                Part::Error => error_event(),
            });
            stream(&events.collect::<Vec<_>>())
        }
        false => {
            let entries: Vec<String> = numbered()
                .filter(|(_, part)| **part != Part::Error)
                .map(|(number, part)| if *part == Part::Whole { data(number) } else { BAD.into() })
                .collect();
            let error = if has_error { format!("{BUSY},") } else { String::new() };
            let list = bodies::list(&entries);
            format!("{{{error}{}", if is_cut { list.trim_end_matches(']').to_owned() } else { list + "}" })
        }
    };
    let kind = if is_streamed { "text/event-stream" } else { "application/json" };
    let answer = if is_cut { Answer::cut(kind, text.into_bytes()) } else { Answer::whole(kind, text.into_bytes()) };
    let cut = if is_cut { ", cut" } else { "" };
    Case { name: format!("{n} of {parts:?}, {kind}{cut}"), answer, n, streamed: is_streamed, kept, says }
}

#[test]
fn whatever_an_answer_is_made_of_its_pictures_are_kept_and_nothing_is_repeated() {
    let one = [Part::Whole, Part::Broken, Part::Error];
    let mut answers: Vec<Vec<Part>> = vec![vec![]];
    for length in 0..3 {
        let longer = |answer: &Vec<Part>| one.map(|part| [answer.as_slice(), &[part]].concat());
        let longest: Vec<_> = answers.iter().filter(|answer| answer.len() == length).flat_map(longer).collect();
        answers.extend(longest);
    }
    let mut cases = Vec::new();
    for parts in answers.iter().filter(|parts| !parts.is_empty()) {
        for (is_streamed, is_cut) in [(false, false), (false, true), (true, false), (true, true)] {
            cases.extend([1, 2, 3].map(|n| crossed(parts, n, is_streamed, is_cut)));
        }
    }
    assert_eq!(cases.len(), (3 + 9 + 27) * 4 * 3);
    judge(cases);
}

#[test]
fn a_picture_is_found_in_whatever_form_it_comes() {
    let png = bodies::picture(1);
    let text = bodies::base64(&png);
    let drawing =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><rect width=\"8\" height=\"8\"/></svg>";
    let entry = |entry: serde_json::Value| serde_json::json!({ "data": [entry] }).to_string().into_bytes();
    let b64 = |text: &str| entry(serde_json::json!({ "b64_json": text }));
    let events = stream(&[partial(9), completed(1), done()]);
    let mut rig = Rig::start();
    for (name, kind, body, picture) in [
        ("the picture itself", "image/png", png.clone(), png.clone()),
        ("the picture, called JSON", "application/json", png.clone(), png.clone()),
        ("the picture, called a stream", "text/event-stream", png.clone(), png.clone()),
        ("a drawing itself", "image/svg+xml", drawing.into(), drawing.into()),
        ("a drawing as text", "application/json", b64(drawing), drawing.into()),
        (
            "a data address",
            "application/json",
            entry(serde_json::json!({ "url": format!("data:image/png;base64,{text}") })),
            png.clone(),
        ),
        ("spaces for plus", "application/json", b64(&text.replace('+', " ")), png.clone()),
        (
            "URL-safe letters",
            "application/json",
            b64(&text.replace('+', "-").replace('/', "_").replace('=', "")),
            png.clone(),
        ),
        (
            "lines",
            "application/json",
            b64(&text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join("\r\n")),
            png.clone(),
        ),
        ("a stream, called JSON", "application/json", events.clone().into(), png.clone()),
        (
            "a stream of edits",
            "text/event-stream",
            events.replace("image_generation.", "image_edit.").into(),
            png.clone(),
        ),
        ("JSON, called a stream", "text/event-stream", json(&[data(1)], "").into(), png.clone()),
        ("JSON with a torn emoji", "application/json", json(&[data(1)], r#""note":"\ud83d""#).into(), png.clone()),
    ] {
        for streamed in [false, true] {
            let told = rig.ask(Answer::whole(kind, body.clone()), 1, streamed);
            assert!(told.kept == [picture.clone()], "{name}, asked for a stream {streamed}: {}", told.words());
            assert_eq!((told.posts, told.words()), (1, String::new()), "{name}");
        }
    }
}

#[test]
fn what_nobody_can_read_is_kept_as_it_came_and_can_be_read_again() {
    let mut rig = Rig::start();
    let library = rig.dir.path().join("library");
    let link = r#"{"data":[{"url":"https://127.0.0.1:1/fox.png"}]}"#;
    for (kind, body, reason) in [
        (
            "text/html",
            "<html>Log in to the hotel's network",
            "a web page instead of JSON, as the sign-in pages of networks are",
        ),
        ("application/json", "{\"id\":\"7\",\"status\":\"queued\"}", "no list of pictures"),
        ("application/json", link, "names an address instead of a picture"),
        ("text/event-stream", "data: {\"type\":\"moon\"}\n\n", "ended early"),
        ("application/x-odd", "?", "application/x-odd instead of JSON"),
    ] {
        let told = rig.ask(Answer::whole(kind, body.into()), 1, false);
        let words = told.words();
        assert!(words.contains(reason) && words.contains("What came is kept") && told.posts == 1, "{words}");
        let buttons: Vec<_> = told.card.unwrap().buttons.iter().map(|(text, _)| *text).collect();
        assert_eq!(buttons[1..], ["Read it again", "Save what came…"]);
    }
    let bodies = |library: &std::path::Path| {
        let files = std::fs::read_dir(library.join("incoming/unread")).unwrap().map(|entry| entry.unwrap().path());
        let mut bodies: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "body")).collect();
        bodies.sort();
        bodies
    };
    let kept = bodies(&library);
    assert_eq!(kept.len(), 5);
    assert_eq!(std::fs::read(&kept[2]).unwrap(), link.as_bytes());

    // As a later version would, which can read it.
    std::fs::write(&kept[1], json(&[data(1)], "")).unwrap();
    let jobs: Vec<_> = rig.engine().snapshot().jobs.iter().map(|job| job.id.clone()).collect();
    rig.engine().send(Order::ReadUnread(jobs[1].clone()));
    rig.until("the picture is found", |_, event| matches!(event?, Event::Stored { .. }).then_some(()));
    rig.until("its card is gone", |snapshot, _| (snapshot.jobs.len() == 4).then_some(()));
    rig.engine().send(Order::ReadUnread(jobs[0].clone()));
    rig.until("nothing is found", |_, event| {
        let event = event?;
        let is_trouble = matches!(event, Event::Notice(easel::engine::Notice::LibraryFailed(_)));
        assert!(!is_trouble, "the journal takes what became of the other one: {event:?}");
        matches!(event, Event::Notice(easel::engine::Notice::StillUnread { .. })).then_some(())
    });
    let outside = rig.dir.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    rig.engine().send(Order::SaveElsewhere { job: jobs[0].clone(), folder: outside.clone() });
    rig.until("it is saved", |_, event| {
        matches!(event?, Event::Notice(easel::engine::Notice::SavedUnread { .. })).then_some(())
    });
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 2, "what came, and what was asked");
    assert_eq!(bodies(&library).len(), 5, "it stays as it came");
}

#[test]
fn a_picture_that_is_cut_off_is_kept_as_far_as_it_came() {
    let mut rig = Rig::start();
    let png = bodies::picture(3);
    let text = bodies::base64(&png);
    for (answer, streamed) in [
        (Answer::cut("application/json", format!("{{\"data\":[{{\"b64_json\":\"{}", &text[..41]).into_bytes()), false),
        (
            Answer::whole(
                "application/json",
                json(&[serde_json::json!({"b64_json": &text[..41]}).to_string()], "").into(),
            ),
            false,
        ),
        (
            Answer::cut(
                "text/event-stream",
                format!("data: {{\"type\":\"image_generation.completed\",\"b64_json\":\"{}", &text[..41]).into_bytes(),
            ),
            true,
        ),
        (Answer::cut("image/png", png[..30].to_vec()), false),
    ] {
        let told = rig.ask(answer, 1, streamed);
        assert!(told.kept.len() == 1 && png.starts_with(&told.kept[0]) && told.kept[0].len() == 30, "{:?}", told.kept);
        assert!(told.words().starts_with("Cut off"), "{}", told.words());
        assert_eq!(told.posts, 1);
    }
}

#[test]
fn an_answer_that_the_library_will_not_take_either_is_saved_elsewhere() {
    let mut rig = Rig::start();
    std::fs::write(rig.dir.path().join("library/incoming/unread"), b"in the way").unwrap();
    let before = |snapshot: &Snapshot| snapshot.jobs.len();
    assert_eq!(before(&rig.engine().snapshot()), 0);
    rig.server.answer_with(Answer::whole("application/x-odd", b"nobody can read this".to_vec()));
    let job = rig.submit(1, false);
    let folder = rig.until("it is saved", |_, event| match event? {
        Event::Notice(easel::engine::Notice::SavedUnread { folder }) => Some(folder),
        _ => None,
    });
    let job = rig.until("its card is there", |snapshot, _| {
        let view = snapshot.jobs.iter().find(|view| view.run.id == job)?;
        card_of(view).map(|_| view.id.clone())
    });
    let saved = folder.join(format!("answer {}.bin", job.0));
    assert_eq!(std::fs::read(&saved).unwrap(), b"nobody can read this");
    std::fs::remove_file(folder.join(format!("answer {}.bin.request.json", job.0))).unwrap();
    std::fs::remove_file(saved).unwrap();
}
