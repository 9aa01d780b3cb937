//! Which service is used, and where library and configuration lie: decided once, at the start.

use super::{Args, Failure};
use crate::api::{ApiKey, DEFAULT_BASE};
use crate::demo;
use crate::engine::{SecretStore, Service, ServiceKind};
use std::path::PathBuf;

/// Everything that was decided.
pub struct Places {
    pub service: Service,
    /// Where to go when the key is forgotten.
    pub fallback: Option<Service>,
    pub secrets: SecretStore,
    /// Where the key in use came from, when it is known already.
    pub key_source: Option<&'static str>,
    /// The demo server, alive as long as this is.
    pub demo: Option<demo::Server>,
}

/// Returns the library's folder.
///
/// # Errors
/// When none was named and the platform names none.
pub fn library_dir(args: &Args) -> Result<PathBuf, Failure> {
    let named = args.library.clone();
    named
        .or_else(|| Some(project_dirs()?.data_dir().join("library")))
        .ok_or_else(|| Failure::new("library", "this system names no folder for data; choose one with --library DIR"))
}

pub(super) fn project_dirs() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "easel")
}

/// Chooses the service: `--demo`, then `--api-base`, then a key, then the demo.
///
/// # Errors
/// When a key or an address cannot be used, or the demo server cannot start.
pub fn service(args: &Args, runtime: &tokio::runtime::Runtime) -> Result<Places, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    let base = args.api_base.clone().or_else(|| variable("OPENROUTER_API_BASE")).filter(|_| !args.demo);
    let address = base.clone().unwrap_or_else(|| DEFAULT_BASE.to_owned());
    let config = project_dirs().map_or_else(|| PathBuf::from("."), |dirs| dirs.config_dir().to_owned());
    let secrets = SecretStore::new(&config, &address);
    let key = match variable("OPENROUTER_API_KEY").filter(|_| !args.demo) {
        Some(key) => Some(ApiKey::new(&key).map_err(|error| Failure::new("unsendable", error))?),
        None => None,
    };
    let key_source = key.is_some().then_some("OPENROUTER_API_KEY");
    let real = Service {
        kind: if address.trim_end_matches('/') == DEFAULT_BASE { ServiceKind::OpenRouter } else { ServiceKind::Custom },
        base: address,
        key,
    };
    if base.is_some() {
        return Ok(Places { service: real, fallback: None, secrets, key_source, demo: None });
    }
    if !args.demo && real.key.is_some() && !matches!(args.mode, super::Mode::Window) {
        return Ok(Places { service: real, fallback: None, secrets, key_source, demo: None });
    }
    let options = demo::Options { port: 0, pace: args.pace };
    let server = runtime.block_on(demo::Server::start(options)).map_err(|error| Failure::new("demo", error))?;
    let painted = Service {
        kind: ServiceKind::Demo,
        base: server.base_url().to_owned(),
        key: Some(ApiKey::new(demo::KEY).map_err(|error| Failure::new("demo", error))?),
    };
    let has_key = real.key.is_some() || secrets.has_key();
    let (service, key_source) = if args.demo || !has_key { (painted.clone(), None) } else { (real, key_source) };
    Ok(Places { service, fallback: Some(painted), secrets, key_source, demo: Some(server) })
}
