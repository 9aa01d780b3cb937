//! What stands between a draft and its sending, each as one sentence: problems stop it, warnings do not, and wishes
//! that are not sent are listed.
//!
//! May import nothing but std and `thiserror`. Invariant: every sentence says what is wrong and what to do.

use std::fmt;

/// Stops a draft from being sent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("Choose a model first")]
    NoModel,
    /// The model has no endpoints at the moment.
    #[error("This model is not available now; choose another one")]
    NotAvailable,
    #[error("Write a prompt first")]
    EmptyPrompt,
    /// An alternative leaves nothing to be sent.
    #[error("One of the alternatives leaves the prompt empty; write something beside it")]
    EmptyAlternative,
    #[error("The alternatives make {} prompts, and at most {most} are sent at once; take some out", many(*.count))]
    TooManyPrompts { count: u64, most: usize },
    #[error("This model needs at least {}; add {}", pictures(*.min), if *.min == 1 { "one" } else { "more" })]
    TooFewReferences { min: u32 },
    #[error("This model takes at most {}; remove some", pictures(*.max))]
    TooManyReferences { max: u32 },
    #[error("A transparent background cannot be kept in {}; choose PNG or WebP, or another background", .format.to_uppercase())]
    TransparentNeedsAlpha { format: String },
    /// `size` contradicts `field` (`aspect_ratio` or `resolution`).
    #[error("Size {size} contradicts {} {value}; set only one of them", .label.to_lowercase())]
    SizeConflict { size: String, field: String, label: String, value: String },
    /// A passthrough option whose text is not JSON.
    #[error("The option {key} is not valid JSON: {reason}")]
    BadOption { provider: String, key: String, reason: String },
    #[error("The chosen endpoint {tag} is no longer offered; choose another one")]
    PinnedEndpointGone { tag: String },
    /// Every choice is offered, but by different endpoints.
    #[error("No single endpoint takes {} together; change one of them", .choices.join(" and "))]
    NoEndpointTakesAll { choices: Vec<String> },
}

/// Deserves a word before sending, but does not stop it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Warning {
    /// Only endpoints that have no tag take all choices, so that the request cannot be limited to them.
    #[error("Not every endpoint takes {}, and the request cannot be limited to those that do", .choices.join(" and "))]
    CannotLimit { choices: Vec<String> },
    /// Transparency is asked for where only JPEG is offered.
    #[error("This endpoint makes only JPEG, which cannot keep a transparent background")]
    OnlyJpeg,
}

/// A wish that stays in the draft but is left out of the request.
#[derive(Clone, Debug, PartialEq)]
pub struct NotSent {
    /// Request field; `provider.options` for a passthrough option.
    pub field: String,
    /// For people; a passthrough option's key.
    pub label: String,
    /// For people, as short text.
    pub value: String,
    pub reason: NotSentReason,
}

/// Says why a wish is not sent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotSentReason {
    #[error("not offered here")]
    NotOffered,
    #[error("this value is not offered here")]
    ValueNotOffered,
    #[error("outside the range offered here")]
    OutOfRange,
    #[error("{0}")]
    Conflict(String),
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.label.to_lowercase();
        if self.value.is_empty() { f.write_str(&label) } else { write!(f, "{label} ({})", self.value) }
    }
}

fn many(count: u64) -> String {
    if count > 1_000_000 { "more than a million".to_owned() } else { count.to_string() }
}

fn pictures(count: u32) -> String {
    if count == 1 { "1 reference picture".to_owned() } else { format!("{count} reference pictures") }
}
