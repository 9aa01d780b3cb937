//! What can be asked of services: which one is used, with which key, and what it says of itself.

use super::super::service::{ConnectionChoice, KeyPlace, Privacy};
use crate::api::ModelId;

/// Asks for something about a service; the same from the window to the studio, and from there to the engine.
#[derive(Clone, Debug)]
pub enum ServiceOrder {
    /// Read the list of models anew.
    RefreshModels,
    /// Read one model's endpoints before the others.
    WantEndpoints(ModelId),
    /// Use this key from now on, and keep it where asked.
    Connect {
        key: Secret,
        place: KeyPlace,
    },
    /// Remove the key from wherever it is kept.
    ForgetKey,
    /// Use another service from now on; what waits for this one goes on when it is used again.
    UseConnection(ConnectionChoice),
    /// Make a connection and use it.
    AddConnection {
        name: String,
        base: String,
        /// Jobs at once; `None`: as the settings say.
        max_running: Option<usize>,
    },
    /// Take a connection away, and its key with it.
    RemoveConnection(String),
    /// Begin to sign in at the service's own page; a sign-in that is under way ends.
    SignIn {
        /// The page shows a code, which [`ServiceOrder::PasteCode`] brings.
        by_code: bool,
        place: KeyPlace,
    },
    PasteCode(Secret),
    CancelSignIn,
    /// Let the key that waits for this yes go to its host unencrypted, now and later.
    AllowOpenHttp,
    /// Wait no longer for the secret store, or for that yes.
    GiveUpKey,
    /// Ask for the kept key again.
    ReadKeyAgain,
    /// Look whether another window has changed the key or the connections.
    LookAgain,
    /// Read balance and limits again.
    RefreshAccount,
    /// What goes out beside the request itself, from now on.
    SetPrivacy(Privacy),
}

/// A key as it was typed, on its way to where it is kept. Nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
