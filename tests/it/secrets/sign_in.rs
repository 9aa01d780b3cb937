//! Signing in, the whole way: the engine, a browser that this test plays, and the demo's own pages.

#[cfg(target_os = "linux")]
use super::recorder::{self, Recorder};
use super::store::{Rig, SilentVault, uses};
use crate::support::DemoServer;
use easel::engine::{Browser, KeyPlace, Notice, Order, Secret, ServiceOrder, SignInStage};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
#[cfg(target_os = "linux")]
use std::path::Path;
use std::process::Stdio;
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// Fetches an address as a browser would; returns the head and the body. `None`: nobody listens there.
fn fetch(url: &str) -> Option<(String, String)> {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).ok()?;
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}

fn status(answer: &Option<(String, String)>) -> &str {
    answer.as_ref().map_or("closed", |(head, _)| &head[9..12])
}

fn location(answer: &Option<(String, String)>) -> String {
    let (head, _) = answer.as_ref().unwrap();
    head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned()
}

/// Presses a link of the page.
fn press(page: &str, link: &str) -> String {
    location(&fetch(&page.replacen("/auth?", &format!("/auth/{link}?"), 1)))
}

/// A studio whose browser is this test.
struct Studio {
    rig: Rig,
    pages: mpsc::Receiver<String>,
    _dir: tempfile::TempDir,
}

impl Studio {
    fn open(server: &DemoServer) -> Self {
        Self::open_in(server, tempfile::tempdir().unwrap())
    }

    fn open_in(server: &DemoServer, dir: tempfile::TempDir) -> Self {
        let (sender, pages) = mpsc::channel();
        let sender = Mutex::new(sender);
        let browser = Browser::With(Arc::new(move |url: &str| sender.lock().unwrap().send(url.to_owned()).is_ok()));
        let vault = Arc::new(SilentVault::default());
        let rig = Rig::with_browser(dir.path(), &server.base, vault, browser);
        Self { rig, pages, _dir: dir }
    }

    fn sign_in(&self, by_code: bool) -> String {
        self.rig.engine.send(Order::Service(ServiceOrder::SignIn { by_code, place: KeyPlace::File }));
        self.pages.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    fn signed_in(&mut self) {
        self.rig.until("signed in", |now, notices| {
            uses(now, "a file only you can read")
                && now.sign_in.is_none()
                && now.account.key.value.is_some()
                && notices.iter().any(|notice| matches!(notice, Notice::KeyKept(KeyPlace::File)))
        });
    }

    fn failed(&mut self, part: &str) {
        self.rig.until(part, |now, _| {
            let stage = now.sign_in.as_ref().map(|view| &view.stage);
            matches!(stage, Some(SignInStage::Failed(why)) if why.contains(part))
        });
        assert!(self.rig.engine.snapshot().service.key.is_none());
    }

    fn close(self) {
        self.rig.engine.shutdown(Duration::from_secs(10));
    }
}

#[test]
fn the_browser_brings_the_key_and_the_port_closes_behind_it() {
    let server = DemoServer::start();
    let mut studio = Studio::open(&server);
    let page = studio.sign_in(false);
    assert!(fetch(&page).unwrap().1.contains("Allow Easel"), "the page is there");
    let back = press(&page, "allow");
    let favicon = format!("{}/favicon.ico", back.rsplit_once('/').unwrap().0);
    assert_eq!(status(&fetch(&favicon)), "404");
    let answer = fetch(&back);
    assert_eq!(status(&answer), "200");
    let (head, body) = answer.unwrap();
    assert!(body.contains("go back to Easel") && head.contains("cache-control: no-store"), "{head}");
    studio.signed_in();
    assert_eq!(status(&fetch(&back)), "closed", "a replay finds nobody");
    studio.close();
}

#[test]
fn strangers_at_the_port_are_sent_away_and_waiting_goes_on() {
    let server = DemoServer::start();
    let mut studio = Studio::open(&server);
    let page = studio.sign_in(false);
    let back = press(&page, "allow");
    let (address, query) = back.split_once('?').unwrap();
    let root = address.rsplit_once('/').unwrap().0;
    let wrong_state = back.replace("state=", "state=x");
    for url in
        [format!("{root}/?{query}"), format!("{root}/callback?{query}"), wrong_state, format!("{address}/x?{query}")]
    {
        assert_eq!(status(&fetch(&url)), "404", "{url}");
    }
    // Half a request, and one that says nothing, hold up nobody.
    let host = root.strip_prefix("http://").unwrap();
    let mut half = TcpStream::connect(host).unwrap();
    half.write_all(b"GET /half").unwrap();
    let _silent = TcpStream::connect(host).unwrap();
    assert!(studio.rig.engine.snapshot().sign_in.is_some());
    assert_eq!(status(&fetch(&back)), "200");
    studio.signed_in();
    studio.close();
}

#[test]
fn a_refusal_an_expired_code_and_a_closed_window_are_told_apart() {
    let server = DemoServer::start();
    let mut studio = Studio::open(&server);
    let page = studio.sign_in(false);
    assert_eq!(status(&fetch(&press(&page, "refuse"))), "200");
    studio.failed("refused in the browser");
    let page = studio.sign_in(false);
    assert_eq!(status(&fetch(&press(&page, "allow-expired"))), "200");
    studio.failed("expired");
    // The window was closed: nobody comes, until the artist has had enough.
    let page = studio.sign_in(false);
    let back = press(&page, "allow");
    studio.rig.engine.send(Order::Service(ServiceOrder::CancelSignIn));
    studio.rig.until("it is over", |now, _| now.sign_in.is_none());
    let gone = (0..600).any(|_| {
        std::thread::park_timeout(Duration::from_millis(20));
        status(&fetch(&back)) == "closed"
    });
    assert!(gone, "the port is closed");
    assert!(studio.rig.engine.snapshot().service.key.is_none());
    studio.close();
}

#[test]
fn of_two_windows_each_gets_its_own_answer() {
    let server = DemoServer::start();
    let (mut one, mut other) = (Studio::open(&server), Studio::open(&server));
    let (first, second) = (one.sign_in(false), other.sign_in(false));
    let (to_first, to_second) = (press(&first, "allow"), press(&second, "allow"));
    // The code of the other one, at the right door and with the right state: the service does not take it.
    let stolen = to_second.split_once("code=").unwrap().1.split('&').next().unwrap();
    let own = to_first.split_once("code=").unwrap().1.split('&').next().unwrap();
    assert_eq!(status(&fetch(&to_first.replace(own, stolen))), "200");
    one.failed("Invalid code_verifier");
    let again = one.sign_in(false);
    assert_eq!(status(&fetch(&press(&again, "allow"))), "200");
    one.signed_in();
    // That code is used up by now; its owner is told, and tries again.
    assert_eq!(status(&fetch(&to_second)), "200");
    other.failed("Invalid code");
    let again = other.sign_in(false);
    assert_eq!(status(&fetch(&press(&again, "allow"))), "200");
    other.signed_in();
    one.close();
    other.close();
}

#[test]
fn a_second_sign_in_of_one_window_takes_the_place_of_the_first() {
    let server = DemoServer::start();
    let mut studio = Studio::open(&server);
    let first = press(&studio.sign_in(false), "allow");
    let second = press(&studio.sign_in(false), "allow");
    assert_eq!(status(&fetch(&second)), "200");
    studio.signed_in();
    assert_eq!(status(&fetch(&first)), "closed");
    studio.close();
}

#[test]
fn where_no_callback_can_come_the_code_is_pasted() {
    let server = DemoServer::start();
    let mut studio = Studio::open(&server);
    let page = studio.sign_in(true);
    assert!(!page.contains("callback_url"), "{page}");
    let shown = fetch(&page.replacen("/auth?", "/auth/allow?", 1)).unwrap().1;
    let code = shown.split_once("<code>").unwrap().1.split('<').next().unwrap();
    studio.rig.engine.send(Order::Service(ServiceOrder::PasteCode(Secret("not a code".into()))));
    studio.rig.until("that is none", |now, _| {
        matches!(now.sign_in.as_ref().map(|view| &view.stage), Some(SignInStage::Failed(_)))
    });
    studio.rig.engine.send(Order::Service(ServiceOrder::PasteCode(Secret(format!(" {code}\n")))));
    studio.signed_in();
    studio.close();
}

#[test]
fn without_a_browser_the_address_is_there_to_be_copied() {
    let server = DemoServer::start();
    let dir = tempfile::tempdir().unwrap();
    let vault = Arc::new(SilentVault::default());
    let mut rig = Rig::with_browser(dir.path(), &server.base, vault, Browser::With(Arc::new(|_| false)));
    rig.engine.send(Order::Service(ServiceOrder::SignIn { by_code: false, place: KeyPlace::UntilClose }));
    rig.until("it is said", |now, _| {
        now.sign_in.as_ref().is_some_and(|view| view.stage == SignInStage::NoBrowser && view.url.is_some())
    });
    let page = rig.engine.snapshot().sign_in.as_ref().unwrap().url.clone().unwrap();
    assert_eq!(status(&fetch(&press(&page, "allow"))), "200");
    rig.until("signed in", |now, _| uses(now, "memory, until Easel closes"));
    rig.engine.shutdown(Duration::from_secs(10));
}

/// A program named `xdg-open` that writes down its address and its whole environment.
#[cfg(target_os = "linux")]
fn fake_browser(bin: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(bin).unwrap();
    let script = "#!/bin/sh\n/usr/bin/env > \"$HOME/opened-env\"\nprintf '%s' \"$1\" > \"$HOME/opened-new\"\n/bin/mv \"$HOME/opened-new\" \"$HOME/opened\"\n";
    let file = bin.join("xdg-open");
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(target_os = "linux")]
fn opened(home: &Path) -> String {
    for _ in 0..3_000 {
        if let Ok(url) = std::fs::read_to_string(home.join("opened")) {
            return url;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    panic!("no browser was opened");
}

#[cfg(target_os = "linux")]
#[test]
fn from_a_shell_the_browser_is_opened_without_the_key_that_is_in_use() {
    let server = DemoServer::start();
    let home = tempfile::tempdir().unwrap();
    fake_browser(&home.path().join("bin"));
    let mut command = super::program(home.path());
    command.env("PATH", home.path().join("bin")).env("OPENROUTER_API_KEY", super::KEY);
    command.args(["--api-base", &server.base, "sign-in", "--file"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let page = opened(home.path());
    assert_eq!(status(&fetch(&press(&page, "allow"))), "200");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "signed in\n");
    let environment = std::fs::read_to_string(home.path().join("opened-env")).unwrap();
    assert!(environment.contains("HOME=") && !environment.contains("OPENROUTER_API_KEY"), "{environment}");
    // From now on the key is there.
    let mut account = super::program(home.path());
    let output = account.args(["--api-base", &server.base, "account"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("from a file only you can read"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_is_killed_while_it_signs_in_leaves_no_half_a_key() {
    let asked = Arc::new(AtomicBool::new(false));
    let seen = asked.clone();
    // Takes the code and never gives the key.
    let server = Recorder::start(move |request| match request.path() {
        "/api/v1/auth/keys" => {
            seen.store(true, Ordering::SeqCst);
            loop {
                std::thread::park();
            }
        }
        _ => recorder::service(request),
    });
    for (by_then, code) in [("waits for the browser", None), ("asks for the key", Some("c0de-0123456789abcdef"))] {
        let home = tempfile::tempdir().unwrap();
        fake_browser(&home.path().join("bin"));
        let mut command = super::program(home.path());
        command.env("PATH", home.path().join("bin")).args(["--api-base", &server.base(), "sign-in", "--file"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let page = opened(home.path());
        let query = |name: &str| {
            let value = page.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
            value.replace("%3A", ":").replace("%2F", "/")
        };
        let back = format!("{}?code={}&state={}", query("callback_url"), code.unwrap_or("x"), query("state"));
        if code.is_some() {
            assert_eq!(status(&fetch(&back)), "200");
            while !asked.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(status(&fetch(&back)), "closed", "{by_then}");
        let mut account = super::program(home.path());
        let output = account.args(["--api-base", &server.base(), "account"]).output().unwrap();
        assert!(super::errors(&output).starts_with("error: no_key: "), "{by_then}: {}", super::errors(&output));
        let kept = std::fs::read_dir(super::config(home.path()).join("keys")).map(Iterator::count);
        assert_eq!(kept.unwrap_or(0), 0, "{by_then}");
    }
}

#[test]
fn an_engine_that_ends_in_the_middle_of_a_sign_in_begins_anew() {
    let server = DemoServer::start();
    let mut studio = Studio::open(&server);
    let back = press(&studio.sign_in(false), "allow");
    let Studio { rig, _dir: dir, .. } = studio;
    drop(rig);
    assert_eq!(status(&fetch(&back)), "closed");
    studio = Studio::open_in(&server, dir);
    studio.rig.until("the library is read", |now, _| now.library_read);
    let now = studio.rig.engine.snapshot();
    assert!(now.sign_in.is_none() && now.service.key.is_none() && now.account.trouble.is_none());
    assert_eq!(status(&fetch(&press(&studio.sign_in(false), "allow"))), "200");
    studio.signed_in();
    studio.close();
}

#[test]
fn from_a_shell_without_a_browser_a_code_is_pasted() {
    let server = DemoServer::start();
    let home = tempfile::tempdir().unwrap();
    let mut command = super::program(home.path());
    command.env("PATH", home.path()).args(["--api-base", &server.base, "sign-in", "--paste", "--file"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = Vec::new();
    while !first.ends_with(b"\n") {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "it ended early");
        first.extend_from_slice(&byte);
    }
    let page = String::from_utf8(first).unwrap();
    let shown = fetch(&page.trim().replacen("/auth?", "/auth/allow?", 1)).unwrap().1;
    let code = shown.split_once("<code>").unwrap().1.split('<').next().unwrap();
    child.stdin.take().unwrap().write_all(format!("{code}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
