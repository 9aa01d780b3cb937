//! Names of many files at once, made from a template such as `{date} {prompt:24} {seed}`.
//!
//! Pure; may import the library's names and marks. Invariants: whatever a template makes is a name that every file
//! system takes; what is not known leaves no trace, not even the dash before it.

use crate::library::safe_words;
use crate::picture::Size;
use crate::plan::Label;
use jiff::Zoned;

/// Longest name without extension and number, bytes: fits also where encryption eats half of the usual 255.
const STEM: usize = 120;
/// Most characters of a text, unless the template says otherwise.
const WIDTH: usize = 60;
/// Most digits or characters that a template may ask for.
const WIDEST: usize = 200;
/// What stands between fields, and goes with a field that is empty.
const BETWEEN: [char; 6] = ['-', '_', ' ', '.', ',', '+'];

/// A template that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct NameTemplate {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Field { field: Field, width: Option<usize> },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Date,
    Time,
    Model,
    Provider,
    Prompt,
    Seed,
    N,
    Index,
    Id,
    Width,
    Height,
    Stars,
    Label,
}

/// What a name can say of a picture.
#[derive(Clone, Debug)]
pub struct NameFacts<'a> {
    pub created: &'a Zoned,
    pub model: &'a str,
    pub provider: Option<&'a str>,
    pub prompt: &'a str,
    pub seed: Option<i64>,
    /// Place within its run, from 1.
    pub n: u32,
    /// Place among the files that are saved together, from 1.
    pub index: usize,
    pub id: &'a str,
    pub size: Option<Size>,
    /// 0: not rated.
    pub stars: u8,
    pub label: Option<Label>,
}

/// Why a template cannot be used. `at` is the character where it goes wrong, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("Type a name, such as {}", NameTemplate::DEFAULT)]
    Empty,
    #[error("There is no {{{name}}}, at character {at}; there are {}", NameTemplate::fields())]
    UnknownField { name: String, at: usize },
    #[error("The {{ at character {at} has no }} behind it; write {{{{ for a bracket in the name")]
    Unclosed { at: usize },
    #[error("The }} at character {at} has no {{ before it; write }}}} for a bracket in the name")]
    Unopened { at: usize },
    #[error("“{text}”, at character {at}, is no number of characters from 1 to {WIDEST}")]
    BadWidth { text: String, at: usize },
    #[error("{{{name}}}, at character {at}, has one length only; leave out what follows the colon")]
    NoWidth { name: String, at: usize },
}

impl Field {
    const ALL: [(&'static str, Self); 13] = [
        ("date", Self::Date),
        ("time", Self::Time),
        ("model", Self::Model),
        ("provider", Self::Provider),
        ("prompt", Self::Prompt),
        ("seed", Self::Seed),
        ("n", Self::N),
        ("index", Self::Index),
        ("id", Self::Id),
        ("width", Self::Width),
        ("height", Self::Height),
        ("stars", Self::Stars),
        ("label", Self::Label),
    ];

    fn takes_width(self) -> bool {
        !matches!(self, Self::Date | Self::Time | Self::Stars | Self::Label)
    }
}

impl NameTemplate {
    /// The template to begin with.
    pub const DEFAULT: &str = "{date} {prompt:40}";

    /// Returns all fields for people: `{date} {time} …`.
    pub fn fields() -> String {
        Field::ALL.map(|(name, _)| format!("{{{name}}}")).join(" ")
    }

    /// Reads a template: text with fields in braces. A number after a colon is the most characters of a text, and the
    /// least digits of a number; `{{` and `}}` are braces.
    ///
    /// # Errors
    /// [`TemplateError`], with the place where it goes wrong.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text.chars().enumerate().map(|(place, c)| (place + 1, c)).peekable();
        while let Some((at, c)) = rest.next() {
            let doubled = rest.peek().is_some_and(|(_, next)| *next == c);
            match c {
                '{' | '}' if doubled => {
                    rest.next();
                    plain.push(c);
                }
                '{' => {
                    let mut inside = String::new();
                    loop {
                        match rest.next() {
                            Some((_, '}')) => break,
                            Some((_, c)) if c != '{' => inside.push(c),
                            _ => return Err(TemplateError::Unclosed { at }),
                        }
                    }
                    parts.extend([Part::Text(std::mem::take(&mut plain)), field(&inside, at)?]);
                }
                '}' => return Err(TemplateError::Unopened { at }),
                c => plain.push(c),
            }
        }
        parts.push(Part::Text(plain));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        if text.trim().is_empty() { Err(TemplateError::Empty) } else { Ok(Self { parts }) }
    }

    /// Returns the name of one file without its extension; never empty. Two pictures may get the same one.
    pub fn stem(&self, facts: &NameFacts<'_>) -> String {
        let whole = self.fill(facts, usize::MAX);
        let long = whole.len().saturating_sub(STEM);
        // The prompt gives way first: what tells pictures apart often stands at the end.
        let filled = if long == 0 { whole } else { self.fill(facts, self.prompt_room(facts, long)) };
        let stem = safe_words(&filled, STEM);
        if stem.is_empty() { "picture".to_owned() } else { stem }
    }

    /// Bytes that are left for each prompt when the name is so many bytes too long.
    fn prompt_room(&self, facts: &NameFacts<'_>, long: usize) -> usize {
        let prompts = self.parts.iter().filter_map(|part| match part {
            Part::Field { field: Field::Prompt, width } => Some(text(facts.prompt, *width, usize::MAX).len()),
            _ => None,
        });
        let lengths: Vec<usize> = prompts.collect();
        lengths.iter().sum::<usize>().saturating_sub(long) / lengths.len().max(1)
    }

    fn fill(&self, facts: &NameFacts<'_>, prompt_bytes: usize) -> String {
        let mut name = String::new();
        // A field that is empty takes the text between it and its neighbour with it.
        let mut missing_first = false;
        for part in &self.parts {
            match part {
                Part::Text(text) if missing_first && name.is_empty() => name.push_str(text.trim_start_matches(BETWEEN)),
                Part::Text(text) => name.push_str(text),
                Part::Field { field, width } => {
                    let value = facts.value(*field, *width, prompt_bytes);
                    if value.is_empty() {
                        name.truncate(name.trim_end_matches(BETWEEN).len());
                        missing_first |= name.is_empty();
                    }
                    name.push_str(&value);
                }
            }
        }
        name
    }
}

fn field(inside: &str, at: usize) -> Result<Part, TemplateError> {
    let (name, width) = match inside.split_once(':') {
        Some((name, width)) => (name.trim(), Some(width.trim())),
        None => (inside.trim(), None),
    };
    let found = Field::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let Some((_, field)) = found else { return Err(TemplateError::UnknownField { name: name.to_owned(), at }) };
    let width = match width {
        None => None,
        Some(_) if !field.takes_width() => return Err(TemplateError::NoWidth { name: name.to_owned(), at }),
        Some(text) => match text.parse() {
            Ok(width) if (1..=WIDEST).contains(&width) => Some(width),
            _ => return Err(TemplateError::BadWidth { text: text.to_owned(), at }),
        },
    };
    Ok(Part::Field { field: *field, width })
}

impl NameFacts<'_> {
    /// What a field says; empty when it is not known.
    fn value(&self, field: Field, width: Option<usize>, prompt_bytes: usize) -> String {
        let digits = |number: i64| format!("{number:0width$}", width = width.unwrap_or(1));
        let side = |side: fn(Size) -> u32| self.size.map(|size| digits(side(size).into())).unwrap_or_default();
        match field {
            Field::Date => self.created.strftime("%Y-%m-%d").to_string(),
            Field::Time => self.created.strftime("%H%M%S").to_string(),
            Field::Model => text(self.model, width, usize::MAX),
            Field::Provider => text(self.provider.unwrap_or_default(), width, usize::MAX),
            Field::Prompt => text(self.prompt, width, prompt_bytes),
            Field::Seed => self.seed.map(digits).unwrap_or_default(),
            Field::N => digits(self.n.into()),
            Field::Index => digits(i64::try_from(self.index).unwrap_or(i64::MAX)),
            Field::Id => {
                // The end of an id differs most.
                let id = safe_words(self.id, WIDEST).to_lowercase();
                let skip = width.map_or(0, |width| id.chars().count().saturating_sub(width));
                id.chars().skip(skip).collect()
            }
            Field::Width => side(|size| size.width),
            Field::Height => side(|size| size.height),
            Field::Stars => self.stars.to_string(),
            Field::Label => self.label.map(|label| label.to_string()).unwrap_or_default(),
        }
    }
}

/// The beginning of a text, in whole words where there are several, without a comma at its end.
fn text(text: &str, width: Option<usize>, bytes: usize) -> String {
    const ENDS: [char; 10] = [' ', ',', ';', ':', '.', '-', '–', '、', '，', '。'];
    let width = width.unwrap_or(WIDTH);
    let end = text.char_indices().nth(width).map_or(text.len(), |(end, _)| end);
    let cut = text.get(..end).unwrap_or_default();
    let cut = match cut.rfind(char::is_whitespace) {
        Some(space) if !text.get(end..).unwrap_or_default().starts_with(char::is_whitespace) && end < text.len() => {
            cut.get(..space).unwrap_or_default()
        }
        _ => cut,
    };
    safe_words(cut, bytes.min(WIDEST * 4)).trim_end_matches(ENDS).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts<'a>(created: &'a Zoned, prompt: &'a str) -> NameFacts<'a> {
        NameFacts {
            created,
            model: "FLUX.2 Pro",
            provider: Some("Black Forest Labs"),
            prompt,
            seed: Some(7),
            n: 2,
            index: 12,
            id: "01KAPQ0000000000000000WX3F2A",
            size: Some(Size { width: 1344, height: 768 }),
            stars: 4,
            label: Some(Label::Red),
        }
    }

    fn moment() -> Zoned {
        "2026-11-22T13:05:07[UTC]".parse().unwrap()
    }

    #[test]
    fn a_template_says_what_its_fields_say() {
        let moment = moment();
        let facts = facts(&moment, "misty mountain lake, copper sky");
        for (template, name) in [
            ("{date}-{model}-{prompt:24}-{seed}", "2026-11-22-FLUX.2 Pro-misty mountain lake-7"),
            ("{DATE} {time}", "2026-11-22 130507"),
            ("{index:3} {n:2} {seed:4}", "012 02 0007"),
            ("{id:4}", "3f2a"),
            ("{id}", "01kapq0000000000000000wx3f2a"),
            ("{width}x{height}", "1344x768"),
            ("{stars} {label} {provider:5}", "4 red Black"),
            ("{model:4}", "FLUX"),
            ("{{{seed}}}", "{7}"),
            ("{prompt}", "misty mountain lake, copper sky"),
            ("{prompt:3}", "mis"),
            ("{prompt:5}", "misty"),
            ("fox/../{seed}", "fox .. 7"),
            ("...", "picture"),
        ] {
            assert_eq!(NameTemplate::parse(template).unwrap().stem(&facts), name, "{template}");
        }
    }

    #[test]
    fn what_is_not_known_leaves_no_trace() {
        let moment = moment();
        let facts = NameFacts { seed: None, label: None, provider: None, size: None, ..facts(&moment, "") };
        for (template, name) in [
            ("{date}-{model}-{prompt:24}-{seed}", "2026-11-22-FLUX.2 Pro"),
            ("{seed} - {date}", "2026-11-22"),
            ("{date}_{seed}_{n}", "2026-11-22_2"),
            ("{seed}{label}-{prompt}_{provider}", "picture"),
            ("{width}x{height}", "x"),
        ] {
            assert_eq!(NameTemplate::parse(template).unwrap().stem(&facts), name, "{template}");
        }
    }

    #[test]
    fn a_long_prompt_gives_way_to_what_comes_after_it() {
        let moment = moment();
        let long = "wörter ".repeat(100);
        let name = |template: &str| NameTemplate::parse(template).unwrap().stem(&facts(&moment, &long));
        let stem = name("{prompt:200} {seed:9}");
        assert!(stem.starts_with("wörter wörter") && stem.ends_with(" 000000007") && stem.len() <= STEM, "{stem}");
        let stem = name("{prompt:200}{prompt:200} {id}");
        assert!(stem.ends_with(" 01kapq0000000000000000wx3f2a") && stem.len() <= STEM, "{stem}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let unknown = |name: &str, at| TemplateError::UnknownField { name: name.into(), at };
        for (template, error) in [
            ("", TemplateError::Empty),
            ("  ", TemplateError::Empty),
            ("é {colour}", unknown("colour", 3)),
            ("{}", unknown("", 1)),
            ("a {date", TemplateError::Unclosed { at: 3 }),
            ("{date {seed}", TemplateError::Unclosed { at: 1 }),
            ("a}", TemplateError::Unopened { at: 2 }),
            ("{seed:x}", TemplateError::BadWidth { text: "x".into(), at: 1 }),
            ("{seed:0}", TemplateError::BadWidth { text: "0".into(), at: 1 }),
            ("{seed:99999999999999999999}", TemplateError::BadWidth { text: "99999999999999999999".into(), at: 1 }),
            ("{date:3}", TemplateError::NoWidth { name: "date".into(), at: 1 }),
        ] {
            assert_eq!(NameTemplate::parse(template), Err(error), "{template}");
        }
        let says = unknown("colour", 3).to_string();
        assert!(says.starts_with("There is no {colour}, at character 3; there are {date} {time}"), "{says}");
        assert!(TemplateError::Unclosed { at: 1 }.to_string().contains("write {{ for a bracket"));
        assert!(NameTemplate::parse(NameTemplate::DEFAULT).is_ok());
    }

    proptest! {
        #[test]
        fn any_template_and_any_prompt_make_a_usable_name(
            template in "(\\PC{0,3}|\\{(date|time|model|provider|prompt|seed|n|index|id|width)(:(2|40|200))?\\}|\\{\\{){0,8}",
            prompt in "\\PC*|.*",
            model in "\\PC{0,20}",
        ) {
            let moment = moment();
            if let Ok(template) = NameTemplate::parse(&template) {
                let stem = template.stem(&NameFacts { model: &model, ..facts(&moment, &prompt) });
                prop_assert!(!stem.is_empty() && stem.len() <= STEM);
                // Cleaning it again changes nothing: it is safe already.
                prop_assert_eq!(safe_words(&stem, STEM), stem);
            }
        }

        #[test]
        fn reading_a_template_never_fails_in_another_way(template in "[{}:a-z0-9é ]{0,20}") {
            if let Err(error) = NameTemplate::parse(&template) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
