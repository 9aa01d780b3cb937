//! The controls a model gets, from its descriptors alone, and how many reference pictures it takes.
//!
//! May import `api`. Invariant: every declared field gets a control that can produce a value the service takes; a
//! control never offers a value that no endpoint in question lists, but the number of pictures: more than an endpoint
//! takes at once are asked for in several calls.

use super::draft::Draft;
use super::fields::{self, IMAGES_CAP, ValueType, most_images};
use super::scope::{Offering, Scope};
use crate::api::{Capability, Endpoint, Model, Parameters};

/// Describes one control of the settings panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// Request field; the key of its wish in the draft.
    pub field: String,
    /// For people; the raw field name when the field is not known.
    pub label: String,
    /// One line for a tooltip; `None` when nothing is known of the field.
    pub help: Option<&'static str>,
    pub kind: ControlKind,
    /// Which endpoints offer the field, when not all in question do.
    pub offered_by: Option<Offer>,
}

/// Says how a control looks and which values it makes. Every kind also has a "provider default" state: no wish.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlKind {
    /// One of the strings.
    Choice { values: Vec<ChoiceValue> },
    /// One of the proportions; also holds `auto`. See [`super::ratio_of`] for the shape to draw.
    AspectRatio { values: Vec<ChoiceValue> },
    /// A JSON number, ends included, `min <= max`; an integer when `integer`.
    Number { min: f64, max: f64, integer: bool },
    /// A JSON integer.
    Seed,
    /// A string: a tier such as `2K`, or pixels such as `1536x1024`.
    Size,
    /// A checkbox that sends `true`: the field is accepted, the type of its value is not known.
    Flag,
    /// Any JSON value: a descriptor type that this version does not know (named by `kind`), or a text without a list.
    Raw { kind: String },
}

/// One value of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceValue {
    pub value: String,
    /// False when some endpoints in question do not list the value.
    pub offered_by_all: bool,
    /// `only on …`, when not offered by all.
    pub note: Option<String>,
}

/// Names the endpoints that offer something not all of them do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Providers for people, in the service's order.
    pub names: Vec<String>,
    /// How many endpoints are in question.
    pub of: usize,
}

/// Says how many reference pictures a request may carry, ends included. 0 to 0: none are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReferenceLimits {
    pub min: u32,
    pub max: u32,
}

/// The service's own limit for references of one request.
const REFERENCES_CAP: u32 = 16;

/// What the control of the number of pictures goes up to at least.
const USUAL_IMAGES: u32 = 10;

impl ReferenceLimits {
    /// Reads the limits from a parameter map: absent means none, a descriptor that is not a range means up to 16.
    pub(crate) fn of(parameters: &Parameters) -> Self {
        match parameters.get("input_references") {
            None => Self::default(),
            Some(Capability::Range { min, max }) => {
                let (min, max, _) = fields::range(*min, *max);
                // The casts saturate: a hostile number ends at the cap.
                let max = (max.floor() as u32).min(REFERENCES_CAP);
                Self { min: (min.ceil() as u32).min(max), max }
            }
            Some(_) => Self { min: 0, max: REFERENCES_CAP },
        }
    }

    /// Says whether that many references may be sent.
    pub fn contains(&self, count: usize) -> bool {
        (self.min as usize..=self.max as usize).contains(&count)
    }
}

/// Returns the limits of the reference panel: of the pinned endpoint, else the widest of all endpoints.
pub fn reference_limits(draft: &Draft, model: &Model, endpoints: Option<&[Endpoint]>) -> ReferenceLimits {
    widest_limits(&Scope::of(draft, model, endpoints).offerings)
}

pub(crate) fn widest_limits(offerings: &[Offering<'_>]) -> ReferenceLimits {
    offerings
        .iter()
        .map(|offering| ReferenceLimits::of(offering.parameters))
        .reduce(|a, b| ReferenceLimits { min: a.min.min(b.min), max: a.max.max(b.max) })
        .unwrap_or_default()
}

/// Returns the controls to draw, in drawing order: of the pinned endpoint when it is known, else the union of all
/// endpoints, else (endpoints not loaded yet, or none) the model's own map.
pub fn controls(draft: &Draft, model: &Model, endpoints: Option<&[Endpoint]>) -> Vec<Control> {
    let scope = Scope::of(draft, model, endpoints);
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in scope.offerings.iter().flat_map(|offering| offering.parameters.iter()) {
        if fields::is_parameter(name) && !names.contains(&name) {
            names.push(name);
        }
    }
    if !names.contains(&IMAGES) {
        names.push(IMAGES);
    }
    names.sort_by_key(|name| fields::place(name));
    names.into_iter().filter_map(|name| control(name, &scope.offerings)).collect()
}

/// The field that counts pictures.
const IMAGES: &str = "n";

/// The control of the number of pictures, which every model has.
fn images(offerings: &[Offering<'_>]) -> Control {
    let most = offerings.iter().map(|offering| most_images(offering.parameters)).max().unwrap_or(1);
    let max = most.clamp(USUAL_IMAGES, IMAGES_CAP);
    let help = match most {
        1 => Some("How many pictures to ask for, each in a request of its own"),
        most if most < max => {
            Some("How many pictures to ask for; more than the model makes at once take several requests")
        }
        _ => fields::known(IMAGES).map(|field| field.help),
    };
    Control {
        field: IMAGES.to_owned(),
        label: fields::label(IMAGES).to_owned(),
        help,
        kind: ControlKind::Number { min: 1.0, max: f64::from(max), integer: true },
        offered_by: None,
    }
}

fn control(name: &str, offerings: &[Offering<'_>]) -> Option<Control> {
    if name == IMAGES {
        return Some(images(offerings));
    }
    let offers: Vec<_> = offerings.iter().filter_map(|o| o.parameters.get(name).map(|c| (o, c))).collect();
    let (_, first) = *offers.first()?;
    let kind = match first {
        Capability::Enum { .. } => {
            let values = union_of_values(offerings, name);
            if name == "aspect_ratio" { ControlKind::AspectRatio { values } } else { ControlKind::Choice { values } }
        }
        Capability::Range { .. } => union_of_ranges(offers.iter().map(|(_, capability)| *capability))?,
        Capability::Boolean => match fields::known(name).map(|field| field.value) {
            Some(ValueType::Seed) => ControlKind::Seed,
            Some(ValueType::Size) => ControlKind::Size,
            Some(ValueType::Integer { min, max }) => ControlKind::Number { min, max, integer: true },
            Some(ValueType::Text) => ControlKind::Raw { kind: "text".to_owned() },
            None => ControlKind::Flag,
        },
        Capability::Unknown { kind, .. } => ControlKind::Raw { kind: kind.clone() },
    };
    let offered_by = (offers.len() < offerings.len()).then(|| Offer {
        names: offers.iter().map(|(offering, _)| offering.name.clone()).collect(),
        of: offerings.len(),
    });
    Some(Control {
        field: name.to_owned(),
        label: fields::label(name).to_owned(),
        help: fields::known(name).map(|field| field.help),
        kind,
        offered_by,
    })
}

fn union_of_values(offerings: &[Offering<'_>], name: &str) -> Vec<ChoiceValue> {
    let mut union: Vec<(&String, Vec<usize>)> = Vec::new();
    for (place, offering) in offerings.iter().enumerate() {
        let Some(Capability::Enum { values }) = offering.parameters.get(name) else { continue };
        for value in values {
            match union.iter_mut().find(|(known, _)| *known == value) {
                Some((_, places)) if places.last() == Some(&place) => {}
                Some((_, places)) => places.push(place),
                None => union.push((value, vec![place])),
            }
        }
    }
    let describe = |(value, places): (&String, Vec<usize>)| {
        let offered_by_all = places.len() == offerings.len();
        let names: Vec<_> = places.iter().filter_map(|place| offerings.get(*place)).map(|o| o.name.as_str()).collect();
        let note = (!offered_by_all).then(|| format!("only on {}", names.join(", ")));
        ChoiceValue { value: value.clone(), offered_by_all, note }
    };
    union.into_iter().map(describe).collect()
}

fn union_of_ranges<'a>(capabilities: impl Iterator<Item = &'a Capability>) -> Option<ControlKind> {
    let ranges = capabilities.filter_map(|capability| match capability {
        Capability::Range { min, max } => Some(fields::range(*min, *max)),
        _ => None,
    });
    let (min, max, integer) = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1), a.2 && b.2))?;
    Some(ControlKind::Number { min, max, integer })
}

#[cfg(test)]
mod tests;
