//! Where keys go, and where they never go: the whole program against servers that write down what they are sent.

mod connections;
mod identity;
mod look_up;
mod marked;
mod recorder;
mod send_here;
mod sign_in;
mod store;
mod two_windows;

use recorder::Recorder;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Marked: easily found wherever it should not be.
const KEY: &str = "sk-or-v1-marked-0123456789abcdef0123456789abcdef";

fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
    command.env_clear().env("HOME", home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.arg("--library").arg(home.join("library"));
    command
}

fn generate(mut command: Command, more: &[&str]) -> Output {
    command.args(more).args(["generate", "--model", "a/b", "--prompt", "x"]).output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn config(home: &Path) -> PathBuf {
    home.join(".config/easel")
}

/// Puts a key where versions before this one kept it in a file.
fn keep_as_before(home: &Path) {
    std::fs::create_dir_all(config(home)).unwrap();
    std::fs::write(config(home).join("key"), KEY).unwrap();
}

/// Writes down that the system's store has the key of a server on this computer.
fn keep_in_system_store(home: &Path, port: u16) {
    let keys = config(home).join("keys");
    std::fs::create_dir_all(&keys).unwrap();
    let note = r#"{"place":"system","in_store":true}"#;
    std::fs::write(keys.join(format!("http-127.0.0.1-{port}.json")), note).unwrap();
}

#[test]
fn a_key_from_before_is_not_sent_to_another_address() {
    let home = tempfile::tempdir().unwrap();
    keep_as_before(home.path());
    let server = Recorder::service();
    let output = generate(program(home.path()), &["--api-base", &server.base()]);
    assert!(errors(&output).starts_with("error: forbidden: "), "it was asked without a key: {}", errors(&output));
    assert!(server.seen().iter().any(|request| request.line.starts_with("POST")));
    assert!(!server.holds(KEY), "{:?}", server.seen());
    assert_eq!(std::fs::read_to_string(config(home.path()).join("key")).unwrap(), KEY, "nothing is lost");
}

#[test]
fn the_variable_goes_to_the_server_that_the_same_call_names() {
    for by_variable in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let server = Recorder::service();
        let mut command = program(home.path());
        command.env("OPENROUTER_API_KEY", KEY);
        let base = server.base();
        let more = ["--api-base", base.as_str()];
        let output = match by_variable {
            true => generate(
                {
                    command.env("OPENROUTER_API_BASE", &base);
                    command
                },
                &[],
            ),
            false => generate(command, &more),
        };
        assert!(errors(&output).starts_with("error: forbidden: "), "{}", errors(&output));
        let posts: Vec<_> = server.seen().into_iter().filter(|request| request.line.starts_with("POST")).collect();
        assert_eq!(posts[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        // Discovery needs no key, so it gets none.
        let models = server.seen().into_iter().find(|request| request.path().ends_with("/models")).unwrap();
        assert_eq!(models.header("authorization"), None);
    }
}

#[test]
fn a_redirect_carries_the_key_nowhere() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = Recorder::service();
        let target = elsewhere.base();
        let server = Recorder::start(move |request| match request.path() {
            "/api/v1/images" | "/api/v1/key" => {
                let path = request.path().trim_start_matches("/api/v1");
                (status.to_owned(), format!("location: {target}{path}\r\n"), String::new())
            }
            _ => recorder::service(request),
        });
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        command.env("OPENROUTER_API_KEY", KEY);
        let output = generate(command, &["--api-base", &server.base()]);
        assert!(!output.status.success() && !errors(&output).contains(KEY), "{}", errors(&output));
        assert!(server.holds(KEY), "{status}: the key was sent where it belongs");
        assert!(elsewhere.seen().is_empty(), "{status}: {:?}", elsewhere.seen());
    }
}

#[test]
fn a_key_goes_nowhere_unencrypted_unless_the_host_is_named() {
    let home = tempfile::tempdir().unwrap();
    let server = Recorder::service();
    // Reached like this computer, but not by a name or an address that must be.
    let base = format!("http://0.0.0.0:{}/api/v1", server.port);
    let with_key = || {
        let mut command = program(home.path());
        command.env("OPENROUTER_API_KEY", KEY);
        command
    };
    let output = generate(with_key(), &["--api-base", &base]);
    let named = format!("--allow-http 0.0.0.0:{}", server.port);
    assert!(errors(&output).starts_with("error: plain_http: ") && errors(&output).contains(&named));
    let output = generate(with_key(), &["--api-base", &base, "--allow-http", "studio.local"]);
    assert!(errors(&output).starts_with("error: plain_http: "), "{}", errors(&output));
    assert!(!server.holds(KEY), "{:?}", server.seen());
    let output = generate(with_key(), &["--api-base", &base, "--allow-http", "0.0.0.0"]);
    assert!(errors(&output).starts_with("error: forbidden: "), "{}", errors(&output));
    assert!(server.holds(KEY));
    // A yes for one call is none for the next.
    let output = generate(with_key(), &["--api-base", &base]);
    assert!(errors(&output).starts_with("error: plain_http: "), "{}", errors(&output));
}

#[test]
fn a_base_with_a_user_in_it_is_refused_and_not_repeated() {
    let home = tempfile::tempdir().unwrap();
    let output = generate(program(home.path()), &["--api-base", "https://me:hidden@openrouter.ai/api/v1"]);
    assert!(errors(&output).starts_with("error: unsendable: ") && !errors(&output).contains("hidden"));
}

#[test]
fn without_a_secret_store_a_kept_key_is_said_to_be_out_of_reach() {
    let home = tempfile::tempdir().unwrap();
    let server = Recorder::service();
    keep_in_system_store(home.path(), server.port);
    let mut command = program(home.path());
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.path().join("nobody").display()));
    let output = generate(command, &["--api-base", &server.base()]);
    assert!(errors(&output).starts_with("error: secret_store: "), "{}", errors(&output));
    assert!(errors(&output).contains("OPENROUTER_API_KEY"), "it says what helps: {}", errors(&output));
    assert!(!server.seen().iter().any(|request| request.line.starts_with("POST")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_silent_secret_store_is_waited_for_and_then_named() {
    let home = tempfile::tempdir().unwrap();
    let server = Recorder::service();
    keep_in_system_store(home.path(), server.port);
    // Takes every connection, and never says a word.
    let socket = home.path().join("bus");
    let bus = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || bus.incoming().flatten().collect::<Vec<_>>());
    let mut command = program(home.path());
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
    let output = generate(command, &["--api-base", &server.base(), "--timeout", "3"]);
    let said = errors(&output);
    assert!(said.contains("easel: waiting for the system's secret store"), "{said}");
    assert!(said.contains("error: secret_store: ") && said.contains("does not answer"), "{said}");
    assert!(!server.seen().iter().any(|request| request.line.starts_with("POST")));
}

#[test]
fn the_account_is_told_as_lines_and_as_json() {
    let home = tempfile::tempdir().unwrap();
    let server = Recorder::service();
    let account = |more: &[&str]| {
        let mut command = program(home.path());
        command.env("OPENROUTER_API_KEY", KEY).args(["--api-base", &server.base(), "account"]);
        let output = command.args(more).output().unwrap();
        assert!(output.status.success(), "{}", errors(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let lines = account(&[]);
    for line in [
        "Key\tfrom OPENROUTER_API_KEY",
        "Key limit\t$4.00 left of $10.00, reset monthly",
        "Budget, workspace\t$20.00 (monthly) used up: requests are refused until the reset ",
        "Spent\t$0.50 today, $1.00 this week, $1.25 this month, $1.50 in all",
        "Balance\tnot known: this key may not see it",
    ] {
        assert!(lines.lines().any(|found| found.starts_with(line)), "{line}: {lines}");
    }
    let told: serde_json::Value = serde_json::from_str(&account(&["--json"])).unwrap();
    assert_eq!(told.pointer("/key/limit_remaining").and_then(serde_json::Value::as_f64), Some(4.0));
    assert_eq!(told.pointer("/budgets/0/remaining_usd").and_then(serde_json::Value::as_f64), Some(-0.5));
    assert!(told["credits"].is_null() && told["key"]["expires_at"].is_null());
    assert!(!lines.contains(KEY) && !told.to_string().contains(KEY));
    let mut without = program(home.path());
    let output = without.args(["--api-base", &server.base(), "account"]).output().unwrap();
    assert!(errors(&output).starts_with("error: no_key: "), "{}", errors(&output));
}
