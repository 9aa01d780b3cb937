//! `easel demo`: the demo API alone.

use super::{Failure, say};
use crate::demo;
use std::time::Duration;

pub(super) fn run(port: u16, pace: Duration) -> Result<(), Failure> {
    let runtime = crate::engine::runtime().map_err(|error| Failure::new("start", error))?;
    runtime.block_on(async {
        let server = demo::Server::start(demo::Options { port, pace }).await;
        let server = server.map_err(|error| Failure::new("demo", error))?;
        say(server.base_url());
        tokio::signal::ctrl_c().await.map_err(|error| Failure::new("start", error))
    })
}
