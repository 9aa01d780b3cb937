//! What is said of keys beside the keys themselves: where one is kept, where it came from, why it could not be had.

use super::vault::VaultError;
use crate::api::Origin;
use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

/// Says where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// The system's secret store.
    System,
    /// A file that only its owner may read; not encrypted.
    File,
    /// In memory until Easel closes.
    UntilClose,
}

/// Says where the key in use came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// `OPENROUTER_API_KEY`.
    Variable,
    Kept(KeyPlace),
}

impl KeySource {
    /// Returns it in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Variable => "OPENROUTER_API_KEY",
            Self::Kept(KeyPlace::System) => "the system's secret store",
            Self::Kept(KeyPlace::File) => "a file only you can read",
            Self::Kept(KeyPlace::UntilClose) => "memory, until Easel closes",
        }
    }
}

/// Why a key could not be kept, read or forgotten.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the system's secret store gave no access: {0}")]
    Vault(VaultError),
    #[error("the system's secret store has no key for {0} any more; enter it again")]
    Gone(Origin),
    #[error("the key file {} could not be {what}: {why}", .file.display())]
    File { what: &'static str, file: PathBuf, why: Arc<io::Error> },
    #[error("what is kept is no key: {0}")]
    NoKey(crate::api::Error),
    /// The artist chose otherwise meanwhile.
    #[error("it was given up")]
    GivenUp,
}

/// A place that still has a key which it should not have.
#[derive(Clone, Debug)]
pub struct Left {
    pub place: KeyPlace,
    pub why: KeyError,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            KeyPlace::System => "the system's secret store",
            KeyPlace::File => "its file",
            KeyPlace::UntilClose => "memory",
        };
        write!(f, "it is still in {place}: {}", self.why)
    }
}
