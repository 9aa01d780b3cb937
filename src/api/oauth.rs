//! Signing in by OAuth with PKCE (contract section 9): the pieces that need no browser and no socket.
//!
//! May import the types of `api` only. Invariants: the verifier leaves by the exchange alone, `Debug` shows nothing of
//! it, and neither it nor a code is in an error; only S256 is ever asked for.

use super::client::Client;
use super::{ApiKey, Error, KeyRoute, Origin};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::fmt;

/// How long a code is good, and so how long to wait for one.
pub const SIGN_IN_TIME: std::time::Duration = std::time::Duration::from_secs(600);
/// The longest label of a key that the service takes.
const LONGEST_LABEL: usize = 100;
/// The longest code that is believed: real ones are far shorter.
const LONGEST_CODE: usize = 2_048;

/// The secret of one sign-in: proves that who brings the code is who asked for it.
pub struct Pkce(String);

impl fmt::Debug for Pkce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkce(…)")
    }
}

impl Pkce {
    /// Makes a new one from the system's secure source.
    ///
    /// # Errors
    /// `Unsendable` when the system has no random numbers.
    pub fn new() -> Result<Self, Error> {
        random_word().map(Self)
    }

    /// Returns the challenge: base64url without padding of the verifier's SHA-256.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes()))
    }
}

/// Returns 43 characters that nobody can guess, fit for a path, a query and a verifier.
///
/// # Errors
/// `Unsendable` when the system has no random numbers.
pub fn random_word() -> Result<String, Error> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::Unsendable { reason: "the system gives no random numbers".to_owned() })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Where the browser brings the code: a path and a state that only this sign-in knows.
#[derive(Clone, Debug)]
pub struct Callback {
    pub port: u16,
    pub path: String,
    pub state: String,
}

impl Callback {
    /// Makes one for a port of 127.0.0.1.
    ///
    /// # Errors
    /// `Unsendable` when the system has no random numbers.
    pub fn new(port: u16) -> Result<Self, Error> {
        Ok(Self { port, path: format!("/{}", random_word()?), state: random_word()? })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path)
    }

    /// Reads what a request to the port asks for: its target (path and query) and its `Host`.
    pub fn read(&self, target: &str, host: Option<&str>) -> Arrival {
        let ours = format!("127.0.0.1:{}", self.port);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path != self.path || host != Some(ours.as_str()) {
            return Arrival::Foreign;
        }
        let Ok(url) = Url::parse(&format!("http://{ours}/?{query}")) else { return Arrival::Foreign };
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        // A service that knows no state returns none; the path has been checked.
        if value("state").is_some_and(|state| state != self.state) {
            return Arrival::Foreign;
        }
        match value("code").map(|code| Code::new(&code)) {
            Some(Some(code)) => Arrival::Code(code),
            Some(None) | None => Arrival::Refused,
        }
    }
}

/// What a request to the callback's port was.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Not the answer that is awaited: a favicon, a scan, an answer to another question.
    Foreign,
    /// The artist said no, or the service gave no code.
    Refused,
    Code(Code),
}

/// A code that is good once. Nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// Takes a code as it came or was pasted; `None`: it can be none.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_code = !text.is_empty() && text.len() <= LONGEST_CODE && text.chars().all(|c| c.is_ascii_graphic());
        is_code.then(|| Self(text.to_owned()))
    }
}

/// Returns the page to sign in at, of the service at this base address. Without a callback the page shows the code.
/// `label`: what the key is listed under there.
///
/// # Errors
/// `Unsendable` when the address is not usable, or a key would come back from it unencrypted.
pub fn sign_in_url(base: &str, pkce: &Pkce, callback: Option<&Callback>, label: Option<&str>) -> Result<String, Error> {
    let origin = Origin::of(base)?;
    if let KeyRoute::Open { host } = origin.key_route() {
        let reason = format!("signing in at {host} would bring the key unencrypted; its address must begin with https");
        return Err(Error::Unsendable { reason });
    }
    let unusable = |_| Error::Unsendable { reason: "the address to sign in at is not usable".to_owned() };
    let mut url = Url::parse(&format!("{origin}/auth")).map_err(unusable)?;
    let mut query = url.query_pairs_mut();
    if let Some(callback) = callback {
        query.append_pair("callback_url", &callback.url());
    }
    query.append_pair("code_challenge", &pkce.challenge()).append_pair("code_challenge_method", "S256");
    if let Some(label) = label {
        query.append_pair("key_label", &label.chars().take(LONGEST_LABEL).collect::<String>());
    }
    if let Some(callback) = callback {
        query.append_pair("state", &callback.state);
    }
    drop(query);
    Ok(url.into())
}

impl Client {
    /// Turns a code into a key, once. No key of ours is sent.
    ///
    /// # Errors
    /// `Refused` when the code is unknown, used or expired, or was not asked for by us.
    pub async fn exchange(&self, code: &Code, pkce: &Pkce) -> Result<ApiKey, Error> {
        let body = serde_json::json!({
            "code": code.0, "code_verifier": pkce.0, "code_challenge_method": "S256",
        });
        let answer = self.post_without_key("/auth/keys", &body).await.map_err(|error| match error {
            Error::Refused(mut refusal) => {
                refusal.message = refusal.message.replace(&code.0, "…").replace(&pkce.0, "…");
                Error::Refused(refusal)
            }
            other => other,
        })?;
        match answer.get("key").and_then(serde_json::Value::as_str) {
            Some(key) => ApiKey::new(key),
            None => Err(Error::Unreadable { reason: "it holds no key".to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callback() -> Callback {
        Callback { port: 4_000, path: "/random".into(), state: "s1".into() }
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let pkce = Pkce("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        assert_eq!(pkce.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn secrets_are_long_different_every_time_and_printed_nowhere() {
        let (one, other) = (Pkce::new().unwrap(), Pkce::new().unwrap());
        assert_ne!(one.0, other.0);
        assert!((43..=128).contains(&one.0.len()));
        assert!(one.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(format!("{one:?} {:?}", Code::new("c0de").unwrap()), "Pkce(…) Code(…)");
        let (here, there) = (Callback::new(1).unwrap(), Callback::new(1).unwrap());
        assert!(here.path != there.path && here.state != there.state && here.path[1..] != here.state);
    }

    #[test]
    fn the_page_is_on_the_services_own_origin() {
        let pkce = Pkce("v".repeat(43));
        let challenge = pkce.challenge();
        let url = sign_in_url("https://openrouter.ai/api/v1", &pkce, Some(&callback()), Some("Easel")).unwrap();
        let expected = format!(
            "https://openrouter.ai/auth?callback_url=http%3A%2F%2F127.0.0.1%3A4000%2Frandom&code_challenge={challenge}&code_challenge_method=S256&key_label=Easel&state=s1"
        );
        assert_eq!(url, expected);
        let pasted = sign_in_url("http://127.0.0.1:8080/api/v1/", &pkce, None, Some(&"x".repeat(300))).unwrap();
        assert!(pasted.starts_with("http://127.0.0.1:8080/auth?code_challenge="), "{pasted}");
        assert!(!pasted.contains("callback_url") && !pasted.contains("state="));
        assert!(pasted.ends_with(&format!("key_label={}", "x".repeat(100))), "{pasted}");
        assert!(!url.contains(&pkce.0), "the verifier stays here");
        let open = sign_in_url("http://studio.local/api/v1", &pkce, None, None).unwrap_err();
        assert!(open.to_string().contains("studio.local"), "{open}");
    }

    #[test]
    fn only_the_awaited_answer_is_taken() {
        let code = |text: &str| Arrival::Code(Code::new(text).unwrap());
        let host = Some("127.0.0.1:4000");
        for (target, host, arrival) in [
            ("/random?code=abc&state=s1", host, code("abc")),
            ("/random?state=s1&code=a%2Bb%3D", host, code("a+b=")),
            ("/random?code=abc", host, code("abc")),
            ("/random?code=abc&state=s2", host, Arrival::Foreign),
            ("/random?code=abc&state=", host, Arrival::Foreign),
            ("/random?error=access_denied", host, Arrival::Refused),
            ("/random", host, Arrival::Refused),
            ("/random?code=&state=s1", host, Arrival::Refused),
            ("/random?code=a%00b", host, Arrival::Refused),
            ("/favicon.ico", host, Arrival::Foreign),
            ("/?code=abc&state=s1", host, Arrival::Foreign),
            ("/random/?code=abc&state=s1", host, Arrival::Foreign),
            ("/random?code=abc&state=s1", Some("evil.example:4000"), Arrival::Foreign),
            ("/random?code=abc&state=s1", None, Arrival::Foreign),
            ("http://127.0.0.1:4000/random?code=abc", host, Arrival::Foreign),
            ("", host, Arrival::Foreign),
        ] {
            assert_eq!(callback().read(target, host), arrival, "{target} {host:?}");
        }
    }

    #[test]
    fn a_pasted_code_is_trimmed_and_checked() {
        assert_eq!(Code::new("  abc\n"), Code::new("abc"));
        for text in ["", "  ", "a b", "ü", &"x".repeat(3_000)] {
            assert_eq!(Code::new(text), None, "{text}");
        }
    }
}
