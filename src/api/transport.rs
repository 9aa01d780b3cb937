//! The connection: how it is opened, how long it may take, how much may come through it, and what its failures mean.
//!
//! May import the types of `api` only. Invariants: nothing is read without a limit in time and in bytes; a failure
//! says whether anything of ours can have reached the server (`Broken`) or not (`Unreachable`).

use super::Error;
use super::Wait;
use super::origin::{is_loopback, is_loopback_name};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, Url, redirect};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::time::Instant;

/// The most bytes that a buffered answer of one picture may have.
pub(super) const BODY_CAP: usize = 256 * MIB;
/// What each further picture adds to that, and where it ends.
const PICTURE_CAP: usize = 64 * MIB;
const MOST: usize = 1024 * MIB;
const MIB: usize = 1024 * 1024;

/// Returns the most bytes that a buffered answer of so many pictures may have.
pub(super) fn body_cap(pictures: u64) -> usize {
    let more = usize::try_from(pictures.saturating_sub(1)).unwrap_or(usize::MAX);
    BODY_CAP.saturating_add(PICTURE_CAP.saturating_mul(more)).min(MOST)
}

/// The most bytes of a list or an account: some hundred times what is usual.
pub(super) const LIST_CAP: usize = 16 * 1024 * 1024;

/// Says how long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection, TLS included.
    pub connect: Duration,
    /// Between two pieces of a stream (comments count); also for a whole discovery or account call.
    pub silence: Duration,
    /// For a whole generation, from sending to the last byte.
    pub whole: Duration,
}

impl Default for Timeouts {
    /// 15 s, 90 s and 10 minutes, as contract section 7 advises.
    fn default() -> Self {
        let secs = Duration::from_secs;
        Self { connect: secs(15), silence: secs(90), whole: secs(600) }
    }
}

/// The moment by which a call must be over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    after: Duration,
}

impl Deadline {
    pub(super) fn after(after: Duration) -> Self {
        Self { at: Instant::now() + after, after }
    }

    pub(super) fn error(&self) -> Error {
        Error::TimedOut { after: self.after, what: Wait::Whole }
    }

    pub(super) async fn run<T>(&self, call: impl Future<Output = T>) -> Result<T, Error> {
        tokio::time::timeout_at(self.at, call).await.map_err(|_| self.error())
    }
}

/// Reads and checks a base address: http or https, no credentials, query or fragment; without slashes at its end.
pub(super) fn parse_base(text: &str) -> Result<Url, Error> {
    let unusable = |why: &str| Error::Unsendable { reason: format!("the base address {why}") };
    let url = Url::parse(text.trim().trim_end_matches('/')).map_err(|_| unusable("is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(unusable("must begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("must not hold a user name or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(unusable("must not hold a query or a fragment"));
    }
    Ok(url)
}

/// Makes the HTTP client for one base address.
pub(super) fn http_client(base: &Url, timeouts: &Timeouts, identity: Identity) -> Result<reqwest::Client, Error> {
    match rustls::crypto::ring::default_provider().install_default() {
        // Another client of this process has installed one before: that one serves.
        Ok(()) | Err(_) => {}
    }
    let mut builder = reqwest::Client::builder().redirect(redirect::Policy::none()).connect_timeout(timeouts.connect);
    if identity == Identity::App {
        builder =
            builder.user_agent(concat!("easel/", env!("CARGO_PKG_VERSION"))).default_headers(attribution(HOMEPAGE));
    }
    if base.scheme() == "http" {
        // Without redirects no TLS happens, so a machine without root certificates can still talk to loopback.
        builder = builder.tls_certs_only([]);
    }
    let host = base.host_str().unwrap_or_default();
    if is_loopback(host) {
        builder = builder.no_proxy();
    }
    if is_loopback_name(host) {
        // A key may go there unencrypted, so nobody's name server is asked where that is.
        let here = [IpAddr::from(Ipv6Addr::LOCALHOST), IpAddr::from(Ipv4Addr::LOCALHOST)];
        builder = builder.resolve_to_addrs(host, &here.map(|address| SocketAddr::new(address, 0)));
    }
    builder.build().map_err(|error| Error::Unsendable { reason: cause(&error) })
}

/// The package's own address; empty while it has none.
const HOMEPAGE: &str = env!("CARGO_PKG_HOMEPAGE");

/// Says whether a service is told which program asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// By name, version and, where there is one, address.
    #[default]
    App,
    /// Not at all.
    None,
}

/// Names the program; an address that is not ours is never given.
fn attribution(homepage: &'static str) -> HeaderMap {
    let pairs = [("http-referer", homepage), ("x-openrouter-title", "Easel"), ("x-openrouter-categories", "image-gen")];
    let told = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
}

/// Returns host and port for people.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Says what a failure before the answer's headers means.
pub(super) fn send_error(error: &reqwest::Error, host: &str, timeouts: &Timeouts) -> Error {
    if error.is_connect() && error.is_timeout() {
        let reason = format!("no connection within {:.0} s", timeouts.connect.as_secs_f64().ceil());
        return Error::Unreachable { host: host.to_owned(), reason };
    }
    if error.is_connect() {
        return Error::Unreachable { host: host.to_owned(), reason: cause(error) };
    }
    if error.is_builder() {
        return Error::Unsendable { reason: cause(error) };
    }
    broken(error)
}

/// Says what a failure after the request was sent means.
pub(super) fn broken(error: &reqwest::Error) -> Error {
    Error::Broken { reason: cause(error) }
}

/// Returns what a failure means: of all that is said of it, nothing that holds an address.
fn cause(error: &reqwest::Error) -> String {
    let mut chain = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(found) = source {
        if found.downcast_ref::<reqwest::Error>().is_none() {
            chain.push(found.to_string());
        }
        source = found.source();
    }
    if chain.is_empty() { "the request failed".to_owned() } else { super::network::meaning(&chain) }
}

/// Reads a body; what came of it before it failed, and why it did.
pub(super) async fn read_body(mut response: Response, deadline: &Deadline, cap: usize) -> (Vec<u8>, Option<Error>) {
    let mut body = Vec::new();
    let read = deadline.run(read_into(&mut body, &mut response, cap)).await;
    (body, read.and_then(|read| read).err())
}

pub(super) fn too_large(cap: usize) -> Error {
    Error::Unreadable { reason: format!("it is larger than {} MiB", cap >> 20) }
}

async fn read_into(body: &mut Vec<u8>, response: &mut Response, cap: usize) -> Result<(), Error> {
    // What is announced may be a lie: only what comes counts, and as much of it as there is room for is kept.
    while let Some(piece) = response.chunk().await.map_err(|error| broken(&error))? {
        let room = cap.saturating_sub(body.len());
        body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if piece.len() > room {
            return Err(too_large(cap));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_pictures_are_asked_for_the_more_may_come() {
        for (pictures, mib) in [(0, 256), (1, 256), (2, 320), (10, 832), (100, 1024), (u64::MAX, 1024)] {
            assert_eq!(body_cap(pictures), mib * MIB, "{pictures}");
        }
    }

    #[test]
    fn base_addresses_are_checked() {
        for (text, expected) in [
            ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
            (" http://127.0.0.1:8080/api/v1// ", "http://127.0.0.1:8080/api/v1"),
            ("http://[::1]:1/x", "http://[::1]:1/x"),
        ] {
            assert_eq!(parse_base(text).map(|url| url.to_string()).as_deref(), Ok(expected));
        }
        for text in [
            "",
            "openrouter.ai",
            "localhost:80/api",
            "ftp://a/b",
            "file:///x",
            "https://u:p@a/b",
            "https://u@a",
            "https://a/b?c",
            "https://a/b#c",
            "http://",
        ] {
            let error = parse_base(text).unwrap_err();
            assert_eq!(error.word(), "unsendable", "{text}");
            assert!(!error.to_string().contains("u:p"));
        }
    }
}
