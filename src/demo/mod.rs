//! The embedded demo server: the whole Image API on loopback, answered by a painter on this computer.
//!
//! Beside the layers: it imports nothing of ours, so it judges the client by the contract alone, and the client reaches
//! it over HTTP like any other base URL. Begin with `routes`; a request goes `check` → `choose` → `work` → `stream` or
//! one JSON answer. Invariant: same request with the same seed, same bytes. `faults` lists what `@@name` in a prompt does.

mod answer;
mod check;
mod choose;
mod doorway;
mod faults;
mod models;
mod paint;
mod price;
mod record;
mod routes;
mod sign_in;
mod size;
mod spoil;
mod stream;
mod table;
mod work;

pub use faults::FAULTS;
pub use record::record;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use thread_priority::{ThreadPriority, ThreadPriorityValue};
use tokio::runtime::{Builder, Runtime};

/// The one key the server accepts.
pub const KEY: &str = "demo";

/// How to serve.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// TCP port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Time one 1K picture takes; zero means as fast as the machine paints.
    pub pace: Duration,
}

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("port {port} on 127.0.0.1 cannot be opened, choose another one")]
    Bind { port: u16, source: std::io::Error },
    #[error("the threads of the demo server cannot be started")]
    Threads(#[source] std::io::Error),
}

/// Lets the window go first: painting stands for a service that would work on a machine of its own.
fn step_back() {
    let priority = ThreadPriorityValue::try_from(30_u8).map_or(ThreadPriority::Min, ThreadPriority::Crossplatform);
    if let Err(error) = thread_priority::set_current_thread_priority(priority) {
        log::debug!("the painter runs at usual priority: {error:?}");
    }
}

/// A running server; dropping it closes every connection at once.
#[derive(Debug)]
pub struct Server {
    base_url: String,
    runtime: Option<Runtime>,
}

impl Server {
    /// Opens the port and begins to serve, on threads of its own.
    pub async fn start(options: Options) -> Result<Server, Error> {
        let bind = |source| Error::Bind { port: options.port, source };
        let listener =
            std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("easel-demo")
            .on_thread_start(step_back)
            .enable_io()
            .enable_time()
            .build()
            .map_err(Error::Threads)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(bind)?
        };
        let shared = Arc::new(routes::Shared {
            table: table::table(),
            pace: options.pace,
            seen: Default::default(),
            spent: Default::default(),
            codes: Default::default(),
        });
        let service = routes::router(shared).into_make_service_with_connect_info::<doorway::Switch>();
        runtime.spawn(async move {
            if let Err(error) = axum::serve(doorway::Doorway(listener), service).await {
                log::error!("the demo server stopped: {error}");
            }
        });
        let base_url = format!("http://{address}/api/v1");
        Ok(Server { base_url, runtime: Some(runtime) })
    }

    /// `http://127.0.0.1:PORT/api/v1`, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests;
