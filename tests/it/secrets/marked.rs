//! A marked key goes through every flow, failures included; then every byte that was written, printed, shown or handed
//! to another program is searched for it.

use super::recorder::{self, Recorder, Request};
use super::{errors, program};
use crate::panels::Window;
use easel::studio::Dialog;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Without the beginning that keys have, so that nothing hides it by its look.
const MARKED: &str = "marked-key-0123456789-abcdef-0123456789";
const BROUGHT: &str = "brought-key-9876543210-fedcba-9876543210";
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Echoes the key that it is asked with wherever a service could.
fn echo(request: &Request) -> recorder::Reply {
    let (status, headers, body) = echo_marked(request);
    match request.header("authorization").is_some_and(|key| key.ends_with(BROUGHT)) {
        true => (status, headers.replace(MARKED, BROUGHT), body.replace(MARKED, BROUGHT)),
        false => (status, headers, body),
    }
}

fn echo_marked(request: &Request) -> recorder::Reply {
    let said = |status: &str, body: String| (status.to_owned(), format!("x-provider-name: {MARKED}\r\n"), body);
    let refusal = |code: u16| {
        format!(
            r#"{{"error":{{"code":{code},"message":"The key {MARKED} is odd","metadata":{{"provider_name":"{MARKED}",
                "reasons":["{MARKED}"],"flagged_input":"{MARKED}","error_type":"{MARKED}","raw":"{MARKED}"}}}}}}"#
        )
    };
    match request.path() {
        "/api/v1/images" if request.text.contains("refused") => said("403 Forbidden", refusal(403)),
        "/api/v1/images" if request.text.contains("page") => said("502 Bad Gateway", format!("<p>{MARKED}</p>")),
        "/api/v1/images" if request.text.contains("inside") => said("200 OK", refusal(500)),
        "/api/v1/images" if request.text.contains("broken") => said("200 OK", format!("{{\"{MARKED}\"")),
        "/api/v1/images" => {
            let usage = format!(r#"{{"cost":0.04,"by":"{MARKED}","{MARKED}":[{{"of":"a {MARKED} b"}}]}}"#);
            let body = format!(r#"{{"created":1,"data":[{{"b64_json":"{PIXEL}"}}],"usage":{usage}}}"#);
            let (status, headers, body) = said("200 OK", body);
            (status, format!("{headers}x-generation-id: gen-{MARKED}\r\n"), body)
        }
        "/api/v1/key" => said("200 OK", format!(r#"{{"data":{{"label":"{MARKED}","usage":1}}}}"#)),
        "/api/v1/credits" => said("500 Internal Server Error", refusal(500)),
        "/api/v1/auth/keys" if request.text.contains("bad-code") => said("403 Forbidden", refusal(403)),
        "/api/v1/auth/keys" => said("200 OK", format!(r#"{{"key":"{BROUGHT}","user_id":null}}"#)),
        _ => recorder::service(request),
    }
}

fn holds(bytes: &[u8]) -> bool {
    [MARKED, BROUGHT].iter().any(|key| bytes.windows(key.len()).any(|window| window == key.as_bytes()))
}

fn is_clean(what: &str, output: &Output) {
    for bytes in [&output.stdout, &output.stderr] {
        assert!(!holds(bytes), "{what}: {}", String::from_utf8_lossy(bytes));
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    let each = |entry: std::fs::DirEntry| match entry.path().is_dir() {
        true => files(&entry.path()),
        false => vec![entry.path()],
    };
    entries.into_iter().flat_map(each).collect()
}

#[test]
fn no_flow_leaves_the_key_anywhere() {
    let home = tempfile::tempdir().unwrap();
    let server = Recorder::start(echo);
    let run = |arguments: &[&str]| {
        let mut command = program(home.path());
        command.env("OPENROUTER_API_KEY", MARKED).env("RUST_LOG", "trace").args(["--api-base", &server.base()]);
        command.args(arguments).output().unwrap()
    };
    let stored = run(&["generate", "--model", "a/b", "--prompt", "x", "--json"]);
    assert!(stored.status.success(), "{}", errors(&stored));
    is_clean("a picture", &stored);
    for prompt in ["refused", "page", "inside", "broken"] {
        let output = run(&["generate", "--model", "a/b", "--prompt", prompt]);
        assert!(!output.status.success(), "{prompt}");
        is_clean(prompt, &output);
    }
    for arguments in
        [&["models"][..], &["models", "--json"], &["account"], &["account", "--json"], &["library", "check"]]
    {
        is_clean(&arguments.join(" "), &run(arguments));
    }
    let base = ["--api-base", &server.base()];
    for (answer, succeeds) in [("code=bad-code", false), ("error=access_denied", false), ("code=one-time", true)] {
        assert_eq!(sign_in(home.path(), &base, answer), succeeds, "{answer}");
    }
    for (code, succeeds) in [("bad-code", false), ("one-time", true)] {
        assert_eq!(paste(home.path(), &base, code), succeeds, "{code}");
    }
    // A server by name has a key of its own.
    let list = format!(r#"{{"connections":[{{"name":"Studio","base":"{}"}}]}}"#, server.base());
    std::fs::write(super::config(home.path()).join("connections.json"), list).unwrap();
    let studio = ["--connection", "Studio"];
    assert!(sign_in(home.path(), &studio, "code=one-time"));
    for arguments in [&["account"][..], &["generate", "--model", "a/b", "--prompt", "refused"]] {
        let mut command = program(home.path());
        is_clean("a connection", &command.env("RUST_LOG", "trace").args(studio).args(arguments).output().unwrap());
    }
    assert!(server.holds(BROUGHT), "the connection's key was in use");
    assert!(server.holds(MARKED), "the key was in use all the while");
    // It goes with the calls that need it, and in one header alone.
    for request in server.seen() {
        let needs_key = ["/api/v1/images", "/api/v1/key", "/api/v1/credits"].contains(&request.path());
        assert_eq!(request.header("authorization").is_some(), needs_key, "{}", request.line);
        let elsewhere = request.text.lines().filter(|line| !line.to_lowercase().starts_with("authorization:"));
        assert!(elsewhere.into_iter().all(|line| !holds(line.as_bytes())), "{}", request.line);
    }
    let all = files(home.path());
    assert!(all.len() > 5, "{all:?}");
    for file in all {
        // The one that the artist asked to keep, in the one place for it.
        let is_kept =
            file.starts_with(home.path().join(".config/easel/keys")) && file.extension().is_some_and(|e| e == "key");
        let bytes = std::fs::read(&file).unwrap();
        assert!(is_kept || !holds(&bytes), "the key is in {}", file.display());
        assert!(!is_kept || String::from_utf8_lossy(&bytes) == BROUGHT, "{}", file.display());
    }
}

/// Signs in from a shell without a browser, by a code that is pasted; says whether it worked.
fn paste(home: &Path, service: &[&str], code: &str) -> bool {
    let mut command: Command = program(home);
    command.env("PATH", home).env("OPENROUTER_API_KEY", MARKED).env("RUST_LOG", "trace");
    command.args(service).args(["sign-in", "--paste", "--file"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{code}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    is_clean("sign-in by a code", &output);
    output.status.success()
}

/// Signs in from a shell with a browser that writes down all it is given, and answers this; says whether it worked.
fn sign_in(home: &Path, service: &[&str], answer: &str) -> bool {
    std::fs::remove_file(home.join("page")).unwrap_or_default();
    let bin = home.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let script = "#!/bin/sh\n/usr/bin/env > \"$HOME/browser-env\"\n/bin/cat /proc/$$/cmdline > \"$HOME/browser-line\"\nprintf '%s' \"$1\" > \"$HOME/page-new\"\n/bin/mv \"$HOME/page-new\" \"$HOME/page\"\n";
    let file = bin.join("xdg-open");
    std::fs::write(&file, script).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command: Command = program(home);
    command.env("PATH", &bin).env("OPENROUTER_API_KEY", MARKED).env("RUST_LOG", "trace");
    command.args(service).args(["sign-in", "--file"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let page = (0..3_000).find_map(|_| {
        std::thread::park_timeout(std::time::Duration::from_millis(20));
        std::fs::read_to_string(home.join("page")).ok()
    });
    let page = page.unwrap();
    let value = |name: &str| {
        let text = page.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
        text.replace("%3A", ":").replace("%2F", "/")
    };
    let back = format!("{}?{answer}&state={}", value("callback_url"), value("state"));
    let (host, path) = back.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    std::io::Write::write_all(&mut stream, format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    is_clean("sign-in", &output);
    let environment = std::fs::read_to_string(home.join("browser-env")).unwrap();
    assert!(environment.contains("HOME=") && !environment.contains("OPENROUTER_API_KEY"), "{environment}");
    output.status.success()
}

/// Everything that the window says to a screen reader, and what it keeps of itself.
fn said(h: &Harness<'_, Window>) -> String {
    let nodes = h.root().children_recursive();
    let texts = nodes.map(|node| format!("{:?} {:?}", node.accesskit_node().label(), node.value()));
    let window = h.state();
    let own = format!(
        "{} {:?} {:?} {:?}",
        window.studio.window_title(),
        window.engine.snapshot(),
        window.asked,
        window.studio.notices.iter().map(|toast| toast.text.clone()).collect::<Vec<_>>()
    );
    texts.chain([own]).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_window_shows_no_key_while_it_is_typed_or_afterwards() {
    let mut window = Window::bare();
    window.studio.dialog = Some(Dialog::Settings);
    let mut h = crate::panels::harness(egui::Theme::Dark, window);
    h.run();
    h.get_by_label("New key").type_text(MARKED);
    h.run();
    assert!(!said(&h).contains(MARKED), "while it is typed");
    h.get_by_role_and_label(Role::RadioButton, "Nowhere: forget it when Easel closes").click();
    h.run();
    h.get_by_role_and_label(Role::Button, "Connect").click();
    h.run();
    let began = std::time::Instant::now();
    while h.state().engine.snapshot().service.key.is_none() {
        assert!(began.elapsed().as_secs() < 60);
        std::thread::yield_now();
    }
    h.run();
    assert!(!said(&h).contains(MARKED), "when it is in use");
    for file in files(h.state().folder.path()) {
        assert!(!holds(&std::fs::read(&file).unwrap()), "{}", file.display());
    }
}
