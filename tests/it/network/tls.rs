//! Servers whose certificate is right or wrong, and servers that only IPv6 reaches.

use super::{LIST, http, models, said};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/certificates")).join(name)
}

/// Serves the list of models over TLS with this certificate; returns the port.
fn serve(certificate: &str, listener: TcpListener) -> u16 {
    let port = listener.local_addr().unwrap().port();
    let certificate = CertificateDer::from(std::fs::read(file(certificate)).unwrap());
    let key = PrivateKeyDer::try_from(std::fs::read(file("server-key.der")).unwrap()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            let answer = http("200 OK", "content-type: application/json\r\n", LIST);
            // Who does not trust this server goes away instead of asking.
            if stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) && stream.write_all(&answer).is_ok() {
                stream.conn.send_close_notify();
                stream.flush().ok();
            }
        }
    });
    port
}

fn asked(base: &str) -> (bool, String) {
    let authority = file("authority.pem");
    let output = models(base, &[("SSL_CERT_FILE", authority.to_str().unwrap())]);
    (output.status.success(), said(&output))
}

#[test]
fn what_is_wrong_with_a_certificate_is_named_with_what_to_do() {
    for (certificate, part) in [
        ("right.der", None),
        ("expired.der", Some("its certificate has expired, or the clock of this computer is wrong")),
        ("early.der", Some("its certificate is not valid yet; the clock of this computer is probably wrong")),
        ("other-name.der", Some("its certificate belongs to another name")),
        ("self-signed.der", Some("its certificate comes from nobody that this computer trusts")),
    ] {
        for host in ["127.0.0.1", "localhost"] {
            let port = serve(certificate, TcpListener::bind("127.0.0.1:0").unwrap());
            let (worked, said) = asked(&format!("https://{host}:{port}/api/v1"));
            match part {
                None => assert!(worked && said.contains("acme/paint"), "{certificate} at {host}: {said}"),
                Some(part) => assert!(!worked && said.contains(part), "{certificate} at {host}: {said}"),
            }
        }
    }
}

#[test]
fn a_server_that_only_ipv6_reaches_is_reached_and_missed_when_it_is_not_there() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("skipped: this computer has no IPv6");
        return;
    };
    let port = serve("right.der", listener);
    for host in ["[::1]", "localhost"] {
        let (worked, said) = asked(&format!("https://{host}:{port}/api/v1"));
        assert!(worked && said.contains("acme/paint"), "{host}: {said}");
    }
    let closed = TcpListener::bind("[::1]:0").unwrap().local_addr().unwrap().port();
    for scheme in ["http", "https"] {
        let (worked, said) = asked(&format!("{scheme}://[::1]:{closed}/api/v1"));
        assert!(!worked && said.contains("nothing answers there"), "{said}");
    }
}
