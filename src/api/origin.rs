//! Where a key belongs: one scheme, one host, one port; and which of them may have it unasked.
//!
//! May import the types of `api` only. Invariants: two spellings of one place are one origin, and two places are two;
//! a name that counts as this computer is connected to nothing else (`transport` sees to that).

use super::Error;
use super::transport::parse_base;
use reqwest::Url;
use std::fmt;

/// Names one server: scheme, host and port, in one spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    is_https: bool,
    /// In lower case, without a dot at its end; IPv6 in brackets.
    host: String,
    port: u16,
}

/// Says whether a key may go to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRoute {
    /// It is encrypted, or stays on this computer.
    Private,
    /// Anyone between here and this host can read it.
    Open { host: String },
}

impl Origin {
    /// Reads the origin of a base address. Path, case, a default port that is written out and a dot or slash at the end
    /// make no difference.
    ///
    /// # Errors
    /// `Unsendable` when the address is not one that a [`super::Client`] would take.
    pub fn of(base: &str) -> Result<Self, Error> {
        let url = parse_base(base)?;
        let unusable = || Error::Unsendable { reason: "the base address names no host".to_owned() };
        let host = host_of_url(&url).filter(|host| !host.is_empty()).ok_or_else(unusable)?;
        let port = url.port_or_known_default().ok_or_else(unusable)?;
        Ok(Self { is_https: url.scheme() == "https", host, port })
    }

    /// Returns the host as people write it, with the port where it is not the usual one.
    pub fn host(&self) -> String {
        let usual = if self.is_https { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    /// Says whether it is this computer.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Says how a key would travel there.
    pub fn key_route(&self) -> KeyRoute {
        if self.is_https || is_loopback(&self.host) { KeyRoute::Private } else { KeyRoute::Open { host: self.host() } }
    }

    /// Says whether `text`, a host with or without its port, names this place.
    pub fn is_named_by(&self, text: &str) -> bool {
        let text = text.trim();
        let scheme = if self.is_https { "https" } else { "http" };
        let bare_ipv6 = text.parse::<std::net::Ipv6Addr>().is_ok();
        let address = if bare_ipv6 { format!("{scheme}://[{text}]") } else { format!("{scheme}://{text}") };
        let Ok(url) = Url::parse(&address) else { return false };
        let is_host = url.path() == "/" && url.query().is_none() && url.username().is_empty();
        // What stands after the host decides whether a port was named: a URL drops the usual one.
        let names_port = !bare_ipv6 && text.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
        let same_port = !names_port || url.port_or_known_default() == Some(self.port);
        is_host && same_port && host_of_url(&url).as_deref() == Some(self.host.as_str())
    }

    /// Returns a name for files, different for every origin: `https-openrouter.ai-443`.
    pub fn file_name(&self) -> String {
        let Self { is_https, host, port } = self;
        let scheme = if *is_https { "https" } else { "http" };
        // Brackets stay, so that no host name can be taken for an address; colons are no part of file names.
        format!("{scheme}-{}-{port}", host.replace(':', "_"))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.is_https { "https" } else { "http" }, self.host())
    }
}

fn host_of_url(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase())
}

/// Says whether a host is this computer, by name or address; such a name is not looked up.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let name = host.strip_suffix('.').unwrap_or(host);
    let address = host.parse::<std::net::IpAddr>().map(|address| address.to_canonical());
    is_loopback_name(name) || address.is_ok_and(|address| address.is_loopback())
}

/// Says whether a host is a name that always means this computer.
pub(super) fn is_loopback_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(base: &str) -> Origin {
        Origin::of(base).unwrap()
    }

    #[test]
    fn spellings_of_one_place_are_one_origin() {
        for (base, other) in [
            ("https://openrouter.ai/api/v1", "https://openrouter.ai:443/api/v1"),
            ("https://openrouter.ai/api/v1", "HTTPS://OpenRouter.AI/api/v1///"),
            ("https://openrouter.ai/api/v1", "https://openrouter.ai./other/path"),
            ("https://openrouter.ai/api/v1", " https://openrouter.ai "),
            ("http://studio/api", "http://studio:80"),
            ("http://[::1]:8080/x", "http://[0:0:0:0:0:0:0:1]:8080"),
            ("http://127.0.0.1:9/", "http://127.1:9/api/v1"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ] {
            assert_eq!(origin(base), origin(other), "{base} {other}");
            assert_eq!(origin(base).file_name(), origin(other).file_name());
        }
    }

    #[test]
    fn different_places_are_different_origins_with_files_of_their_own() {
        let places = [
            "https://openrouter.ai/api/v1",
            "http://openrouter.ai/api/v1",
            "https://openrouter.ai:8443/api/v1",
            "https://openrouter.ai.evil.example/api/v1",
            "https://evil.example/openrouter.ai",
            "https://api.openrouter.ai/",
            "https://0penrouter.ai/",
            "https://openrouter.a/",
            "http://localhost:1/",
            "http://127.0.0.1:1/",
            "http://[::1]:1/",
            "http://__1:1/",
            "http://x-1:1/",
            "http://x:1/",
        ];
        let mut names: Vec<_> = places.iter().map(|place| origin(place).file_name()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), places.len());
        let mut texts: Vec<_> = places.iter().map(|place| origin(place).to_string()).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), places.len());
        assert!(names.iter().all(|name| !name.contains(['/', '\\', ':'])), "{names:?}");
    }

    #[test]
    fn an_address_with_a_user_in_it_has_no_origin() {
        for base in
            ["https://openrouter.ai@evil.example/", "https://u:p@openrouter.ai/", "openrouter.ai", "ftp://a/", ""]
        {
            assert_eq!(Origin::of(base).unwrap_err().word(), "unsendable", "{base}");
        }
    }

    #[test]
    fn a_key_travels_encrypted_or_not_at_all_unless_it_stays_here() {
        for private in [
            "https://openrouter.ai/api/v1",
            "https://studio:8443/",
            "http://127.0.0.1:8080/api/v1",
            "http://127.9.9.9/",
            "http://localhost:8080/",
            "http://LOCALHOST./",
            "http://demo.localhost/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert_eq!(origin(private).key_route(), KeyRoute::Private, "{private}");
        }
        for (open, host) in [
            ("http://openrouter.ai/api/v1", "openrouter.ai"),
            ("http://studio.local:8080/", "studio.local:8080"),
            ("http://192.168.1.20/", "192.168.1.20"),
            ("http://0.0.0.0:80/", "0.0.0.0"),
            ("http://[::2]:7/", "[::2]:7"),
            ("http://localhost.example/", "localhost.example"),
            ("http://notlocalhost/", "notlocalhost"),
            ("http://128.0.0.1/", "128.0.0.1"),
        ] {
            assert_eq!(origin(open).key_route(), KeyRoute::Open { host: host.to_owned() }, "{open}");
        }
    }

    #[test]
    fn a_host_is_named_with_or_without_its_port() {
        for (base, text, named) in [
            ("http://studio:8080/api", "studio", true),
            ("http://studio:8080/api", "STUDIO:8080", true),
            ("http://studio:8080/api", "studio:80", false),
            ("http://studio/api", "studio:80", true),
            ("http://studio/api", "studio.", true),
            ("http://studio/api", "studio/api", false),
            ("http://studio/api", "u@studio", false),
            ("http://studio/api", "studio.evil", false),
            ("http://studio/api", "", false),
            ("http://[fe80::1]:7/", "fe80::1", true),
            ("http://[fe80::1]:7/", "[fe80::1]:7", true),
            ("http://[fe80::1]:7/", "[fe80::1]:8", false),
        ] {
            assert_eq!(origin(base).is_named_by(text), named, "{base} {text}");
        }
    }
}
