//! Networks that stand in the way: proxies, sign-in pages, no TLS, no name, nobody at home; with real sockets.

mod tls;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::mpsc;

const LIST: &str = r#"{"data":[{"id":"acme/paint","name":"Acme: Paint"}]}"#;

/// Asks for the list of models with these variables; whatever the network says is printed.
fn models(base: &str, variables: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
    command.env_clear().env("HOME", home.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(variables.iter().copied()).arg("--library").arg(home.path().join("library"));
    command.args(["--api-base", base, "models"]).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// Answers every connection with the same bytes; tells the first bytes that each began with.
fn serve(answer: Vec<u8>) -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket: TcpStream = socket.unwrap();
            let mut start = vec![0; 4096];
            let read = socket.read(&mut start).unwrap_or_default();
            start.truncate(read);
            if tell.send(start).is_err() {
                return;
            }
            socket.write_all(&answer).ok();
        }
    });
    (address, told)
}

/// A proxy of SOCKS 5 that leads everybody to one server; tells where they wanted to go.
fn socks(server: String) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket: TcpStream = socket.unwrap();
            let read = |mut from: &TcpStream, count: usize| {
                let mut bytes = vec![0; count];
                from.read_exact(&mut bytes).unwrap();
                bytes
            };
            let methods = usize::from(read(&socket, 2)[1]);
            read(&socket, methods);
            socket.write_all(&[5, 0]).unwrap();
            let head = read(&socket, 5);
            assert_eq!(&head[..4], [5, 1, 0, 3], "a connection to a name");
            let wanted = read(&socket, usize::from(head[4]) + 2);
            let (name, port) = wanted.split_at(wanted.len() - 2);
            let port = u16::from_be_bytes([port[0], port[1]]);
            socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let onward = TcpStream::connect(&server).unwrap();
            let ways = [(&socket, &onward), (&onward, &socket)];
            for (from, to) in ways {
                let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                std::thread::spawn(move || {
                    std::io::copy(&mut from, &mut to).ok();
                    to.shutdown(std::net::Shutdown::Write).ok();
                });
            }
            if tell.send(format!("{}:{port}", String::from_utf8_lossy(name))).is_err() {
                return;
            }
        }
    });
    (address, told)
}

fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        .into_bytes()
}

#[test]
fn the_systems_proxies_are_used_and_named_when_they_refuse() {
    let (proxy, asked) = serve(http("200 OK", "content-type: application/json\r\n", LIST));
    let output = models("http://images.invalid/api/v1", &[("HTTP_PROXY", &format!("http://{proxy}"))]);
    let start = asked.recv().unwrap();
    assert!(start.starts_with(b"GET http://images.invalid/api/v1/images/models "), "{}", said(&output));
    assert!(said(&output).contains("acme/paint"), "{}", said(&output));

    let (proxy, asked) = serve(http("407 Proxy Authentication Required", "", ""));
    let output = models("https://images.invalid/api/v1", &[("HTTPS_PROXY", &format!("http://{proxy}"))]);
    assert!(asked.recv().unwrap().starts_with(b"CONNECT images.invalid:443 "));
    assert!(
        said(&output).starts_with("error: unreachable: ") && said(&output).contains("the proxy"),
        "{}",
        said(&output)
    );

    let (proxy, asked) = serve(vec![5, 0xff]);
    let output = models("https://images.invalid/api/v1", &[("ALL_PROXY", &format!("socks5h://{proxy}"))]);
    assert_eq!(asked.recv().unwrap().first(), Some(&5), "a greeting of SOCKS 5");
    assert!(said(&output).contains("the proxy"), "{}", said(&output));

    let (server, _served) = serve(http("200 OK", "content-type: application/json\r\n", LIST));
    let (proxy, asked) = socks(server);
    let output = models("http://images.invalid/api/v1", &[("ALL_PROXY", &format!("socks5h://{proxy}"))]);
    assert!(said(&output).contains("acme/paint"), "{}", said(&output));
    assert_eq!(asked.recv().unwrap(), "images.invalid:80", "the proxy finds the name");
    // Nobody asks a proxy for what is on this computer.
    let (here, _asked) = serve(http("200 OK", "content-type: application/json\r\n", LIST));
    let output = models(&format!("http://{here}/api/v1"), &[("HTTP_PROXY", "http://127.0.0.1:1")]);
    assert!(said(&output).contains("acme/paint"), "{}", said(&output));
}

#[test]
fn whatever_stands_in_the_way_is_named_with_what_to_do() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let portal = http("302 Found", "location: http://portal.hotel.example/login\r\n", "");
    let (moved, _a) = serve(http("308 Moved", "location: https://new.example/v1/images/models\r\n", ""));
    let (portal, _b) = serve(portal);
    let (page, _c) = serve(http("200 OK", "content-type: text/html\r\n", "<!DOCTYPE html><title>Hotel</title>"));
    let (plain, _d) = serve(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    for (base, part) in [
        (format!("http://{closed}/api/v1"), "nothing answers there"),
        ("http://no-such-host.invalid/api/v1".to_owned(), "its name was not found"),
        (format!("https://{plain}/api/v1"), "does not speak TLS"),
        (format!("http://{moved}/api/v1"), "The service is at https://new.example/v1 now"),
        (format!("http://{portal}/api/v1"), "sent on to portal.hotel.example"),
        (format!("http://{page}/api/v1"), "a web page instead of JSON"),
    ] {
        let output = models(&base, &[]);
        assert!(!output.status.success() && said(&output).contains(part), "{base}: {}", said(&output));
    }
}

#[test]
fn names_of_others_do_nothing_to_a_terminal() {
    let list = r#"{"data":[{"id":"acme/paint","name":"Evil\u001b]0;owned\u0007\u202egnp\nrow"},{"id":"b/\u001b[2J"}]}"#;
    let (server, _asked) = serve(http("200 OK", "content-type: application/json\r\n", list));
    let base = format!("http://{server}/api/v1");
    let output = models(&base, &[]);
    let text = said(&output);
    assert!(text.contains("acme/paint\tEvil") && text.lines().count() == 1, "{text:?}");
    assert!(!text.chars().any(|c| (c.is_control() && !"\n\t".contains(c)) || c == '\u{202e}'), "{text:?}");
    let (server, _asked) = serve(http("503 Busy", "", "busy \u{1b}[2J\u{202e}now"));
    let text = said(&models(&format!("http://{server}/api/v1"), &[]));
    assert!(text.contains("busy") && !text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}
