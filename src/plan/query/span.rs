//! Numbers and days as a search compares them: `3`, `>=3`, `<3`, `2..4`.
//!
//! Imports nothing of ours; no clock. Invariant: what cannot be read is `None`, never a guess.

use jiff::civil::Date;
use jiff::{Span as Length, ToSpan};

/// What sums of money and times may differ by and still be the same; they went through divisions.
const EQUAL: f64 = 1e-9;

/// From a value, included, to below another one; `None`: without end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span<T> {
    pub from: Option<T>,
    pub below: Option<T>,
}

impl<T: PartialOrd> Span<T> {
    pub(super) fn holds(&self, value: &T) -> bool {
        self.from.as_ref().is_none_or(|from| value >= from) && self.below.as_ref().is_none_or(|below| value < below)
    }
}

/// How a value is compared.
enum Compared<'a> {
    With(Operator, &'a str),
    Between(&'a str, &'a str),
}

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    Equal,
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// Parts a folded value into its operator and what follows.
fn compared(text: &str) -> Compared<'_> {
    use Operator::{Above, AtLeast, AtMost, Below, Equal};
    const WRITTEN: [(&str, Operator); 8] = [
        (">=", AtLeast),
        ("≥", AtLeast),
        ("=>", AtLeast),
        ("<=", AtMost),
        ("≤", AtMost),
        (">", Above),
        ("<", Below),
        ("=", Equal),
    ];
    for (written, operator) in WRITTEN {
        if let Some(rest) = text.strip_prefix(written) {
            return Compared::With(operator, rest);
        }
    }
    match text.split_once("..") {
        Some((from, to)) => Compared::Between(from, to),
        None => Compared::With(Equal, text),
    }
}

/// Reads a comparison of what `stretch` reads as the stretch that one written value stands for: 3 is 3 to below 4.
fn stretches<T: PartialOrd + Copy>(text: &str, stretch: impl Fn(&str) -> Option<(T, T)>) -> Option<Span<T>> {
    match compared(text) {
        Compared::With(operator, value) => {
            let (start, end) = stretch(value)?;
            let (from, below) = match operator {
                Operator::Equal => (Some(start), Some(end)),
                Operator::Above => (Some(end), None),
                Operator::AtLeast => (Some(start), None),
                Operator::Below => (None, Some(start)),
                Operator::AtMost => (None, Some(end)),
            };
            Some(Span { from, below })
        }
        Compared::Between("", "") => None,
        Compared::Between(from, "") => Some(Span { from: Some(stretch(from)?.0), below: None }),
        Compared::Between("", to) => Some(Span { from: None, below: Some(stretch(to)?.1) }),
        Compared::Between(from, to) => {
            let (a, b) = (stretch(from)?, stretch(to)?);
            // Either end may be written first.
            let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
            Some(Span { from: Some(a.0), below: Some(b.1) })
        }
    }
}

/// Reads whole numbers, also negative ones.
pub(super) fn whole(text: &str) -> Option<Span<i64>> {
    stretches(text, |text| {
        let number: i64 = text.parse().ok()?;
        Some((number, number.saturating_add(1)))
    })
}

/// Reads pixels, or thousands of them: `2k` stands for 1,920 to below 2,880, so that it covers what is sold as 2K.
pub(super) fn pixels(text: &str) -> Option<Span<i64>> {
    const K: f64 = 960.0;
    stretches(text, |text| match text.strip_suffix('k') {
        Some(count) => {
            let count = number(count)?;
            let step = if count.fract() == 0.0 { 1.0 } else { 0.5 };
            Some(((count * K) as i64, ((count + step) * K) as i64))
        }
        None => {
            let side: u32 = text.parse().ok()?;
            Some((i64::from(side), i64::from(side) + 1))
        }
    })
}

/// Reads sums or times; `scale` reads a value with its unit. A value alone stands for what is rounded to it as it is
/// written: 0.04 for 0.035 to 0.045, but 0 only for 0.
pub(super) fn amounts(text: &str, scale: impl Fn(&str) -> Option<(f64, f64)>) -> Option<Span<f64>> {
    let exact = |text: &str| scale(text).map(|(value, unit)| value * unit);
    match compared(text) {
        Compared::With(Operator::Equal, text) => {
            let (value, unit) = scale(text)?;
            let digits = text.split_once('.').map_or("", |(_, digits)| digits);
            let decimals = digits.bytes().take_while(u8::is_ascii_digit).count().min(9);
            let half = if value == 0.0 { EQUAL } else { 0.5 / 10_f64.powi(decimals as i32) };
            Some(Span { from: Some((value - half) * unit - EQUAL), below: Some((value + half) * unit) })
        }
        Compared::With(operator, text) => {
            let value = exact(text)?;
            Some(match operator {
                Operator::Above => Span { from: Some(value + EQUAL), below: None },
                Operator::Below => Span { from: None, below: Some(value - EQUAL) },
                Operator::AtMost => Span { from: None, below: Some(value + EQUAL) },
                Operator::AtLeast | Operator::Equal => Span { from: Some(value - EQUAL), below: None },
            })
        }
        Compared::Between(..) => {
            stretches(text, |text| exact(text).map(|value| (value, value))).map(|Span { from, below }| Span {
                from: from.map(|value| value - EQUAL),
                below: below.map(|value| value + EQUAL),
            })
        }
    }
}

/// Reads a plain number, not negative.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// Days that a date term means, of which some are counted from today.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Days {
    Fixed(Span<Date>),
    /// Up to and with today; yesterday is one day before.
    Recent {
        back: i64,
        days: i64,
    },
}

impl Days {
    pub(super) fn hold(self, day: Date, today: Date) -> bool {
        match self {
            Self::Fixed(span) => span.holds(&day),
            Self::Recent { back, days } => {
                let from = Length::new().days(back + days - 1);
                let span = Span {
                    from: today.checked_sub(from).ok(),
                    below: today.checked_sub(back.days()).ok().and_then(|last| last.tomorrow().ok()),
                };
                span.holds(&day)
            }
        }
    }
}

/// Reads days: `today`, `yesterday`, `week` (today and the six days before), `month` (and the 29 before), a year, a
/// month, a day, and comparisons of the last three.
pub(super) fn days(text: &str) -> Option<Days> {
    let (back, days) = match text {
        "today" => (0, 1),
        "yesterday" => (1, 1),
        "week" => (0, 7),
        "month" => (0, 30),
        _ => return stretches(text, calendar).map(Days::Fixed),
    };
    Some(Days::Recent { back, days })
}

/// Reads `2026`, `2026-11` or `2026-11-22` as its first day and the one after its last.
fn calendar(text: &str) -> Option<(Date, Date)> {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |text: &str, length: usize| -> Option<i16> {
        let digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let two = |text: &str| number(text, 2).and_then(|number| i8::try_from(number).ok());
    let (first, length) = match parts.as_slice() {
        [year] => (Date::new(number(year, 4)?, 1, 1).ok()?, 1.year()),
        [year, month] => (Date::new(number(year, 4)?, two(month)?, 1).ok()?, 1.month()),
        [year, month, day] => (Date::new(number(year, 4)?, two(month)?, two(day)?).ok()?, 1.day()),
        _ => return None,
    };
    Some((first, first.checked_add(length).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_compared_in_every_way() {
        for (text, held, missed) in [
            ("3", &[3][..], &[2, 4][..]),
            ("=3", &[3], &[2, 4]),
            (">=3", &[3, 4], &[2]),
            ("≥3", &[3], &[2]),
            (">3", &[4], &[3]),
            ("<=3", &[-9, 3], &[4]),
            ("<3", &[2], &[3]),
            ("2..4", &[2, 3, 4], &[1, 5]),
            ("4..2", &[2, 3, 4], &[1, 5]),
            ("2..", &[2, 99], &[1]),
            ("..2", &[-9, 2], &[3]),
            ("-7", &[-7], &[7]),
        ] {
            let span = whole(text).unwrap();
            assert!(held.iter().all(|number| span.holds(number)), "{text}");
            assert!(!missed.iter().any(|number| span.holds(number)), "{text}");
        }
        for text in ["", ">", "..", "x", "3x", "2...4", "3.5", ">=", "1..x"] {
            assert_eq!(whole(text), None, "{text}");
        }
        assert!(whole(&i64::MAX.to_string()).is_some());
    }

    #[test]
    fn an_amount_alone_stands_for_what_is_rounded_to_it() {
        let dollars = |text: &str| Some((number(text)?, 1.0));
        for (text, held, missed) in [
            ("0.04", &[0.04, 0.0351, 0.0449][..], &[0.034, 0.046][..]),
            ("0", &[0.0], &[0.003]),
            (">0.05", &[0.052], &[0.05, 0.15 / 3.0]),
            (">=0.05", &[0.15 / 3.0], &[0.049]),
            ("<0.05", &[0.0, 0.049], &[0.15 / 3.0]),
            ("<=0.3", &[0.1 + 0.2], &[0.31]),
            ("0.1..0.3", &[0.1, 0.1 + 0.2], &[0.09, 0.31]),
        ] {
            let span = amounts(text, dollars).unwrap();
            assert!(held.iter().all(|sum| span.holds(sum)), "{text}");
            assert!(!missed.iter().any(|sum| span.holds(sum)), "{text}");
        }
        for text in ["", "-1", "inf", "nan", "1e3", ".", "0.1..x"] {
            assert!(amounts(text, dollars).is_none(), "{text}");
        }
    }

    #[test]
    fn thousands_of_pixels_cover_what_is_sold_under_that_name() {
        for (text, side, held) in [
            ("2k", 1920, true),
            ("2k", 2048, true),
            ("2k", 2880, false),
            (">=4k", 3840, true),
            (">=4k", 3839, false),
            ("<2k", 1919, true),
            ("<2k", 1920, false),
            ("1.5k", 1536, true),
            ("1024", 1024, true),
            ("1024", 1025, false),
        ] {
            assert_eq!(pixels(text).unwrap().holds(&side), held, "{text} {side}");
        }
        assert!(pixels("k").is_none() && pixels("-2k").is_none() && pixels("-1").is_none());
    }

    #[test]
    fn days_are_read_from_the_calendar_or_counted_from_today() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        for (text, day, held) in [
            ("2026", "2026-12-31", true),
            ("2026", "2027-01-01", false),
            ("2026-11", "2026-11-30", true),
            ("2026-11", "2026-12-01", false),
            ("2026-11-22", "2026-11-22", true),
            ("2026-11-22", "2026-11-23", false),
            (">2026-11", "2026-11-30", false),
            (">2026-11", "2026-12-01", true),
            ("<=2026-11", "2026-11-30", true),
            ("2026-11..2026-10-05", "2026-10-05", true),
            ("2026-10..2026-11", "2026-12-01", false),
            ("2026-12..", "2028-01-01", true),
            ("today", "2026-03-01", true),
            ("today", "2026-02-28", false),
            ("yesterday", "2026-02-28", true),
            ("yesterday", "2026-03-01", false),
            ("week", "2026-02-23", true),
            ("week", "2026-02-22", false),
            ("week", "2026-03-02", false),
            ("month", "2026-01-31", true),
            ("month", "2026-01-30", false),
        ] {
            assert_eq!(days(text).unwrap().hold(date(day), date("2026-03-01")), held, "{text} {day}");
        }
        for text in ["", "26", "2026-1", "2026-13", "2026-02-30", "2026-", "2026-11-22-1", "+026", "tomorrow", "9999"] {
            assert_eq!(days(text), None, "{text}");
        }
    }
}
