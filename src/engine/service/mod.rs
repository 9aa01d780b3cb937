//! The service in use: which it is, its key and where that is kept, what it says of itself.
//!
//! `key_policy` decides where a key may go, `key_store` and `vault` keep it, `key_desk` asks them without waiting,
//! `account` is what the actor makes of the answers.

mod account;
mod asking;
mod connections;
mod elsewhere;
mod key;
mod key_desk;
mod key_policy;
mod key_report;
mod key_store;
mod kind;
mod look_up;
mod made_for;
mod privacy;
mod sign_in;
mod sign_in_report;
mod slot;
mod switching;
mod try_out;
mod vault;
mod visit;

pub(crate) use connections::Change;
pub use connections::{Connection, ConnectionChoice, ConnectionError, Connections};
pub(crate) use elsewhere::{Elsewhere, waits_for};
pub use key::{KeyError, KeyPlace, KeySource, Left};
pub(crate) use key_desk::{Chosen, KeyDesk};
pub use key_policy::variable_goes_to;
pub(crate) use key_policy::{Anew, anew};
pub(crate) use key_report::KeyReport;
pub use key_report::{StoreTask, StoreWait};
pub use key_store::SecretStore;
pub(crate) use key_store::Stamp;
pub use kind::{Service, ServiceKind};
pub(crate) use look_up::LookUps;
pub use made_for::ServiceMark;
pub(crate) use made_for::{InUse, MadeFor, ServiceInUse, is_made_for, mark_of, name_of};
pub use privacy::Privacy;
pub(crate) use sign_in::SignInDesk;
pub use sign_in_report::{SignInError, SignInStage, SignInView};
pub(crate) use sign_in_report::{SignInReport, SignedIn};
pub use slot::Slot;
pub use try_out::TryOut;
pub(crate) use try_out::try_out;
pub use vault::{SystemVault, Vault, VaultError};
pub(crate) use visit::Visit;
