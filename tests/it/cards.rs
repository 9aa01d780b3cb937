//! Tiles without a picture: on the way, and failed in every way there is.

use crate::desk::{Desk, FLAGGED, click_at, desk, failed, names, refused, send_partial, settle, show_jobs, step_until};
use crate::painter;
use easel::api::{self, Error};
use easel::engine::{ConnectionChoice, DiskError, Failure, Growth, JobError, Phase, Unknown};
use easel::library::FailureRecord;
use egui::{Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn limited() -> JobError {
    let body = br#"{"error":{"code":429,"message":"Provider returned error: slow down"}}"#;
    let refusal = api::Refusal::parse(429, &reqwest::header::HeaderMap::new(), body);
    JobError::Api(Error::Refused(Box::new(refusal)))
}

fn on_the_way() -> Vec<Phase> {
    let retry_at = Instant::now() + Duration::from_millis(6_500);
    vec![
        Phase::Receiving { note: None },
        Phase::Sending,
        Phase::Receiving { note: Some("Planning the composition around the nebula".into()) },
        Phase::Retrying { at: retry_at, attempt: 2, reason: Arc::new(limited()) },
        Phase::Queued { ticket: 3 },
        Phase::Queued { ticket: 0 },
        Phase::Held,
    ]
}

fn ended() -> Vec<Phase> {
    let status =
        |code: u16, message: &str| refused(&format!(r#"{{"error":{{"code":{code},"message":"{message}"}}}}"#), code);
    vec![
        refused(FLAGGED, 403),
        failed(limited()),
        status(402, "Insufficient credits. Add more to go on."),
        status(401, "No auth credentials found"),
        failed(JobError::Api(Error::Broken { reason: "connection reset by peer".into() })),
        failed(JobError::Api(Error::EndedEarly)),
        failed(JobError::Api(Error::TimedOut { after: Duration::from_secs(90), what: api::Wait::Silence })),
        failed(JobError::Api(Error::Empty)),
        failed(JobError::Incomplete { asked: 4, arrived: 2, cut: 0, unreadable: 0, cause: None }),
        status(413, "Request Entity Too Large"),
        failed(JobError::Reference { name: "fox.png".into(), reason: "its file is missing".into() }),
        Phase::Unknown(Unknown {
            answered: true,
            growth: Growth::Grown { by: 0.04, stored: 0.0, others: 0 },
            record: None,
        }),
        Phase::Unsaved { error: DiskError::Stopped, count: 1, elsewhere: None },
        Phase::Cancelled,
    ]
}

/// Shows the phases in the newest run with tiles of this size.
fn showing(theme: Theme, phases: fn() -> Vec<Phase>, tile: f32) -> Harness<'static, Desk> {
    showing_in(vec2(1280.0, 800.0), theme, phases, tile)
}

/// A low window with the cards and little else, whose picture is light.
fn showing_low(phases: fn() -> Vec<Phase>, tile: f32) -> Harness<'static, Desk> {
    showing_in(vec2(1000.0, 400.0), Theme::Dark, phases, tile)
}

fn showing_in(size: egui::Vec2, theme: Theme, phases: fn() -> Vec<Phase>, tile: f32) -> Harness<'static, Desk> {
    let mut h = desk(size, theme);
    h.state_mut().studio.layout.tile = tile;
    h.state_mut().studio.layout.left_open = false;
    show_jobs(&mut h, phases());
    settle(&mut h);
    h
}

fn way(theme: Theme, name: &str) {
    let mut h = showing(theme, on_the_way, 188.0);
    send_partial(&mut h, "Z00");
    show_jobs(&mut h, on_the_way());
    h.run_steps(1);
    painter::snapshot(&mut h, name);
}

#[test]
fn tiles_on_the_way_look_as_drawn_in_the_dark() {
    way(Theme::Dark, "cards_way_dark");
}

#[test]
fn tiles_on_the_way_look_as_drawn_in_the_light() {
    way(Theme::Light, "cards_way_light");
}

#[test]
fn failed_tiles_look_as_drawn_in_the_dark() {
    painter::snapshot(&mut showing(Theme::Dark, ended, 188.0), "cards_failed_dark");
}

#[test]
fn failed_tiles_look_as_drawn_in_the_light() {
    painter::snapshot(&mut showing(Theme::Light, ended, 188.0), "cards_failed_light");
}

#[test]
fn failed_tiles_can_be_read_when_they_are_small() {
    painter::snapshot(&mut showing(Theme::Dark, ended, 112.0), "cards_failed_small_dark");
}

#[test]
fn the_buttons_of_a_card_do_what_they_say() {
    let mut h = showing(Theme::Dark, || vec![refused(FLAGGED, 403)], 260.0);
    h.get_by_label("Edit prompt").click();
    h.run_steps(3);
    assert_eq!(h.state().given, ["EditJob(JobId(\"Z00\"))"]);
    step_until(&mut h, "the panel has opened and moved the card", |desk| desk.studio.layout.left_open);
    h.run_steps(2);
    h.get_by_label("Remove this tile").click_accesskit();
    h.run_steps(3);
    assert_eq!(h.state().given.last().map(String::as_str), Some("DismissJob(JobId(\"Z00\"))"));
}

#[test]
fn a_card_too_small_for_its_buttons_has_them_in_its_menu() {
    let mut h = showing_low(|| vec![refused(FLAGGED, 403)], 96.0);
    assert!(h.query_by_label("Other endpoint").is_none());
    let title = h.get_by_label_contains("Refused by the provider: A red panda").rect().left_top() + vec2(40.0, 18.0);
    click_at(&mut h, title, egui::Modifiers::NONE);
    assert!(h.query_by_label("Other endpoint").is_some(), "{:?}", names(&h));
    painter::snapshot(&mut h, "cards_menu_dark");
    h.get_by_label("Other endpoint").click();
    h.run_steps(3);
    assert_eq!(h.state().given, ["OtherEndpoint(JobId(\"Z00\"))"]);
}

#[test]
fn what_the_service_said_is_folded_in_the_menu_and_opened_and_copied_by_keys() {
    let mut h = showing(Theme::Dark, || vec![refused(FLAGGED, 403)], 188.0);
    let press = |h: &mut Harness<'static, Desk>, label: &str| {
        h.get_by_label_contains(label).focus();
        h.run_steps(2);
        h.key_press(egui::Key::Enter);
        h.run_steps(4);
    };
    press(&mut h, "Refused by the provider: A red panda");
    let said = |h: &Harness<'static, Desk>| {
        h.query_all_by(|node| {
            [node.value(), node.label()].into_iter().flatten().any(|text| text.contains("Status: 403"))
        })
        .count()
    };
    assert_eq!(said(&h), 0, "folded: {:?}", names(&h));
    press(&mut h, "Details");
    assert!(said(&h) > 0, "{:?}", names(&h));
    h.get_by_label("Copy details").focus();
    h.run_steps(2);
    // Pressed alone: what a frame copies is told by that frame.
    let (key, modifiers) = (egui::Key::Enter, egui::Modifiers::NONE);
    h.event(egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers });
    h.step();
    let copied = h.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.unwrap_or_default();
    for part in ["Kind: content_policy", "Status: 403", "Provider: ByteDance", "Flagged: nebula weapon", "Answer: {"] {
        assert!(copied.contains(part), "{part}: {copied}");
    }
}

#[test]
fn a_tile_on_the_way_is_cancelled_by_its_cross() {
    let mut h = showing(Theme::Dark, || vec![Phase::Sending], 188.0);
    h.get_by_label("Cancel this picture").click();
    h.run_steps(3);
    assert_eq!(h.state().given, ["Cancel(JobId(\"Z00\"))"]);
    h.get_by_label_contains("Cancel run: A red panda").click();
    h.run_steps(3);
    assert!(h.state().given.last().is_some_and(|command| command.starts_with("CancelRun(")));
}

/// A refusal that explains itself at length.
const LENGTHY: &str = "The prompt was not accepted because it names a living artist, a trade mark and a place that may not \
                       be shown; write it in other words, leave these names out or describe what you have seen in them. \
                       What the model would have made of it is not kept, and the provider does not look at it again.";

fn odd_answers() -> Vec<Phase> {
    let unreadable = JobError::Api(Error::Unreadable { reason: "it is a web page instead of JSON".into() });
    let record = FailureRecord { unread: Some(12_300), ..unreadable.record(0) };
    let incomplete = |asked, arrived, cut, cause: Option<Error>| {
        let error = JobError::Incomplete { asked, arrived, cut, unreadable: 0, cause: cause.map(Box::new) };
        let record = FailureRecord { cost: (cut == 0).then_some(0.03), ..error.record(arrived) };
        Phase::Failed(Failure { record, error: Some(Arc::new(error)) })
    };
    let busy = api::Refusal::parse(503, &reqwest::header::HeaderMap::new(), b"Slow down");
    vec![
        Phase::Failed(Failure { record, error: None }),
        incomplete(3, 2, 0, Some(Error::Refused(Box::new(busy.clone())))),
        incomplete(1, 1, 0, Some(Error::Refused(Box::new(busy)))),
        incomplete(1, 1, 1, Some(Error::Broken { reason: "the connection was reset".into() })),
        failed(JobError::Inside { sent: true }),
        // More words than there is room for: the bill stays.
        refused(LENGTHY, 400),
    ]
}

#[test]
fn odd_answers_look_as_drawn() {
    let mut h = showing(Theme::Dark, odd_answers, 230.0);
    painter::snapshot(&mut h, "cards_odd_dark");
    h.get_by_label("Read it again").click();
    h.run_steps(3);
    h.get_by_label("Save what came…").click();
    h.run_steps(3);
    let given = &h.state().given;
    assert_eq!(given[0], "ReadUnread(JobId(\"Z00\"))");
    assert!(given[1].contains("SaveElsewhere(JobId(\"Z00\"))"), "{given:?}");
}

#[test]
fn flagged_words_are_marked_in_the_prompt_until_they_are_gone() {
    let mut h = showing(Theme::Dark, || vec![refused(FLAGGED, 403)], 188.0);
    h.state_mut().studio.layout.left_open = true;
    h.state_mut().studio.draft.prompt = "A red panda with a Nebula Weapon, studio lighting".into();
    h.run_steps(3);
    assert!(h.query_by_label("Flagged by the provider: “Nebula Weapon”").is_some(), "{:?}", names(&h));
    painter::snapshot(&mut h, "cards_flagged_dark");
    h.state_mut().studio.draft.prompt = "A red panda with a balloon".into();
    h.run_steps(3);
    assert!(h.query_by_label_contains("Flagged by").is_none());
}

fn for_others() -> Vec<Phase> {
    let studio = ConnectionChoice::Named("Studio".into());
    vec![
        Phase::Elsewhere { service: "Studio".into(), choice: Some(studio), held: false },
        Phase::Elsewhere { service: "gone.example".into(), choice: None, held: true },
    ]
}

#[test]
fn what_waits_for_another_service_is_sent_to_the_one_in_use_by_one_press() {
    let mut h = showing_low(for_others, 260.0);
    painter::snapshot(&mut h, "cards_elsewhere_dark");
    let first = |h: &Harness<'static, Desk>, name: &str| h.query_all_by_label(name).count();
    assert_eq!(first(&h, "Send it to Demo instead"), 2);
    assert_eq!(first(&h, "Switch to Studio"), 1, "what nobody can choose is not offered");
    h.query_all_by_label("Send it to Demo instead").next().unwrap().click();
    h.run_steps(3);
    // By the keyboard.
    h.get_by_label("Switch to Studio").focus();
    h.run_steps(2);
    h.key_press(egui::Key::Enter);
    h.run_steps(3);
    h.query_all_by_label("Send all 2 here").next().unwrap().click();
    h.run_steps(3);
    h.query_all_by_label("Cancel this picture").next().unwrap().click_accesskit();
    h.run_steps(3);
    let given = h.state().given.clone();
    assert!(given[0].starts_with(r#"SendHere { jobs: [JobId("Z00")], to: ServiceMark"#), "{given:?}");
    assert_eq!(given[1], r#"Service(UseConnection(Named("Studio")))"#);
    assert!(given[2].starts_with(r#"SendHere { jobs: [JobId("Z00"), JobId("Z01")]"#), "{given:?}");
    assert_eq!(given[3], r#"Cancel(JobId("Z00"))"#);
    assert_eq!(given.len(), 4);
}

#[test]
fn the_palette_sends_all_that_waits_for_others_here() {
    let h = showing(Theme::Dark, for_others, 188.0);
    let entries = h.state().studio.palette();
    let entry = entries.iter().find(|entry| entry.text == "Send all 2 here, to Demo");
    assert!(entry.is_some_and(|entry| entry.kind == "Service" && entry.why_not.is_none()));
}
