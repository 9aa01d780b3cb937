//! Alternatives in a prompt: `{red|blue} fox` stands for `red fox` and `blue fox`.
//!
//! Pure. A pair of braces with a bar right inside is a set of alternatives, which may hold others. Everything else is
//! text: braces without a bar, single braces, and a pair that is a JSON object. `\{red|blue}` is text too and is sent
//! without its backslash; inside alternatives the same holds for `\|` and `\}`, and two backslashes there are one.
//! Invariant: a prompt without alternatives is sent as it was written, to the byte.

use serde::de::IgnoredAny;

/// Prompts that one press may send at most.
pub const MOST_PROMPTS: usize = 64;

/// Braces that lie deeper than this in one another are text.
const DEEPEST: usize = 32;

/// A prompt, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Choice(Vec<Vec<Part>>),
}

/// What a brace or a bar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Text,
    /// Belongs to alternatives.
    Choice,
    /// Belongs to alternatives whose meaning was taken away.
    Quoted,
    /// Lost its own meaning to a backslash, inside alternatives.
    Plain,
}

/// A brace or a bar.
#[derive(Clone, Copy, Debug)]
struct Mark {
    kind: u8,
    /// Byte of the text.
    at: usize,
    /// Backslashes right before it.
    slashes: usize,
    role: Role,
}

impl Mark {
    fn escaped(&self) -> bool {
        self.slashes % 2 == 1
    }
}

impl Template {
    /// Reads a prompt; any text is one.
    pub fn parse(text: &str) -> Self {
        let marks = roles(text);
        if marks.iter().all(|mark| mark.role == Role::Text) {
            return Self { parts: vec![Part::Text(text.to_owned())] };
        }
        // The innermost alternatives that are open, last; before them the prompt itself.
        let mut open: Vec<(Vec<Vec<Part>>, Vec<Part>)> = vec![(Vec::new(), Vec::new())];
        let mut from = 0;
        for mark in marks.iter().filter(|mark| mark.role != Role::Text) {
            let Some((alternatives, current)) = open.last_mut() else { break };
            push(current, text.get(from..mark.at - mark.slashes).unwrap_or_default());
            push(current, &"\\".repeat(mark.slashes / 2));
            from = mark.at + 1;
            match (mark.role, mark.kind) {
                (Role::Choice, b'{') => open.push((Vec::new(), Vec::new())),
                (Role::Choice, b'|') => alternatives.push(std::mem::take(current)),
                (Role::Choice, _) => {
                    alternatives.push(std::mem::take(current));
                    let choice = Part::Choice(std::mem::take(alternatives));
                    open.pop();
                    if let Some((_, outer)) = open.last_mut() {
                        outer.push(choice);
                    }
                }
                _ => push(current, text.get(mark.at..=mark.at).unwrap_or_default()),
            }
        }
        let mut parts = open.into_iter().next().map(|(_, parts)| parts).unwrap_or_default();
        push(&mut parts, text.get(from..).unwrap_or_default());
        Self { parts }
    }

    /// Says whether the prompt stands for several.
    pub fn has_alternatives(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Choice(_)))
    }

    /// Returns how many prompts it stands for, at least 1.
    pub fn count(&self) -> u64 {
        count(&self.parts)
    }

    /// Returns the prompts it stands for, the first `most` of them; the last alternatives change first.
    pub fn prompts(&self, most: usize) -> Vec<String> {
        resolve(&self.parts, most)
    }
}

/// How often quoting is tried: each time what was JSON before, and is none with a backslash in it, is quoted too.
const PASSES: usize = 8;

/// Returns a text that is sent as this one: what would be read as alternatives gets its backslash.
///
/// A text that has backslashes before braces or bars of its own may be one that no prompt stands for.
pub fn literal(text: &str) -> String {
    let mut quoted = quote(text, |role| role != Role::Text);
    for _ in 1..PASSES {
        if !Template::parse(&quoted).has_alternatives() {
            break;
        }
        quoted = quote(&quoted, |role| role == Role::Choice);
    }
    quoted
}

/// Takes the meaning away from the marks in such roles.
fn quote(text: &str, such: impl Fn(Role) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut from = 0;
    for mark in roles(text).iter().filter(|mark| such(mark.role)) {
        escaped.push_str(text.get(from..mark.at).unwrap_or_default());
        escaped.push_str(&"\\".repeat(mark.slashes + usize::from(mark.kind == b'{')));
        from = mark.at;
    }
    escaped.push_str(text.get(from..).unwrap_or_default());
    escaped
}

fn push(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(last)) => last.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

fn count(parts: &[Part]) -> u64 {
    parts.iter().fold(1, |all, part| match part {
        Part::Text(_) => all,
        Part::Choice(alternatives) => {
            all.saturating_mul(alternatives.iter().fold(0, |sum, parts| sum.saturating_add(count(parts))))
        }
    })
}

fn resolve(parts: &[Part], most: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    for part in parts {
        match part {
            Part::Text(text) => all.iter_mut().for_each(|prompt| prompt.push_str(text)),
            Part::Choice(alternatives) => {
                let endings: Vec<String> =
                    alternatives.iter().flat_map(|parts| resolve(parts, most)).take(most).collect();
                let joined = all.iter().flat_map(|begin| endings.iter().map(move |end| format!("{begin}{end}")));
                all = joined.take(most).collect();
            }
        }
    }
    all.truncate(most);
    all
}

/// Braces that are open, by their place among the marks, with the bars right inside.
struct Open {
    place: usize,
    bars: Vec<usize>,
    /// Bars and closing braces that a backslash has made text.
    plain: Vec<usize>,
    depth: usize,
}

/// Finds braces and bars and what they mean.
fn roles(text: &str) -> Vec<Mark> {
    let mut marks = marks(text);
    if !marks.iter().any(|mark| mark.kind == b'|') {
        return marks;
    }
    let mut open: Vec<Open> = Vec::new();
    for place in 0..marks.len() {
        let Some(mark) = marks.get(place).copied() else { break };
        if mark.kind == b'{' {
            open.push(Open { place, bars: Vec::new(), plain: Vec::new(), depth: open.len() });
            continue;
        }
        let Some(inner) = open.last_mut() else { continue };
        let quoted = marks.get(inner.place).is_some_and(Mark::escaped);
        if mark.escaped() && !quoted {
            inner.plain.push(place);
        } else if mark.kind == b'|' {
            inner.bars.push(place);
        } else if let Some(pair) = open.pop() {
            close(text, &mut marks, &pair, place, quoted);
        }
    }
    marks
}

/// Decides what a pair of braces is, now that both ends are known.
fn close(text: &str, marks: &mut [Mark], pair: &Open, end: usize, quoted: bool) {
    let inside = marks.get(pair.place).zip(marks.get(end)).and_then(|(from, to)| text.get(from.at..=to.at));
    let is_json = || inside.is_some_and(|inside| serde_json::from_str::<IgnoredAny>(inside).is_ok());
    if pair.bars.is_empty() || pair.depth >= DEEPEST || is_json() {
        return;
    }
    let role = if quoted { Role::Quoted } else { Role::Choice };
    let parts = pair.bars.iter().chain([&pair.place, &end]).map(|place| (*place, role));
    for (place, role) in parts.chain(pair.plain.iter().map(|place| (*place, Role::Plain))) {
        if let Some(mark) = marks.get_mut(place) {
            mark.role = role;
        }
    }
}

fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut slashes = 0;
    for (at, byte) in text.bytes().enumerate() {
        if matches!(byte, b'{' | b'|' | b'}') {
            marks.push(Mark { kind: byte, at, slashes, role: Role::Text });
        }
        slashes = if byte == b'\\' { slashes + 1 } else { 0 };
    }
    marks
}

#[cfg(test)]
mod tests;
