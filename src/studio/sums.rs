//! Short texts about many things at once: what a run cost, when it was, what was spent, where requests go.
//!
//! Pure. Invariant: a sum with unknown parts says so.

use crate::api::harmless;
use crate::engine::{Service, ServiceKind, Spending};
use crate::library::Picture;
use crate::plan::Usd;
use jiff::{Timestamp, ToSpan, Zoned};
use std::borrow::Cow;

/// Longest prompt that is laid out as one line, characters.
const LONGEST: usize = 300;

/// Returns a text on one line, whoever wrote it: runs of white space as one space, without what turns a line around or
/// cannot be seen, cut where no window is wide enough for more.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for (count, word) in text.split_whitespace().enumerate() {
        if count > 0 {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
            break;
        }
    }
    match harmless(&line) {
        Cow::Owned(shown) => shown,
        Cow::Borrowed(_) => line,
    }
}

/// Returns what pictures cost together: `$0.52`, `$0.39 + 1 unknown`, `price unknown`, `free`.
pub fn cost_text<'a>(pictures: impl IntoIterator<Item = &'a Picture>) -> String {
    let (mut sum, mut known, mut unknown) = (0.0, 0, 0);
    for picture in pictures {
        match picture.cost {
            Some(cost) => {
                sum += cost;
                known += 1;
            }
            None => unknown += 1,
        }
    }
    match (known, unknown) {
        (0, 0) => String::new(),
        (0, _) => "price unknown".to_owned(),
        (_, 0) if sum == 0.0 => "free".to_owned(),
        (_, 0) => Usd(sum).to_string(),
        (_, unknown) => format!("{} + {unknown} unknown", Usd(sum)),
    }
}

/// Returns when something was, seen from `now`: `today 13:05`, `yesterday`, `12 Nov`, `12 Nov 2024`.
pub fn when_text(ms: i64, now: &Zoned) -> String {
    let Ok(moment) = Timestamp::from_millisecond(ms) else { return String::new() };
    let moment = moment.to_zoned(now.time_zone().clone());
    let (day, today) = (moment.date(), now.date());
    if day == today {
        return moment.strftime("today %H:%M").to_string();
    }
    if today.checked_sub(1.day()).is_ok_and(|yesterday| yesterday == day) {
        return "yesterday".to_owned();
    }
    moment.strftime(if day.year() == today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// Returns a day for people: `Today`, `Yesterday`, `Sunday 22 November`, with the year when it is another one.
pub fn day_text(ms: i64, now: &Zoned) -> String {
    let Ok(moment) = Timestamp::from_millisecond(ms) else { return String::new() };
    let moment = moment.to_zoned(now.time_zone().clone());
    let (day, today) = (moment.date(), now.date());
    if day == today {
        return "Today".to_owned();
    }
    if today.checked_sub(1.day()).is_ok_and(|yesterday| yesterday == day) {
        return "Yesterday".to_owned();
    }
    moment.strftime(if day.year() == today.year() { "%A %-d %B" } else { "%A %-d %B %Y" }).to_string()
}

/// Returns `1 picture` or `4 pictures`.
pub fn pictures_text(count: usize) -> String {
    if count == 1 { "1 picture".to_owned() } else { format!("{count} pictures") }
}

/// Returns what today's pictures cost: `Today $0.42 · 12 pictures`.
pub fn spending_text(spending: &Spending) -> String {
    let Spending { today, unknown, pictures } = *spending;
    let count = pictures_text(pictures as usize);
    match (pictures, unknown) {
        (0, _) => "Nothing made today".to_owned(),
        (_, 0) => format!("Today {} · {count}", Usd(today)),
        (pictures, unknown) if unknown >= pictures => format!("Today {count} · price unknown"),
        (_, unknown) => format!("Today {} + {unknown} unknown · {count}", Usd(today)),
    }
}

/// Returns a moment that may be ahead, as the service writes it (ISO 8601): `today 18:00`, `1 December 01:00`; its own
/// words where they are no moment.
pub fn when_ahead_text(text: &str, now: &Zoned) -> String {
    let Ok(moment) = text.parse::<Timestamp>() else { return text.to_owned() };
    let moment = moment.to_zoned(now.time_zone().clone());
    let (day, today) = (moment.date(), now.date());
    let form = match () {
        () if day == today => "today %H:%M",
        () if day.year() == today.year() => "%-d %B %H:%M",
        () => "%-d %B %Y %H:%M",
    };
    moment.strftime(form).to_string()
}

/// Returns the name of where requests go: `Demo`, `OpenRouter` or the host of another server.
pub fn service_name(service: &Service) -> String {
    match service.kind {
        ServiceKind::Demo => "Demo".to_owned(),
        ServiceKind::OpenRouter => "OpenRouter".to_owned(),
        ServiceKind::Custom => {
            let rest = service.base.split_once("://").map_or(service.base.as_str(), |(_, rest)| rest);
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            // Whatever stands before an @ may be a secret.
            host.rsplit('@').next().unwrap_or_default().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::picture;

    #[test]
    fn sums_say_what_they_leave_out() {
        for (costs, text) in [
            (vec![], ""),
            (vec![Some(0.13); 4], "$0.52"),
            (vec![Some(0.13), None, Some(0.26)], "$0.39 + 1 unknown"),
            (vec![None, None], "price unknown"),
            (vec![Some(0.0)], "free"),
        ] {
            let pictures: Vec<_> = costs.iter().map(|cost| Picture { cost: *cost, ..picture(1, 1) }).collect();
            assert_eq!(cost_text(&pictures), text, "{costs:?}");
        }
        for (today, unknown, pictures, text) in [
            (0.0, 0, 0, "Nothing made today"),
            (0.42, 0, 12, "Today $0.42 · 12 pictures"),
            (0.04, 0, 1, "Today $0.04 · 1 picture"),
            (0.4, 2, 12, "Today $0.40 + 2 unknown · 12 pictures"),
            (0.0, 3, 3, "Today 3 pictures · price unknown"),
        ] {
            assert_eq!(spending_text(&Spending { today, unknown, pictures }), text);
        }
    }

    #[test]
    fn days_are_named_as_people_name_them() {
        let now: Zoned = "2026-11-22T14:00[Europe/Vienna]".parse().unwrap();
        for (moment, text) in [
            ("2026-11-22T13:05[Europe/Vienna]", "today 13:05"),
            ("2026-11-22T00:00[Europe/Vienna]", "today 00:00"),
            ("2026-11-21T23:59[Europe/Vienna]", "yesterday"),
            ("2026-11-12T08:00[Europe/Vienna]", "12 Nov"),
            ("2025-11-12T08:00[Europe/Vienna]", "12 Nov 2025"),
        ] {
            let moment: Zoned = moment.parse().unwrap();
            assert_eq!(when_text(moment.timestamp().as_millisecond(), &now), text);
        }
        assert_eq!(when_text(i64::MAX, &now), "");
        for (text, said) in [
            ("2026-11-22T00:00[Europe/Berlin]", "Today"),
            ("2026-11-21T23:59[Europe/Berlin]", "Yesterday"),
            ("2026-11-20T09:00[Europe/Berlin]", "Friday 20 November"),
            ("2025-11-22T09:00[Europe/Berlin]", "Saturday 22 November 2025"),
        ] {
            let moment: Zoned = text.parse().unwrap();
            assert_eq!(day_text(moment.timestamp().as_millisecond(), &now), said);
        }
    }

    #[test]
    fn a_prompt_becomes_one_line_of_bearable_length() {
        assert_eq!(one_line("  a\n\tred   fox "), "a red fox");
        assert_eq!(one_line("fox\u{202e}gnp\u{200b}\u{7}"), "foxgnp\u{fffd}");
        let long = one_line(&"word ".repeat(10_000));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn services_are_named_without_secrets() {
        let service = |kind, base: &str| Service { kind, base: base.into(), key: None };
        for (kind, base, name) in [
            (ServiceKind::Demo, "http://127.0.0.1:9/api/v1", "Demo"),
            (ServiceKind::OpenRouter, "https://openrouter.ai/api/v1", "OpenRouter"),
            (ServiceKind::Custom, "http://localhost:8080/api/v1", "localhost:8080"),
            (ServiceKind::Custom, "https://me:secret@images.example/v1", "images.example"),
        ] {
            assert_eq!(service_name(&service(kind, base)), name);
        }
    }

    #[test]
    fn moments_ahead_are_named_in_local_time() {
        let now: Zoned = "2026-11-22T14:00[Europe/Vienna]".parse().unwrap();
        for (text, said) in [
            ("2026-11-22T17:00:00Z", "today 18:00"),
            ("2026-12-01T00:00:00.000Z", "1 December 01:00"),
            ("2027-01-01T00:00:00+00:00", "1 January 2027 01:00"),
            ("soon", "soon"),
        ] {
            assert_eq!(when_ahead_text(text, &now), said);
        }
    }
}
