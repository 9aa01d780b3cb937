//! What a job knows, before it is sent, of what its pictures' recipes will say.
//!
//! Invariant: an address holds no credentials.

use super::id::PictureId;
use crate::picture::ReferenceEdit;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a job knows, before it is sent, of what its pictures' recipes will say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecipeContext {
    pub model_name: String,
    /// The endpoint records the request was made for, as the service described them at that moment.
    pub endpoints: Vec<Value>,
    pub references: Vec<RecipeReference>,
    /// What their files say beside the picture is sent too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_metadata: bool,
    pub app_version: String,
    /// Base address of the service, without credentials.
    pub service: String,
    /// The name of the connection that it was made for, or the demo's; `None`: it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// What the model takes, as the service described it; only while its endpoints were not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_parameters: Option<Value>,
    /// The prompt as it was written, where that is not what was sent: with its alternatives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The picture that the settings were taken over from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<crate::plan::Origin>,
    /// What this came on the way to, where it is no finished picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<PartialOf>,
    /// The draft that made the request, for *use these settings again*.
    pub draft: Option<crate::plan::Draft>,
}

/// Says what a partial came on the way to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartialOf {
    /// From 1, in order of arrival; of a drawing, how many pieces of its text had come.
    pub number: u32,
    /// The finished picture; `None`: it never came.
    pub finished: Option<crate::plan::Origin>,
}

/// A reference as a recipe names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecipeReference {
    pub name: String,
    /// http(s) address, or `blake3:<hash>` of the original bytes kept in the library.
    pub address: String,
    /// What was really sent, when it was not an address.
    pub sent: Option<crate::plan::ReferenceFacts>,
    /// The library's picture that it is; `None`: a file or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
    /// How what was sent differs from the original, by the artist's hand.
    #[serde(default, skip_serializing_if = "ReferenceEdit::is_empty")]
    pub edit: ReferenceEdit,
}
