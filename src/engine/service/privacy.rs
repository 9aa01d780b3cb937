//! What of the artist goes out beside the request itself.

/// The artist's choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Location, prompts and whatever else a reference file says beside the picture is sent too.
    pub keep_metadata: bool,
    /// Services are not told which program asks.
    pub anonymous: bool,
}

impl Privacy {
    pub(crate) fn identity(self) -> crate::api::Identity {
        if self.anonymous { crate::api::Identity::None } else { crate::api::Identity::App }
    }
}
