//! What the network says, in words that tell what to do: no name, no way, no TLS, a wrong clock, a proxy, a redirect.
//!
//! May import nothing of ours. Pure. Invariants: a text that is not known is passed on as it is; no advice names an
//! address that was not given by the service or the artist.

use super::readable::readable;
use reqwest::Url;

/// What is looked for in a failure (lower case), and what it means.
const MEANINGS: [(&[&str], &str); 15] = [
    (
        &["lookup address", "name resolution", "nodename nor servname", "no such host", "dns error", "name or service"],
        "its name was not found; either this computer is offline or the address is misspelled",
    ),
    (&["proxy authentication required", "proxy authorization required"], "the proxy wants a user name and a password"),
    (&["tunnel error", "proxy connect", "socks error", "socks"], "the proxy refused to connect to it"),
    (
        &["not valid yet", "notvalidyet"],
        "its certificate is not valid yet; the clock of this computer is probably wrong",
    ),
    (&["expired"], "its certificate has expired, or the clock of this computer is wrong"),
    (&["not valid for name", "notvalidforname"], "its certificate belongs to another name"),
    (
        &["unknownissuer", "unknown issuer", "self-signed", "self signed", "certificate"],
        "its certificate comes from nobody that this computer trusts; a proxy or a virus scanner may stand in between",
    ),
    (
        &["invalidcontenttype", "corrupt message", "wrong version number"],
        "what answers there does not speak TLS; an address that begins with http:// may be meant",
    ),
    (&["handshake", "fatal alert"], "no secure connection could be agreed on"),
    (&["connection refused", "actively refused"], "nothing answers there (connection refused)"),
    (&["network is unreachable", "no route to host", "unreachable"], "there is no way to it from this network"),
    (
        &[
            "connection reset",
            "connection aborted",
            "broken pipe",
            "forcibly closed",
            "stream error",
            "go away",
            "goaway",
        ],
        "the other side ended it",
    ),
    (
        &["unexpected eof", "end of file before", "incomplete message", "before message completed", "incompletebody"],
        "the other side hung up before its answer was whole",
    ),
    (&["timed out", "timeout"], "nothing more came"),
    (
        &["invalid http version", "invalid header", "invalid chunk", "invalid status", "frame with invalid"],
        "what answers there does not speak HTTP as it should",
    ),
];

/// Returns what a failure to connect means. `chain`: everything that was said of it, the innermost last.
pub(super) fn meaning(chain: &[String]) -> String {
    let innermost = chain.last().map(String::as_str).unwrap_or_default();
    let all = chain.join(" ").to_lowercase();
    let known = MEANINGS.iter().find(|(words, _)| words.iter().any(|word| all.contains(word)));
    known.map_or_else(|| readable(innermost), |(_, meaning)| (*meaning).to_owned())
}

/// Says where a redirect leads and what to do about it. `asked`: the address of the call, which began with `base`.
pub(super) fn moved(asked: &Url, base: &Url, location: &str) -> String {
    let Ok(to) = asked.join(location) else {
        return "The service sends on to an address that cannot be read".to_owned();
    };
    let call = asked.path().strip_prefix(base.path().trim_end_matches('/')).unwrap_or_default();
    let new_base = to.path().strip_suffix(call).filter(|_| !call.is_empty());
    let host = to.host_str().unwrap_or_default();
    let same_host = to.host_str() == base.host_str() && to.port_or_known_default() == base.port_or_known_default();
    match new_base {
        Some(path) if to.scheme() != base.scheme() || !same_host || path != base.path() => {
            let port = to.port().map_or_else(String::new, |port| format!(":{port}"));
            let found = readable(&format!("{}://{host}{port}{}", to.scheme(), path.trim_end_matches('/')));
            format!("The service is at {found} now; make that the base address")
        }
        _ if same_host => {
            "The service sends on to another page of its own; the base address is probably wrong".to_owned()
        }
        _ => format!(
            "The request was sent on to {}; networks of hotels and trains do that until you sign in with a browser",
            readable(host)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_named_by_what_can_be_done() {
        for (chain, part) in [
            ("dns error|failed to lookup address information: Name or service not known", "its name was not found"),
            ("dns error|failed to lookup address information: Temporary failure in name resolution", "offline"),
            ("tcp connect error|Connection refused (os error 111)", "nothing answers there"),
            ("tcp connect error|Network is unreachable (os error 101)", "no way to it"),
            ("tcp connect error|No route to host (os error 113)", "no way to it"),
            ("invalid peer certificate: certificate not valid yet: verification time 5, not before 9", "clock"),
            ("invalid peer certificate: NotValidYet", "not valid yet"),
            ("invalid peer certificate: certificate expired: verification time 9", "has expired"),
            ("invalid peer certificate: UnknownIssuer", "nobody that this computer trusts"),
            (
                "invalid peer certificate: certificate not valid for name \"a\"; certificate is only valid for b",
                "another name",
            ),
            ("received corrupt message of type InvalidContentType", "does not speak TLS"),
            ("received fatal alert: HandshakeFailure", "no secure connection"),
            ("tunnel error: unsuccessful", "the proxy refused"),
            ("tunnel error|proxy authorization required", "user name and a password"),
            ("SOCKS error: host unreachable", "the proxy refused"),
            ("error reading a body from connection|Unexpected EOF during chunk size line", "hung up before"),
            ("error reading a body from connection|end of file before message length reached", "hung up before"),
            ("connection closed before message completed", "hung up before"),
            ("error reading a body from connection|Connection reset by peer (os error 104)", "ended it"),
            ("http2 error|stream error received: unexpected internal error encountered", "ended it"),
            ("Broken pipe (os error 32)", "ended it"),
            ("Connection timed out (os error 110)", "nothing more came"),
            ("invalid HTTP version parsed", "does not speak HTTP"),
            ("Invalid chunk size line: Invalid Size", "does not speak HTTP"),
            ("something new", "something new"),
        ] {
            let chain: Vec<String> = chain.split('|').map(str::to_owned).collect();
            assert!(meaning(&chain).contains(part), "{chain:?}: {}", meaning(&chain));
        }
    }

    #[test]
    fn a_redirect_names_the_base_that_would_be_right_or_the_network_that_stands_between() {
        let url = |text: &str| Url::parse(text).unwrap();
        let base = url("http://images.example/api/v1");
        let asked = url("http://images.example/api/v1/images/models");
        for (location, said) in [
            (
                "https://images.example/api/v1/images/models",
                "The service is at https://images.example/api/v1 now; make that the base address",
            ),
            (
                "https://new.example:8443/v2/images/models?x=1",
                "The service is at https://new.example:8443/v2 now; make that the base address",
            ),
            ("/api/v2/images/models", "The service is at http://images.example/api/v2 now; make that the base address"),
            (
                "http://portal.hotel.example/login?next=images",
                "The request was sent on to portal.hotel.example; networks of hotels and trains do that until you sign in \
                 with a browser",
            ),
            ("/login", "The service sends on to another page of its own; the base address is probably wrong"),
            ("http://[", "The service sends on to an address that cannot be read"),
        ] {
            assert_eq!(moved(&asked, &base, location), said, "{location}");
        }
    }
}
