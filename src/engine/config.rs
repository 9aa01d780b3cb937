//! What an engine needs to start, and what may keep it from starting.

use super::child::Browser;
use super::service::Service;
use super::service::{Connections, Privacy, SecretStore};
use crate::api;
use crate::decode::{PreviewSink, Waker};

/// What an engine needs to start.
pub struct Config {
    pub service: Service,
    /// Where to go when the artist forgets the key; `None`: stay, without a key.
    pub fallback: Option<Service>,
    pub timeouts: api::Timeouts,
    /// Jobs on the wire at once, 1 to 16.
    pub max_running: usize,
    pub waker: Waker,
    pub previews: PreviewSink,
    /// Where keys may be kept; asked for one when the service brings none.
    pub secrets: SecretStore,
    /// Opens the page of a sign-in.
    pub browser: Browser,
    /// What goes out beside the request itself.
    pub privacy: Privacy,
    /// Services by name.
    pub connections: Connections,
    /// Which of them `service` is; `None`: it has no name.
    pub connection: Option<String>,
    /// Whether what comes on the way to a picture is kept too.
    pub keep_partials: bool,
}

/// Why the engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
    #[error(transparent)]
    Service(#[from] api::Error),
}

/// Builds the one runtime of the program: two named workers.
///
/// # Errors
/// When the system gives no thread.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("easel-engine").enable_all().build()
}
