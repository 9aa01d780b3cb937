//! Which service is used, and where library and configuration lie: decided once, at the start.

use super::{Args, Environment, Failure};
use crate::api::{ApiKey, DEFAULT_BASE};
use crate::demo;
use crate::engine::{Connections, SecretStore, Service, ServiceKind, Slot, variable_goes_to};
use std::path::PathBuf;

/// Everything that was decided.
pub struct Places {
    pub service: Service,
    pub connections: Connections,
    /// Which of them the service is.
    pub connection: Option<String>,
    /// Where to go when the key is forgotten.
    pub fallback: Option<Service>,
    pub secrets: SecretStore,
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

/// Chooses the service: `--demo`, then `--connection`, then `--api-base`, then the connection of the last time, then a
/// key, then the demo.
///
/// # Errors
/// When a key or an address cannot be used, or the demo server cannot start.
pub fn service(args: &Args, environment: Environment, runtime: &tokio::runtime::Runtime) -> Result<Places, Failure> {
    let config = project_dirs().map_or_else(|| PathBuf::from("."), |dirs| dirs.config_dir().to_owned());
    let (secrets, connections) = (SecretStore::new(&config), Connections::load(&config));
    let named = args.api_base.clone().or(environment.base).filter(|_| !args.demo && args.connection.is_none());
    let connection = match (&args.connection, &named) {
        (Some(name), _) => {
            let missing =
                || Failure::new("connection", format!("there is no connection {name}; the settings make them"));
            Some(connections.named(name).ok_or_else(missing)?.clone())
        }
        (None, None) if !args.demo => connections.current().cloned(),
        (None, _) => None,
    };
    let connection_base = connection.as_ref().map(|connection| connection.base.clone());
    let base = named.clone().or(connection_base).unwrap_or_else(|| DEFAULT_BASE.to_owned());
    let unusable = |error: crate::api::Error| Failure::new(error.word(), error);
    let name = connection.map(|connection| connection.name);
    let slot = Slot::of(&base, name.as_deref()).map_err(unusable)?;
    if let Some(key) = environment.key.filter(|_| !args.demo) {
        let key = ApiKey::new(&key.0).map_err(unusable)?;
        if name.is_none() && variable_goes_to(&slot.origin, named.is_some()) {
            secrets.use_variable(&slot, key);
        } else {
            // For whoever turns to OpenRouter later.
            secrets.use_variable(&Slot::of(DEFAULT_BASE, None).map_err(unusable)?, key);
        }
    }
    let origin = &slot.origin;
    if let Some(first) = args.allow_http.first() {
        if !args.allow_http.iter().any(|host| origin.is_named_by(host)) {
            return Err(Failure::new("plain_http", format!("--allow-http {first} names another host than {origin}")));
        }
        secrets.allow_open_http(origin);
    }
    // The engine finds its key.
    let real = Service { kind: ServiceKind::of(origin), base, key: None };
    let is_ready = secrets.ready(&slot).is_some() && !matches!(args.mode, super::Mode::Window);
    let is_window = matches!(args.mode, super::Mode::Window);
    if named.is_some() || (!is_window && name.is_some()) || (is_ready && !args.demo) {
        return Ok(Places { service: real, connections, connection: name, fallback: None, secrets, demo: None });
    }
    let options = demo::Options { port: 0, pace: args.pace };
    let server = runtime.block_on(demo::Server::start(options)).map_err(|error| Failure::new("demo", error))?;
    let painted = Service {
        kind: ServiceKind::Demo,
        base: server.base_url().to_owned(),
        key: Some(ApiKey::new(demo::KEY).map_err(|error| Failure::new("demo", error))?),
    };
    let service = if args.demo || !(secrets.has_key(&slot) || name.is_some()) { painted.clone() } else { real };
    Ok(Places { service, connections, connection: name, fallback: Some(painted), secrets, demo: Some(server) })
}
