//! Where the key comes from and where it is kept. Blocking by nature (a locked store asks the artist), so the actor
//! calls it on threads made for that. The key never reaches the library, a log or an error.

use crate::api::ApiKey;
use std::io::Write;
use std::path::{Path, PathBuf};

const SERVICE: &str = "easel";

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

/// Knows where a key may be kept on this computer.
#[derive(Clone, Debug)]
pub struct SecretStore {
    /// Easel's configuration folder.
    dir: PathBuf,
    /// The name the key is filed under: the service's base address.
    account: String,
}

impl SecretStore {
    /// Names the places; touches nothing.
    pub fn new(dir: &Path, account: &str) -> Self {
        Self { dir: dir.to_owned(), account: account.to_owned() }
    }

    fn key_file(&self) -> PathBuf {
        self.dir.join("key")
    }

    /// An empty file that says: ask the system's store. So nobody is asked to unlock it for nothing.
    fn marker(&self) -> PathBuf {
        self.dir.join("key-is-in-system-store")
    }

    /// Says whether a key was kept here before; quick.
    pub fn has_key(&self) -> bool {
        self.key_file().exists() || self.marker().exists()
    }

    /// Reads the kept key. May wait for the artist to unlock the system's store. The error is a sentence.
    ///
    /// # Errors
    /// When there is a key but it cannot be read.
    pub fn read(&self) -> Result<Option<(ApiKey, KeyPlace)>, String> {
        if self.marker().exists() {
            let secret = self.entry()?.get_password();
            let secret = secret.map_err(|error| format!("the system's secret store did not give the key: {error}"))?;
            return parse(&secret).map(|key| Some((key, KeyPlace::System)));
        }
        match std::fs::read_to_string(self.key_file()) {
            Ok(secret) => parse(&secret).map(|key| Some((key, KeyPlace::File))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("the key file could not be read: {error}")),
        }
    }

    /// Keeps a key where asked, and nowhere else. The error is a sentence without the key.
    ///
    /// # Errors
    /// When that place would not take it.
    pub fn keep(&self, secret: &str, place: KeyPlace) -> Result<(), String> {
        match place {
            KeyPlace::UntilClose => self.forget(),
            KeyPlace::System => {
                let kept = self.entry()?.set_password(secret);
                kept.map_err(|error| format!("there is no usable secret store on this computer: {error}"))?;
                remove(&self.key_file())?;
                self.write(&self.marker(), b"")
            }
            KeyPlace::File => {
                self.write(&self.key_file(), secret.as_bytes())?;
                remove(&self.marker())
            }
        }
    }

    /// Removes the key from every place.
    ///
    /// # Errors
    /// When a place would not let go of it.
    pub fn forget(&self) -> Result<(), String> {
        if self.marker().exists() {
            match self.entry()?.delete_credential() {
                Ok(()) | Err(keyring::Error::NoEntry) => {}
                Err(error) => return Err(format!("the system's secret store kept the key: {error}")),
            }
        }
        remove(&self.marker())?;
        remove(&self.key_file())
    }

    fn entry(&self) -> Result<keyring::Entry, String> {
        keyring::Entry::new(SERVICE, &self.account)
            .map_err(|error| format!("there is no usable secret store on this computer: {error}"))
    }

    /// Writes through a new file that is never readable by others, not even for a moment.
    fn write(&self, file: &Path, bytes: &[u8]) -> Result<(), String> {
        let sentence = |error: std::io::Error| format!("the key file could not be written: {error}");
        std::fs::create_dir_all(&self.dir).map_err(sentence)?;
        // tempfile creates with owner-only rights.
        let mut temporary = tempfile::NamedTempFile::new_in(&self.dir).map_err(sentence)?;
        temporary.write_all(bytes).map_err(sentence)?;
        temporary.as_file().sync_all().map_err(sentence)?;
        temporary.persist(file).map_err(|error| sentence(error.error))?;
        Ok(())
    }
}

fn parse(secret: &str) -> Result<ApiKey, String> {
    ApiKey::new(secret).map_err(|error| error.to_string())
}

fn remove(file: &Path) -> Result<(), String> {
    match std::fs::remove_file(file) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{error}: {}", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_file_is_for_its_owner_alone_and_can_be_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let store = SecretStore::new(dir.path(), "http://127.0.0.1/api/v1");
        assert!(!store.has_key());
        assert!(store.read().unwrap().is_none());
        store.keep("sk-or-v1-secret", KeyPlace::File).unwrap();
        assert!(store.has_key());
        assert_eq!(store.read().unwrap().unwrap().1, KeyPlace::File);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(dir.path().join("key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        store.forget().unwrap();
        assert!(!store.has_key());
    }

    #[test]
    fn keeping_until_close_leaves_nothing_on_disk() {
        let dir = tempfile::tempdir().unwrap();
        let store = SecretStore::new(dir.path(), "x");
        store.keep("sk-or-v1-secret", KeyPlace::File).unwrap();
        store.keep("sk-or-v1-secret", KeyPlace::UntilClose).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
