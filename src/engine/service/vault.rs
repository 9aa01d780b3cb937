//! The system's secret store, behind a door that tests can put another one behind.
//!
//! Blocking by nature: a locked store asks the artist, and answers when that is done, or never.

/// The name under which the system's store files what is ours.
const SERVICE: &str = "easel";

/// Why the store did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("there is no such entry")]
    NoEntry,
    #[error("it is locked or would not be opened: {0}")]
    Locked(String),
    #[error("{0}")]
    Unavailable(String),
}

/// Keeps texts under names. Every call may block for as long as the store likes.
pub trait Vault: Send + Sync {
    /// Returns what is kept under a name.
    ///
    /// # Errors
    /// [`VaultError::NoEntry`] when there is nothing.
    fn get(&self, account: &str) -> Result<String, VaultError>;

    /// Keeps a text under a name, in place of what was there.
    ///
    /// # Errors
    /// When the store would not take it.
    fn set(&self, account: &str, secret: &str) -> Result<(), VaultError>;

    /// Removes what is kept under a name.
    ///
    /// # Errors
    /// [`VaultError::NoEntry`] when there was nothing.
    fn delete(&self, account: &str) -> Result<(), VaultError>;
}

/// Keychain, Credential Manager or Secret Service.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemVault;

impl Vault for SystemVault {
    fn get(&self, account: &str) -> Result<String, VaultError> {
        entry(account)?.get_password().map_err(error)
    }

    fn set(&self, account: &str, secret: &str) -> Result<(), VaultError> {
        entry(account)?.set_password(secret).map_err(error)
    }

    fn delete(&self, account: &str) -> Result<(), VaultError> {
        entry(account)?.delete_credential().map_err(error)
    }
}

fn entry(account: &str) -> Result<keyring::Entry, VaultError> {
    keyring::Entry::new(SERVICE, account).map_err(error)
}

fn error(error: keyring::Error) -> VaultError {
    match error {
        keyring::Error::NoEntry => VaultError::NoEntry,
        keyring::Error::NoStorageAccess(why) => VaultError::Locked(why.to_string()),
        keyring::Error::PlatformFailure(why) => VaultError::Unavailable(why.to_string()),
        // The others' texts name attributes and formats, never what is kept.
        other => VaultError::Unavailable(other.to_string()),
    }
}
