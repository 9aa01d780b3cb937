//! Signing in at a service in the browser: one at a time, each a task that listens on a port of this computer for the
//! one answer it asked for, or waits for a code to be pasted.
//!
//! Invariants: whatever else knocks at the port is sent away and waiting goes on; a sign-in that was given up changes
//! nothing any more; no code, verifier or key is in a report that is shown.

use super::super::child::Browser;
use super::super::report::{Reports, TaskReport};
use super::key::KeyPlace;
use super::sign_in_report::{SignInError, SignInReport, SignInStage, SignInView, SignedIn};
use crate::api::{self, ApiKey, Arrival, Callback, Client, Code, Identity, Pkce, SIGN_IN_TIME, Timeouts, sign_in_url};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinSet};

/// The name that the service lists the key under.
const LABEL: &str = "Easel";
/// Connections to the port that are listened to at once: a browser opens a few.
const MOST_GUESTS: usize = 16;
/// What is read of a request at most; only its first lines matter.
const HEAD: usize = 16 << 10;
/// How long a request may take to come.
const SLOWEST_GUEST: Duration = Duration::from_secs(20);

struct Running {
    base: String,
    place: KeyPlace,
    task: AbortHandle,
    /// Takes the pasted code.
    code: Option<oneshot::Sender<Code>>,
}

/// The sign-in that is under way, if any.
pub(crate) struct SignInDesk {
    /// Counts sign-ins.
    number: u64,
    running: Option<Running>,
    view: Option<SignInView>,
    browser: Browser,
    /// How long anybody is waited for.
    patience: Duration,
    reports: Reports,
}

impl SignInDesk {
    pub(crate) fn new(browser: Browser, reports: Reports) -> Self {
        Self { number: 0, running: None, view: None, browser, patience: SIGN_IN_TIME, reports }
    }

    pub(crate) fn view(&self) -> Option<SignInView> {
        self.view.clone()
    }

    /// Begins a sign-in in the place of the one before.
    pub(crate) fn start(
        &mut self,
        base: String,
        by_code: bool,
        place: KeyPlace,
        timeouts: Timeouts,
        identity: Identity,
    ) {
        self.cancel();
        let (sender, code) = oneshot::channel();
        let reporter = Reporter { number: self.number, reports: self.reports.clone() };
        let (browser, last, patience) = (self.browser.clone(), reporter.clone(), self.patience);
        let client = Client::with_identity(&base, None, timeouts, identity);
        let label = (identity == Identity::App).then_some(LABEL);
        let task = tokio::spawn(async move {
            let signing = async {
                match by_code {
                    true => by_pasting(&client?, code, label, &browser, &reporter).await,
                    false => by_callback(&client?, label, &browser, &reporter).await,
                }
            };
            let done = tokio::time::timeout(patience, signing).await.unwrap_or(Err(SignInError::TimedOut));
            last.tell(SignInReport::Done(done));
        });
        self.running = Some(Running { base, place, task: task.abort_handle(), code: by_code.then_some(sender) });
        self.view = Some(SignInView { url: None, by_code, stage: SignInStage::Waiting });
    }

    /// Hands a pasted code over; what can be none is said at once.
    pub(crate) fn paste(&mut self, text: &str) {
        let Some(running) = &mut self.running else { return };
        let Some(code) = Code::new(text) else {
            return self.say(SignInStage::Failed("That is no code: copy it again from the page".into()));
        };
        if running.code.take().is_some_and(|sender| sender.send(code).is_ok()) {
            self.say(SignInStage::Exchanging);
        }
    }

    /// Ends it: its port is closed, and what it brings is not used.
    pub(crate) fn cancel(&mut self) {
        self.number += 1;
        self.view = None;
        if let Some(running) = self.running.take() {
            running.task.abort();
        }
    }

    /// Takes what a sign-in tells; returns the key when it brings one.
    pub(crate) fn hear(&mut self, number: u64, report: SignInReport) -> Option<SignedIn> {
        if number != self.number {
            return None;
        }
        match report {
            SignInReport::Ready(url) => {
                if let Some(view) = &mut self.view {
                    view.url = Some(url);
                }
            }
            SignInReport::Opened(true) => {}
            SignInReport::Opened(false) => {
                let is_waiting = self.view.as_ref().is_some_and(|view| view.stage == SignInStage::Waiting);
                if is_waiting {
                    self.say(SignInStage::NoBrowser);
                }
            }
            SignInReport::Exchanging => self.say(SignInStage::Exchanging),
            SignInReport::Done(Err(error)) => {
                self.running = None;
                // The service may repeat any key that it knows, and this call had none to look for.
                let text = api::hide_keys(&format!("You are not signed in: {error}"));
                self.say(SignInStage::Failed(text.into()));
            }
            SignInReport::Done(Ok(key)) => {
                self.view = None;
                let Running { base, place, .. } = self.running.take()?;
                return Some(SignedIn { base, key, place });
            }
        }
        None
    }

    fn say(&mut self, stage: SignInStage) {
        if let Some(view) = &mut self.view {
            view.stage = stage;
        }
    }
}

#[derive(Clone)]
struct Reporter {
    number: u64,
    reports: Reports,
}

impl Reporter {
    fn tell(&self, report: SignInReport) {
        self.reports.send(TaskReport::SignIn { number: self.number, report });
    }

    /// Tells the page's address and opens it.
    fn show(&self, url: String, browser: &Browser) {
        self.tell(SignInReport::Ready(url.as_str().into()));
        let reporter = self.clone();
        browser.open(url, move |opened| reporter.tell(SignInReport::Opened(opened)));
    }
}

async fn by_callback(
    client: &Client,
    label: Option<&str>,
    browser: &Browser,
    reporter: &Reporter,
) -> Result<ApiKey, SignInError> {
    let pkce = Pkce::new()?;
    let port = |error| SignInError::Port(Arc::new(error));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(port)?;
    let callback = Callback::new(listener.local_addr().map_err(port)?.port())?;
    reporter.show(sign_in_url(client.base(), &pkce, Some(&callback), label)?, browser);
    let code = wait_for_code(listener, &Arc::new(callback)).await?;
    exchange(client, &code, &pkce, reporter).await
}

async fn by_pasting(
    client: &Client,
    code: oneshot::Receiver<Code>,
    label: Option<&str>,
    browser: &Browser,
    reporter: &Reporter,
) -> Result<ApiKey, SignInError> {
    let pkce = Pkce::new()?;
    reporter.show(sign_in_url(client.base(), &pkce, None, label)?, browser);
    let code = code.await.map_err(|_| SignInError::Refused)?;
    exchange(client, &code, &pkce, reporter).await
}

async fn exchange(client: &Client, code: &Code, pkce: &Pkce, reporter: &Reporter) -> Result<ApiKey, SignInError> {
    reporter.tell(SignInReport::Exchanging);
    client.exchange(code, pkce).await.map_err(SignInError::Exchange)
}

/// Waits for the one request that brings the code. The port is closed when this returns or is dropped.
async fn wait_for_code(listener: TcpListener, callback: &Arc<Callback>) -> Result<Code, SignInError> {
    let (sender, mut arrivals) = channel(1);
    let mut guests = JoinSet::new();
    loop {
        tokio::select! {
            Some(arrival) = arrivals.recv() => match arrival {
                Arrival::Code(code) => return Ok(code),
                Arrival::Refused => return Err(SignInError::Refused),
                Arrival::Foreign => {}
            },
            guest = listener.accept(), if guests.len() < MOST_GUESTS => match guest {
                Ok((stream, _)) => {
                    let receiving = receive(stream, callback.clone(), sender.clone());
                    guests.spawn(tokio::time::timeout(SLOWEST_GUEST, receiving));
                }
                // No more files may be open, or the guest has gone: not for long.
                Err(error) => {
                    log::debug!("the browser's connection was not taken: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = guests.join_next(), if !guests.is_empty() => {}
        }
    }
}

/// Reads one request, answers it with a small page, and tells what it was.
async fn receive(mut stream: TcpStream, callback: Arc<Callback>, arrivals: Sender<Arrival>) -> io::Result<()> {
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") && head.len() < HEAD {
        match stream.read(&mut chunk).await? {
            0 => break,
            read => head.extend_from_slice(chunk.get(..read).unwrap_or_default()),
        }
    }
    let arrival = arrival_of(&String::from_utf8_lossy(&head), &callback);
    let (status, text) = match &arrival {
        Arrival::Code(_) => ("200 OK", "Easel has the answer. You can close this page and go back to Easel."),
        Arrival::Refused => ("200 OK", "Nobody is signed in. You can close this page and go back to Easel."),
        Arrival::Foreign => ("404 Not Found", "There is nothing here."),
    };
    let sent = answer(&mut stream, status, text).await;
    if arrival != Arrival::Foreign && arrivals.send(arrival).await.is_err() {
        log::debug!("another answer came first");
    }
    sent
}

/// Reads the first line and the `Host` of a request.
fn arrival_of(head: &str, callback: &Callback) -> Arrival {
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some("GET"), Some(target)) = (first.next(), first.next()) else { return Arrival::Foreign };
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then_some(value.trim())
    });
    callback.read(target, host)
}

async fn answer(stream: &mut TcpStream, status: &str, text: &str) -> io::Result<()> {
    let page = format!("<!doctype html><meta charset=\"utf-8\"><title>Easel</title><p>{text}</p>");
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n",
        page.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(page.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::sync::mpsc::UnboundedReceiver;

    const BASE: &str = "http://127.0.0.1:9/api/v1";

    /// A desk whose browser opens nothing but remembers the pages, and what the desk would hear.
    fn desk(patience: Duration) -> (SignInDesk, UnboundedReceiver<TaskReport>, Arc<Mutex<Vec<String>>>) {
        let pages: Arc<Mutex<Vec<String>>> = Arc::default();
        let opened = pages.clone();
        let browser = Browser::With(Arc::new(move |url| {
            opened.lock().unwrap().push(url.to_owned());
            true
        }));
        let (reports, inbox) = Reports::channel();
        (SignInDesk { patience, ..SignInDesk::new(browser, reports) }, inbox, pages)
    }

    /// Lets the desk hear one thing; says whether that brought a key.
    async fn hear(desk: &mut SignInDesk, inbox: &mut UnboundedReceiver<TaskReport>) -> bool {
        match inbox.recv().await {
            Some(TaskReport::SignIn { number, report }) => desk.hear(number, report).is_some(),
            other => panic!("{other:?}"),
        }
    }

    fn port_of(page: &str) -> u16 {
        page.split_once("callback_url=http%3A%2F%2F127.0.0.1%3A").unwrap().1.split('%').next().unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_a_code_is_good_and_the_port_closes() {
        assert_eq!(desk(SIGN_IN_TIME).0.patience, Duration::from_secs(10 * 60));
        assert_eq!(SignInDesk::new(Browser::default(), Reports::channel().0).patience, SIGN_IN_TIME);
        for by_code in [false, true] {
            // Ten minutes, in a world that is a few thousand times faster.
            let (mut desk, mut inbox, _) = desk(Duration::from_millis(100));
            desk.start(BASE.to_owned(), by_code, KeyPlace::File, Timeouts::default(), Identity::App);
            let is_over = |desk: &SignInDesk| {
                matches!(&desk.view, Some(SignInView { stage: SignInStage::Failed(why), .. })
                    if why.contains("nobody came back from the browser within 10 minutes"))
            };
            let mut port = None;
            while !is_over(&desk) {
                assert!(!hear(&mut desk, &mut inbox).await);
                port = port.or(desk.view().and_then(|view| view.url).filter(|_| !by_code).map(|url| port_of(&url)));
            }
            assert!(desk.running.is_none());
            if let Some(port) = port {
                let late = TcpStream::connect(("127.0.0.1", port)).await;
                assert!(late.is_err(), "the port is still open");
            }
            // A code that is pasted now finds nobody, and the view goes on saying why.
            desk.paste("c0de-0123456789");
            assert!(is_over(&desk));
        }
    }

    #[tokio::test]
    async fn what_a_sign_in_tells_after_it_was_given_up_changes_nothing() {
        let (mut desk, mut inbox, _) = desk(SIGN_IN_TIME);
        let start = |desk: &mut SignInDesk| {
            desk.start(BASE.to_owned(), false, KeyPlace::File, Timeouts::default(), Identity::App);
        };
        start(&mut desk);
        let first = desk.number;
        assert!(!hear(&mut desk, &mut inbox).await);
        start(&mut desk);
        let key = || Ok(ApiKey::new("sk-or-v1-late-0123456789abcdef").unwrap());
        assert!(desk.hear(first, SignInReport::Done(key())).is_none(), "it is of the one before");
        assert!(desk.view().is_some() && desk.running.is_some());
        desk.cancel();
        assert!(desk.hear(desk.number - 1, SignInReport::Done(key())).is_none());
        assert!(desk.view().is_none());
    }

    #[test]
    fn only_a_get_of_the_awaited_path_is_the_browser() {
        let callback = Callback { port: 7, path: "/p".into(), state: "s".into() };
        let code = |text: &str| Arrival::Code(Code::new(text).unwrap());
        for (head, arrival) in [
            ("GET /p?code=c&state=s HTTP/1.1\r\nHost: 127.0.0.1:7\r\n\r\n", code("c")),
            ("GET /p?code=c&state=s HTTP/1.1\r\naccept: */*\r\nHOST:127.0.0.1:7\r\n\r\n", code("c")),
            ("POST /p?code=c&state=s HTTP/1.1\r\nHost: 127.0.0.1:7\r\n\r\n", Arrival::Foreign),
            ("HEAD /p?code=c&state=s HTTP/1.1\r\nHost: 127.0.0.1:7\r\n\r\n", Arrival::Foreign),
            ("GET /p?code=c&state=s HTTP/1.1\r\nHost: localhost.evil:7\r\n\r\n", Arrival::Foreign),
            ("GET /favicon.ico HTTP/1.1\r\nHost: 127.0.0.1:7\r\n\r\n", Arrival::Foreign),
            ("\u{16}\u{3}\u{1}\u{2}", Arrival::Foreign),
            ("GET", Arrival::Foreign),
            ("", Arrival::Foreign),
        ] {
            assert_eq!(arrival_of(head, &callback), arrival, "{head:?}");
        }
    }
}
